using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>A layer forward and backward on plain row-major arrays [N, …], the same for every backend.</summary>
/// <remarks>
/// A backend makes one for each operation of a plan, tells it before each run where the arrays are, and brings its own layout to this one
/// and back. A run allocates nothing; work is divided by thread index and count alone.
/// </remarks>
internal abstract unsafe class GeneralPass
{
    private readonly SharedWork _forward;
    private readonly SharedWork _backward;

    /// <summary>Prepares the arrays' places.</summary>
    /// <param name="inputCount">How many values the layer reads.</param>
    /// <param name="stateCount">How many parameters and buffers it has.</param>
    protected GeneralPass(int inputCount, int stateCount = 0)
    {
        Inputs = new float*[inputCount];
        InputGradients = new float*[inputCount];
        State = new float*[stateCount];
        StateGradients = new float*[stateCount];
        _forward = new SharedWork(Forward);
        _backward = new SharedWork(Backward);
    }

    /// <summary>The values read.</summary>
    internal float*[] Inputs { get; }

    /// <summary>The value made.</summary>
    internal float* Output { get; set; }

    /// <summary>∂loss/∂output.</summary>
    internal float* OutputGradient { get; set; }

    /// <summary>Where ∂loss/∂input is written; null for those that nobody wants.</summary>
    internal float*[] InputGradients { get; }

    /// <summary>Parameters and buffers in the layer's order, as the state dictionary holds them.</summary>
    internal float*[] State { get; }

    /// <summary>Where the gradients of parameters are written; null for buffers and for those that nobody wants.</summary>
    internal float*[] StateGradients { get; }

    /// <summary>Memory for the pass alone while it runs; holds anything.</summary>
    internal float* Scratch { get; set; }

    /// <summary>Seed and step, for layers that draw random numbers.</summary>
    internal StepContext Context { get; set; }

    /// <summary>Floats of <see cref="Scratch"/> that <see cref="RunForward"/> needs with a number of threads.</summary>
    internal virtual long ForwardScratch(int threadCount) => 0;

    /// <summary>Floats of <see cref="Scratch"/> that <see cref="RunBackward"/> needs with a number of threads.</summary>
    internal virtual long BackwardScratch(int threadCount) => 0;

    /// <summary>Whether backward reads <see cref="Inputs"/>.</summary>
    internal virtual bool BackwardReadsInputs => false;

    /// <summary>Whether backward reads <see cref="Output"/>.</summary>
    internal virtual bool BackwardReadsOutput => false;

    /// <summary>Whether ∂loss/∂input may be written over ∂loss/∂output.</summary>
    internal virtual bool BackwardWorksInPlace => false;

    /// <summary>Whether output and input hold the same numbers in the same order, so that one array may be both.</summary>
    internal virtual bool OnlyCopies => false;

    /// <summary>Whether elements that are 0 in every input are 0 in the output, and their gradients stay 0 where the output's is.</summary>
    internal virtual bool KeepsZeros => true;

    /// <summary>Computes the output.</summary>
    internal virtual void RunForward(ParallelRunner runner) => _forward.Run(runner);

    /// <summary>Computes the gradients wanted, overwriting what is there.</summary>
    internal virtual void RunBackward(ParallelRunner runner) => _backward.Run(runner);

    /// <summary>This thread's part of the output.</summary>
    protected abstract void Forward(int thread, int threadCount);

    /// <summary>This thread's part of the gradients.</summary>
    protected abstract void Backward(int thread, int threadCount);

    /// <summary>Product of the lengths from one axis to before another.</summary>
    protected static long Product(Shape shape, int start, int end)
    {
        long product = 1;
        for (int axis = start; axis < end; axis++)
        {
            product *= shape[axis];
        }

        return product;
    }

    /// <summary>The part of [0, count) that one thread works on, in multiples of a grain.</summary>
    protected static (long Start, long End) Share(long count, int thread, int threadCount, int grain = 1)
    {
        long grains = (count + grain - 1) / grain;
        return (Math.Min(count, grains * thread / threadCount * grain), Math.Min(count, grains * (thread + 1) / threadCount * grain));
    }

    /// <summary>Copies floats.</summary>
    protected static void Copy(float* from, float* to, long count) =>
        Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));
}

/// <summary>A method as a pass: what a thread's part is, it says.</summary>
internal sealed class SharedWork(Action<int, int> part) : ParallelPass
{
    protected override void Work(int thread, int threadCount) => part(thread, threadCount);
}
