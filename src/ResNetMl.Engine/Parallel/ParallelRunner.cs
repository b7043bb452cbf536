namespace ResNetMl.Engine;

/// <summary>A fixed number of threads that all run one function and wait for each other.</summary>
/// <remarks>
/// Work is divided by (thread, threadCount) alone, so the same thread count always gives the same sums, bit for bit. The function is a
/// static method given by address and its argument a pointer to a struct on the caller's stack: a call allocates nothing.
/// </remarks>
public abstract unsafe class ParallelRunner : IDisposable
{
    /// <summary>How many threads run the function, the caller's included.</summary>
    public abstract int ThreadCount { get; }

    /// <summary>Runs a function once on each thread and returns when all have finished. It must not throw.</summary>
    /// <param name="body">Takes the argument, this thread's index from 0, and the thread count.</param>
    /// <param name="argument">Handed to every call.</param>
    internal abstract void Run(delegate*<void*, int, int, void> body, void* argument);

    /// <summary>The part of [0, count) that one thread works on, in multiples of a grain.</summary>
    /// <param name="count">Items to share out.</param>
    /// <param name="thread">This thread's index.</param>
    /// <param name="threadCount">How many threads share.</param>
    /// <param name="grain">Only the last part may hold a number of items that this does not divide.</param>
    internal static (int Start, int End) Share(int count, int thread, int threadCount, int grain = 1)
    {
        long grains = (count + (long)grain - 1) / grain;
        int start = (int)Math.Min(count, grains * thread / threadCount * grain);
        int end = (int)Math.Min(count, grains * (thread + 1) / threadCount * grain);
        return (start, end);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
