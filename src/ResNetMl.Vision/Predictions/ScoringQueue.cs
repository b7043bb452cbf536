using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace ResNetMl.Vision;

/// <summary>Work that waits in a <see cref="ScoringQueue{TCall}"/>, and its outcome.</summary>
internal abstract class ScoringCall
{
    private bool _isDone;
    private ExceptionDispatchInfo? _failure;

    /// <summary>How many images a call brings; only calls of one are put together.</summary>
    internal abstract int ImageCount { get; }

    internal void Complete(ExceptionDispatchInfo? failure)
    {
        lock (this)
        {
            _failure = failure;
            _isDone = true;
            Monitor.Pulse(this);
        }
    }

    internal void Wait()
    {
        lock (this)
        {
            while (!_isDone)
            {
                Monitor.Wait(this);
            }
        }

        _failure?.Throw();
    }
}

/// <summary>Lets many threads use one network: a few threads compute, calls of single images that wait meanwhile are computed together.</summary>
/// <remarks>
/// <para>A call that finds a thread idle is computed at once and alone, so nobody waits for company. Those that come while all threads
/// compute form the next batch: of n waiting calls the largest power of two that is not above n or the bound, so that there are few
/// batch sizes (each needs buffers of its own) and no row is computed in vain.</para>
/// <para>Computing has threads of its own, because an OpenMP runtime keeps a team of threads for every thread that ever computed: on the
/// callers' threads, their number times the cores. They end when they have had nothing to do for a while.</para>
/// </remarks>
/// <param name="threads">How many batches are computed at a time, ≥ 1.</param>
/// <param name="largestBatch">Calls computed together at most, ≥ 1; at 1 each call is computed alone.</param>
/// <param name="compute">Computes calls: one of any number of images, or several of one image each. Runs on up to <paramref name="threads"/> threads.</param>
internal sealed class ScoringQueue<TCall>(int threads, int largestBatch, Action<IReadOnlyList<TCall>> compute) : IDisposable
    where TCall : ScoringCall
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<TCall> _waiting = [];
    private int _threads;
    private int _idleThreads;
    private int _runs;
    private bool _isDisposed;

    internal int WaitingCalls
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    internal bool IsDisposed
    {
        get
        {
            lock (_gate)
            {
                return _isDisposed;
            }
        }
    }

    /// <summary>Returns when the call has been computed; throws what computing it threw.</summary>
    /// <exception cref="ObjectDisposedException">The queue has been disposed of.</exception>
    internal void Run(TCall call)
    {
        ScoringMeter.QueueLength.Add(1);
        lock (_gate)
        {
            if (_isDisposed)
            {
                ScoringMeter.QueueLength.Add(-1);
                throw new ObjectDisposedException(nameof(Predictor));
            }

            _waiting.Enqueue(call);
            if (_idleThreads > 0)
            {
                Monitor.Pulse(_gate);
            }
            else if (_threads < threads)
            {
                _threads++;
                new Thread(ComputeWhileThereAreCalls) { IsBackground = true, Name = "ResNetMl scoring" }.UnsafeStart();
            }
        }

        call.Wait();
    }

    /// <summary>Refuses calls that wait and that come, and returns when none is being computed.</summary>
    public void Dispose()
    {
        TCall[] refused;
        lock (_gate)
        {
            _isDisposed = true;
            refused = [.. _waiting];
            _waiting.Clear();
            Monitor.PulseAll(_gate);
            while (_runs > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        ScoringMeter.QueueLength.Add(-refused.Length);
        foreach (TCall call in refused)
        {
            call.Complete(ExceptionDispatchInfo.Capture(new ObjectDisposedException(nameof(Predictor))));
        }
    }

    private void ComputeWhileThereAreCalls()
    {
        var batch = new List<TCall>(largestBatch);
        while (WaitForCalls())
        {
            if (!TryTake(batch))
            {
                continue;
            }

            ExceptionDispatchInfo? failure = null;
            try
            {
                compute(batch);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_gate)
            {
                _runs--;
                if (_isDisposed)
                {
                    Monitor.PulseAll(_gate);
                }
            }

            foreach (TCall call in batch)
            {
                call.Complete(failure);
            }

            batch.Clear();
        }
    }

    /// <summary>False where this thread is to end: it was idle for long, or the queue is disposed of.</summary>
    private bool WaitForCalls()
    {
        lock (_gate)
        {
            long start = Stopwatch.GetTimestamp();
            while (_waiting.Count == 0)
            {
                TimeSpan rest = IdleTime - Stopwatch.GetElapsedTime(start);
                if (_isDisposed || rest <= TimeSpan.Zero)
                {
                    _threads--;
                    return false;
                }

                _idleThreads++;
                Monitor.Wait(_gate, rest);
                _idleThreads--;
            }

            return true;
        }
    }

    private bool TryTake(List<TCall> batch)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return false;
            }

            int count = CountToTake();
            for (int i = 0; i < count; i++)
            {
                batch.Add(_waiting.Dequeue());
            }

            _runs++;
            ScoringMeter.QueueLength.Add(-count);
            return true;
        }
    }

    private int CountToTake()
    {
        int singles = _waiting.Take(largestBatch).TakeWhile(call => call.ImageCount == 1).Count();
        return singles == 0 ? 1 : 1 << System.Numerics.BitOperations.Log2((uint)singles);
    }
}
