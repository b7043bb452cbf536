namespace ResNetMl.Engine.Tests.Kernels;

/// <summary>Runs the parts of several threads one after another: what a pass computes depends on their number alone.</summary>
internal sealed unsafe class SequentialRunner(int threadCount) : ParallelRunner
{
    public override int ThreadCount { get; } = threadCount;

    internal override void Run(delegate*<void*, int, int, void> body, void* argument)
    {
        for (int thread = 0; thread < ThreadCount; thread++)
        {
            body(argument, thread, ThreadCount);
        }
    }
}
