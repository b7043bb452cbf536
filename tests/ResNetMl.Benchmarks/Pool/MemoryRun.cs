using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ResNetMl.Extensions;
using ResNetMl.Vision;

namespace ResNetMl.Benchmarks.Pool;

/// <summary>The process's memory while many threads predict for long: after the first tenth it must stay where it is.</summary>
internal static class MemoryRun
{
    /// <summary>What the allocator and the collector may keep more or less, whatever the number of predictions.</summary>
    private const double AllowedGrowth = 1.10;

    internal static bool Run(PoolSubject subject, IExecutor executor, int callers, int predictions)
    {
        using ServiceProvider services = PoolCommand.Application(subject, executor, combines: true);
        var pool = services.GetRequiredService<PredictionEnginePool<EncodedImage, ScoredImage>>();
        const int tenths = 10;
        var mebibytes = new double[tenths];
        int next = 0;
        using var process = Process.GetCurrentProcess();
        Thread[] threads = [.. Enumerable.Range(0, callers).Select(_ => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i <= predictions; i = Interlocked.Increment(ref next))
            {
                pool.Predict(subject.Images[i % subject.Images.Length]);
                if (i % (predictions / tenths) == 0)
                {
                    lock (mebibytes)
                    {
                        process.Refresh();
                        mebibytes[(i / (predictions / tenths)) - 1] = process.WorkingSet64 / 1048576.0;
                    }
                }
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

        double growth = mebibytes[1..].Max() / mebibytes[0];
        Console.WriteLine();
        Console.WriteLine(PoolCommand.Text($"{subject.Name}; {executor.Name}; {predictions:N0} predictions by {callers} callers"));
        Console.WriteLine($"  resident memory after each tenth, MiB: {string.Join(", ", mebibytes.Select(value => PoolCommand.Text($"{value:N0}")))}");
        Console.WriteLine(PoolCommand.Text($"  largest after the first tenth beside that     {growth:N2}  {PoolCommand.YesNo(growth <= AllowedGrowth)} (at most {AllowedGrowth:N2})"));
        return growth <= AllowedGrowth;
    }
}
