using System.Runtime.CompilerServices;

namespace ResNetMl.Engine;

/// <summary>A piece of work that a thread team does together; made once with its plan, run each step without allocating.</summary>
internal abstract unsafe class ParallelPass
{
    /// <summary>Does the work on all threads of the team and returns when all have finished.</summary>
    internal void Run(ParallelRunner runner)
    {
        // The reference lives on this stack frame, which does not move, until every thread has finished with it.
        ParallelPass self = this;
        runner.Run(&Invoke, Unsafe.AsPointer(ref self));
    }

    /// <summary>This thread's part. Must not throw.</summary>
    /// <param name="thread">This thread's index from 0.</param>
    /// <param name="threadCount">How many threads share the work.</param>
    protected abstract void Work(int thread, int threadCount);

    private static void Invoke(void* argument, int thread, int threadCount) =>
        Unsafe.AsRef<ParallelPass>(argument).Work(thread, threadCount);
}
