using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Extensions;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Pool;

/// <summary>
/// Many threads on one prediction pool: are their answers those of one thread, how fast are they together beside one caller who scores
/// batches, what does a lone caller wait, and what memory do many predictions take?
/// </summary>
internal static class PoolCommand
{
    private const double LargestDifference = 1e-5;
    private const double LeastShare = 0.9;

    /// <summary>Runs the command, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code, 0 where all that must hold held; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        if (arguments.FirstOrDefault() != "pool")
        {
            return null;
        }

        string data = Option("--data", Environment.GetEnvironmentVariable("RESNETML_TEST_DATA") ?? Path.Combine("..", "shared", "data"));
        string root = Option("--root", Directory.GetCurrentDirectory());
        int threads = Number("--callers", 64);
        int rounds = Number("--rounds", 5);
        string folder = Directory.CreateTempSubdirectory("resnetml-pool-").FullName;
        try
        {
            Console.WriteLine($"{MachineName.Cpu}; {Environment.ProcessorCount} cores; .NET {Environment.Version}; {threads} callers; medians of {rounds} rounds in turn");
            bool isRight = true;
            string only = Option("--network", "");
            PoolSubject? small = only == "trunk" ? null : PoolSubject.ResNet20(data, folder, Number("--images", 512));
            PoolSubject? large = only == "resnet20" ? null : PoolSubject.Trunk(root, folder, Number("--photographs", 50));
            foreach (PoolSubject subject in new[] { small, large }.OfType<PoolSubject>())
            {
                foreach (IExecutor executor in Executors(Option("--executor", "")))
                {
                    isRight &= new Rounds(subject, executor, threads, rounds).Run();
                }
            }

            int predictions = Number("--predictions", 100_000);
            if (predictions > 0 && small is not null)
            {
                foreach (IExecutor executor in Executors(Option("--executor", "")))
                {
                    isRight &= MemoryRun.Run(small, executor, threads, predictions);
                }
            }

            Console.WriteLine(isRight ? "All that must hold held." : "Not all that must hold held: see the rows that say NO.");
            return isRight ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Number(string name, int otherwise) => int.Parse(Option(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

        string Option(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    /// <summary>A pool of one model, as an application would have it.</summary>
    internal static ServiceProvider Application(PoolSubject subject, IExecutor executor, bool combines)
    {
        var services = new ServiceCollection();
        services.Configure<MLOptions>(options => options.MLContext.SetScoringOptions(new ScoringOptions
        {
            Executor = executor,
            Predictor = new PredictorOptions { CombinesConcurrentCalls = combines },
        }));
        services.AddPredictionEnginePool<EncodedImage, ScoredImage>().FromFile(subject.Path, watchForChanges: false);
        return services.BuildServiceProvider();
    }

    /// <summary>Predicts every image once, by so many callers.</summary>
    internal static float[][] PredictAll(PredictionEnginePool<EncodedImage, ScoredImage> pool, EncodedImage[] images, int callers)
    {
        var scores = new float[images.Length][];
        int next = -1;
        Thread[] threads = [.. Enumerable.Range(0, callers).Select(_ => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i < images.Length; i = Interlocked.Increment(ref next))
            {
                scores[i] = pool.Predict(images[i]).Score;
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return scores;
    }

    private static IEnumerable<IExecutor> Executors(string only) =>
        new IExecutor?[] { Backends.OneDnn is { } oneDnn ? new BackendExecutor(oneDnn) : null, OnnxRuntimeExecutor.Instance, new BackendExecutor(Backends.Managed) }
            .OfType<IExecutor>().Where(executor => only.Length == 0 || only.Split(',').Contains(executor.Name));

    /// <summary>Times one network with one executor.</summary>
    private sealed class Rounds(PoolSubject subject, IExecutor executor, int callers, int rounds)
    {
        internal bool Run()
        {
            using ServiceProvider combining = Application(subject, executor, combines: true);
            using ServiceProvider alone = Application(subject, executor, combines: false);
            var together = combining.GetRequiredService<PredictionEnginePool<EncodedImage, ScoredImage>>();
            var apart = alone.GetRequiredService<PredictionEnginePool<EncodedImage, ScoredImage>>();
            EncodedImage[] images = subject.Images;

            float[][] expected = PredictAll(apart, images, 1);
            float[][] combined = PredictAll(together, images, callers);
            float[][] separate = PredictAll(apart, images, callers);
            double difference = Enumerable.Range(0, images.Length).Max(i => expected[i].Zip(combined[i], (a, b) => Math.Abs((double)a - b)).Max());
            bool sameLabels = Enumerable.Range(0, images.Length).All(i => Best(expected[i]) == Best(combined[i]));
            bool sameBits = Enumerable.Range(0, images.Length).All(i => expected[i].AsSpan().SequenceEqual(separate[i]));

            var context = new MLContext();
            context.SetScoringOptions(new ScoringOptions { Executor = executor });
            ITransformer model = context.Model.Load(subject.Path, out _);
            IDataView scored = model.Transform(context.Data.LoadFromEnumerable(images));
            var seconds = new Dictionary<string, List<double>>();
            var latencies = new Dictionary<string, List<double>> { ["combining"] = [], ["apart"] = [] };
            for (int round = -1; round < rounds; round++)
            {
                Measure("batches", round, () => scored.GetColumn<float[]>("Score").Count());
                Measure("combined", round, () => PredictAll(together, images, callers));
                Measure("apart", round, () => PredictAll(apart, images, callers));
                Measure("one", round, () => PredictAll(together, images, 1));
                Latencies(latencies["combining"], together, round);
                Latencies(latencies["apart"], apart, round);
            }

            (model as IDisposable)?.Dispose();
            double share = Rate("combined") / Rate("batches");
            Console.WriteLine();
            Console.WriteLine(Text($"{subject.Name}; {executor.Name} ({executor.Description}); {images.Length} images"));
            Console.WriteLine(Text($"  same labels as one thread                     {YesNo(sameLabels)}"));
            Console.WriteLine(Text($"  largest difference of a score, combined       {difference:E1}  {YesNo(difference <= LargestDifference)} (at most {LargestDifference:E0})"));
            Console.WriteLine(Text($"  bit-equal with combining off                  {YesNo(sameBits)}"));
            Console.WriteLine(Text($"  one caller, a view in batches                 {Rate("batches"),9:N1} images/s"));
            Console.WriteLine(Text($"  {callers} callers on the pool, combined             {Rate("combined"),9:N1} images/s, {share:N2} of that  {YesNo(share >= LeastShare)} (at least {LeastShare})"));
            Console.WriteLine(Text($"  {callers} callers on the pool, each call alone      {Rate("apart"),9:N1} images/s"));
            Console.WriteLine(Text($"  one caller on the pool                        {Rate("one"),9:N1} images/s"));
            foreach ((string name, List<double> list) in latencies)
            {
                double[] sorted = [.. list.Order()];
                Console.WriteLine(Text($"  a lone call, {name,-12}                     p50 {sorted[sorted.Length / 2] * 1000:N3} ms, p95 {sorted[sorted.Length * 95 / 100] * 1000:N3} ms"));
            }

            return sameLabels && sameBits && difference <= LargestDifference && share >= LeastShare;

            double Rate(string name) => images.Length / GuardedRounds.Median(seconds[name]);

            void Measure(string name, int round, Action run)
            {
                long start = Stopwatch.GetTimestamp();
                run();
                if (round >= 0)
                {
                    (seconds.TryGetValue(name, out List<double>? list) ? list : seconds[name] = []).Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }

            void Latencies(List<double> list, PredictionEnginePool<EncodedImage, ScoredImage> pool, int round)
            {
                foreach (EncodedImage image in images.Take(100))
                {
                    long start = Stopwatch.GetTimestamp();
                    pool.Predict(image);
                    if (round >= 0)
                    {
                        list.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    }
                }
            }
        }

        private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
    }

    internal static string YesNo(bool holds) => holds ? "yes" : "NO";

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
