using System.Diagnostics;
using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks;

/// <summary>What the loader costs: steps on one fixed batch and steps on batches that it augments and assembles, in turn.</summary>
internal static class LoaderBenchmark
{
    private const int BatchSize = 128;
    private const double MostOverhead = 0.05;

    internal static int Run(int rounds, int stepsPerRound, int threads)
    {
        string images = Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist-sample", "train.zip");
        using IExampleSource source = ExampleSource.Open(images);

        // Three channels of 32×32, as CIFAR: the usual small training.
        Preprocessing preprocessing = Preprocessing.Cifar;
        long began = Stopwatch.GetTimestamp();
        DecodedExamples examples = DecodedExamples.Load(source, preprocessing, new LoadingOptions { Threads = threads });
        TimeSpan firstPass = Stopwatch.GetElapsedTime(began);

        IBackend backend = Backends.Default;
        using var training = new OwnTraining(backend, "resnet20", [3, 32, 32], BatchSize, threads);
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Training(BatchSize, Augmentation.Cifar, seed: 1));
        loader.Start();
        Contestant fixedBatch = new("one fixed batch", training.Run);
        Contestant fed = new("fed by the loader", steps => Feed(training, loader, steps));
        var guarded = new GuardedRounds(threads);
        IReadOnlyDictionary<string, List<double>> seconds = guarded.Run([fixedBatch, fed], rounds, stepsPerRound);

        double alone = GuardedRounds.Median(seconds[fixedBatch.Name]);
        double together = GuardedRounds.Median(seconds[fed.Name]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{MachineName.Cpu}, {threads} threads, {backend.Name}, {rounds} rounds of {stepsPerRound} steps, medians"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{guarded.Discarded} measurements taken again, {guarded.Unguarded} kept on a slow machine"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one fixed batch    {BatchSize / alone,7:F0} images/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fed by the loader  {BatchSize / together,7:F0} images/s"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the loader costs {(together / alone) - 1:P1} (at most {MostOverhead:P0}); the first pass, decoding {examples.Count} PNG in a zip, took {firstPass.TotalSeconds:F2} s"));
        return 0;
    }

    private static double Feed(OwnTraining training, BatchLoader loader, int steps)
    {
        long began = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            Batch batch = loader.Next() ?? throw new InvalidOperationException("The loader ended: it was started without a last epoch.");
            training.Step(batch.Images, batch.Labels);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
