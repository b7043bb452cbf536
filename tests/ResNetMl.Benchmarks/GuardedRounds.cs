namespace ResNetMl.Benchmarks;

/// <summary>Something to time: runs a number of steps and says how long they took.</summary>
/// <param name="Name">For the table.</param>
/// <param name="RunSeconds">Runs that many steps; returns their seconds.</param>
internal sealed record Contestant(string Name, Func<int, double> RunSeconds);

/// <summary>Runs contestants in turn, round by round, and drops measurements taken while the machine gave less than its peak.</summary>
internal sealed class GuardedRounds
{
    private const double LowestShareOfPeak = 0.85;
    private const int MostTriesPerRow = 6;
    private readonly int _threads;

    internal GuardedRounds(int threads)
    {
        _threads = threads;
        PeakGflops = FmaPeak.Read(threads, readings: 40);
    }

    /// <summary>fp32 GFLOP/s of all threads; the highest reading so far.</summary>
    internal double PeakGflops { get; private set; }

    /// <summary>Measurements dropped because the machine was slow before or after them.</summary>
    internal int Discarded { get; private set; }

    /// <summary>Measurements kept although the machine stayed slow through every try.</summary>
    internal int Unguarded { get; private set; }

    /// <summary>Seconds per step of each contestant in each round.</summary>
    internal IReadOnlyDictionary<string, List<double>> Run(IReadOnlyList<Contestant> contestants, int rounds, int stepsPerRound)
    {
        Dictionary<string, List<double>> seconds = contestants.ToDictionary(c => c.Name, _ => new List<double>());
        foreach (Contestant contestant in contestants)
        {
            contestant.RunSeconds(3); // warm-up
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (Contestant contestant in contestants)
            {
                seconds[contestant.Name].Add(Measure(contestant, stepsPerRound));
            }
        }

        return seconds;
    }

    internal static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double Measure(Contestant contestant, int steps)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool fastBefore = IsAtPeak();
            double seconds = contestant.RunSeconds(steps) / steps;
            if (fastBefore && IsAtPeak())
            {
                return seconds;
            }

            if (attempt == MostTriesPerRow)
            {
                Unguarded++;
                return seconds;
            }

            Discarded++;
        }
    }

    private bool IsAtPeak()
    {
        double reading = FmaPeak.Read(_threads);
        PeakGflops = Math.Max(PeakGflops, reading);
        return reading >= LowestShareOfPeak * PeakGflops;
    }
}
