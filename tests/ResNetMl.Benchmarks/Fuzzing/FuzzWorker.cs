using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>The child process: reads damaged files one after another and tells what no reader may do. Each case follows from seed and number alone.</summary>
internal static class FuzzWorker
{
    /// <summary>No reader takes longer for any of these files, which are small.</summary>
    internal static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(2);

    private const long BaseBytes = 64 << 20;
    private const int BytesForEachOfTheFile = 8;

    /// <summary>Reads cases [first, end).</summary>
    /// <param name="seed">Decides all damage.</param>
    /// <param name="first">Number of the first case.</param>
    /// <param name="end">Number after the last.</param>
    /// <param name="folder">A folder of its own, whose parent nobody may read from.</param>
    /// <param name="positionFile">Where the number of the case in progress is written, for the parent to read when this process dies.</param>
    /// <param name="runsSurvivors">Whether networks that are read are run, too; what that allocates does not count.</param>
    /// <returns>0; findings are lines on standard output.</returns>
    internal static int Run(ulong seed, long first, long end, string folder, string positionFile, bool runsSurvivors)
    {
        IReadOnlyList<FuzzTarget> targets = FuzzTarget.All(runsSurvivors);
        string inside = Path.Combine(folder, "inside");
        Directory.CreateDirectory(inside);
        File.WriteAllBytes(Path.Combine(inside, "weights.bin"), new byte[64]);
        string secret = Path.Combine(folder, "secret.bin");
        File.WriteAllBytes(secret, new byte[64]);
        File.Delete(Path.Combine(inside, "link.bin"));
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), secret);

        using var position = MemoryMappedFile.CreateFromFile(positionFile, FileMode.OpenOrCreate, null, sizeof(long));
        using MemoryMappedViewAccessor cell = position.CreateViewAccessor();
        using var watch = new OutsideWatch(secret, OutsideWatch.AbsoluteSecret);
        var accepted = new long[targets.Count];
        var refused = new long[targets.Count];
        for (long number = first; number < end; number++)
        {
            cell.Write(0, number);
            int index = (int)(number % targets.Count);
            FuzzTarget target = targets[index];
            CounterRandom random = CounterRandom.For(seed, 0, number);
            byte[] file = target.Damage(ref random);
            string path = Path.Combine(inside, "case" + target.Extension);
            File.WriteAllBytes(path, file);
            _ = watch.Take();
            (bool isAccepted, string? finding) = ReadOnce(target, path, runsSurvivors ? int.MaxValue : file.Length, watch);
            (isAccepted ? accepted : refused)[index]++;
            if (finding is not null)
            {
                Console.WriteLine($"FOUND case {number} ({target.Name}): {finding}");
            }
        }

        string peak = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))["VmHWM:".Length..].Trim()
            : "unknown";
        Console.WriteLine($"DONE {string.Join(',', accepted)} {string.Join(',', refused)} {peak}");
        return 0;
    }

    private static (bool IsAccepted, string? Finding) ReadOnce(FuzzTarget target, string path, long length, OutsideWatch watch)
    {
        long allowed = BaseBytes + (BytesForEachOfTheFile * length);
        (TimeSpan time, long bytes, Exception? exception) = Measured(() => target.Read(path));
        IReadOnlyList<string> opened = watch.Take();
        string? finding = null;
        if (exception is not null && !target.Expected(exception) && exception is not NotSupportedException)
        {
            finding = $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")} {exception.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("ResNetMl", StringComparison.Ordinal))?.Trim()}";
        }
        else if (time > LongestTime && Enumerable.Range(0, 3).Min(_ => Measured(() => target.Read(path)).Time) is var again && again > LongestTime)
        {
            // Asked again: on a busy machine one reading may wait for others.
            finding = string.Create(CultureInfo.InvariantCulture, $"took {again.TotalSeconds:F1} s");
        }
        else if (bytes > allowed)
        {
            finding = $"allocated {bytes:N0} bytes for a file of {length:N0}; allowed {allowed:N0}";
        }
        else if (opened.Count > 0)
        {
            finding = $"opened {string.Join(", ", opened.Distinct())} outside the file's folder";
        }

        return (exception is null, finding);
    }

    private static (TimeSpan Time, long Bytes, Exception? Exception) Measured(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Exception? caught = null;
        try
        {
            read();
        }
        catch (Exception exception)
        {
            caught = exception;
        }

        return (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - before, caught);
    }
}
