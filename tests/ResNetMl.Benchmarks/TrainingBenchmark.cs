using System.Globalization;
using System.Text.Json;
using ResNetMl.Engine;

namespace ResNetMl.Benchmarks;

/// <summary>ResNet-20 training, 32×32, batch 128, fp32: our backends and PyTorch in turn, in one run.</summary>
internal static class TrainingBenchmark
{
    private const int BatchSize = 128;
    private const double OneDnnTarget = 1.05;
    private const double ManagedTarget = 0.5;

    internal static int Run(int rounds, int stepsPerRound, int threads, bool json)
    {
        using var contiguous = new PeerProcess("torch_training.py", "contiguous", threads.ToString(CultureInfo.InvariantCulture));
        using var channelsLast = new PeerProcess("torch_training.py", "channels_last", threads.ToString(CultureInfo.InvariantCulture));
        OwnTraining[] ours = [.. Backends.Available.Select(b => new OwnTraining(b, "resnet20", [3, 32, 32], BatchSize, threads))];
        List<Contestant> contestants =
        [
            .. Backends.Available.Zip(ours, (backend, training) => new Contestant(backend.Name, training.Run)),
            new(contiguous.Description, contiguous.Run),
            new(channelsLast.Description, channelsLast.Run),
        ];

        var guarded = new GuardedRounds(threads);
        IReadOnlyDictionary<string, List<double>> seconds = guarded.Run(contestants, rounds, stepsPerRound);
        string peer = new[] { contiguous, channelsLast }.MinBy(p => GuardedRounds.Median(seconds[p.Description]))!.Description;
        double peerSeconds = GuardedRounds.Median(seconds[peer]);

        List<Row> rows = [.. Backends.Available.Select(backend => new Row(
            Work: $"ResNet-20 training, batch {BatchSize}, fp32, {backend.Name}",
            Peer: peer,
            Ratio: peerSeconds / GuardedRounds.Median(seconds[backend.Name]),
            Target: backend.Name == "managed" ? ManagedTarget : OneDnnTarget,
            Direction: "higher is better"))];
        long operations = 2 * ours[0].TrainingMultiplyAdds;
        foreach (OwnTraining training in ours)
        {
            training.Dispose();
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
            return 0;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{MachineName.Cpu}, {threads} threads, {rounds} rounds of {stepsPerRound} steps, medians"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"fp32 peak {guarded.PeakGflops:F0} GFLOP/s; {guarded.Discarded} measurements taken again, {guarded.Unguarded} kept on a slow machine"));
        foreach ((string name, List<double> measured) in seconds)
        {
            double median = GuardedRounds.Median(measured);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-40} {BatchSize / median,7:F0} images/s  {operations / median / 1e9,5:F0} GFLOP/s  {operations / median / 1e9 / guarded.PeakGflops,4:P0} of the peak"));
        }

        foreach (Row row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{row.Work}: {row.Ratio:F2} × {row.Peer} (target {row.Target:F2})"));
        }

        return 0;
    }

    private sealed record Row(string Work, string Peer, double Ratio, double Target, string Direction);
}
