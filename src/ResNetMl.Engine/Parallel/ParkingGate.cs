using System.Diagnostics;

namespace ResNetMl.Engine;

/// <summary>Lets one thread wait until a number reaches a goal: it spins for a moment, then sleeps until woken.</summary>
/// <remarks>
/// Passes of a step follow each other within microseconds, so spinning usually wins; a thread that waits longer (for the loader, or for
/// the next prediction) costs nothing.
/// </remarks>
internal sealed class ParkingGate : IDisposable
{
    private const int SpinsBetweenClockReadings = 32;
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000; // 50 µs

    private readonly AutoResetEvent _wake = new(initialState: false);
    private int _isParked;

    /// <summary>Returns once <paramref name="counter"/> is at least <paramref name="goal"/>.</summary>
    /// <param name="counter">Changed by other threads, which call <see cref="Wake"/> after it.</param>
    /// <param name="goal">What it must reach.</param>
    internal void WaitFor(ref long counter, long goal)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < SpinsBetweenClockReadings; i++)
            {
                if (Volatile.Read(ref counter) >= goal)
                {
                    return;
                }

                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() - start < SpinTicks);

        while (Volatile.Read(ref counter) < goal)
        {
            // Interlocked operations are full fences: either this thread sees the new count, or the other sees that it is parked.
            Interlocked.Exchange(ref _isParked, 1);
            if (Volatile.Read(ref counter) < goal || Interlocked.Exchange(ref _isParked, 0) == 0)
            {
                _wake.WaitOne();
            }
        }
    }

    /// <summary>Wakes the waiting thread if it sleeps; called after the counter has changed.</summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isParked) == 1 && Interlocked.Exchange(ref _isParked, 0) == 1)
        {
            _wake.Set();
        }
    }

    public void Dispose() => _wake.Dispose();
}
