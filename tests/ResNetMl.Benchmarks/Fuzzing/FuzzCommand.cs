using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>
/// Reads many damaged files of every format in child processes. Each must end with a result or one of the reader's own errors: no other
/// exception, no crash, no more than 2 s, no more than 64 MiB + 8 times the file's size allocated, no file outside its folder opened.
/// </summary>
internal static class FuzzCommand
{
    private const string ChildCommand = "fuzz-worker";

    /// <summary>A child that shows no new case for so long hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs the command, or its child, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        ulong seed = (ulong)Number("--seed", 1);
        return arguments.FirstOrDefault() switch
        {
            "fuzz" => Run(seed, Number("--first", 0), Number("--count", 200_000), (int)Number("--processes", Environment.ProcessorCount), arguments.Contains("--run")),
            ChildCommand => FuzzWorker.Run(seed, Number("--first", 0), Number("--end", 0), Text("--folder", "."), Text("--position", "position"), arguments.Contains("--run")),
            _ => null,
        };

        long Number(string name, long otherwise) => long.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

        string Text(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    private static int Run(ulong seed, long first, long count, int processes, bool runsSurvivors)
    {
        IReadOnlyList<FuzzTarget> targets = FuzzTarget.All(runsSurvivors);
        // Every case overwrites a file: in memory where the system has such a folder, since a disk would be asked to keep each.
        string memory = "/dev/shm";
        string root = Directory.Exists(memory)
            ? Directory.CreateDirectory(Path.Combine(memory, $"resnetml-fuzz-{Environment.ProcessId}")).FullName
            : Directory.CreateTempSubdirectory("resnetml-fuzz-").FullName;
        File.WriteAllBytes(OutsideWatch.AbsoluteSecret, new byte[64]);
        var watch = Stopwatch.StartNew();
        var totals = new Totals(targets.Count);
        try
        {
            Parallel.For(0, processes, new ParallelOptions { MaxDegreeOfParallelism = processes }, process =>
                RunShare(seed, first + (count * process / processes), first + (count * (process + 1) / processes), Path.Combine(root, $"{process}"), runsSurvivors, totals));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
            File.Delete(OutsideWatch.AbsoluteSecret);
        }

        for (int i = 0; i < targets.Count; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{targets[i].Name}: {targets[i].Seeds.Count:N0} whole files, {totals.Accepted[i]:N0} damaged ones read, {totals.Refused[i]:N0} refused"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} damaged files (seed {seed}, from case {first}) in {watch.Elapsed.TotalMinutes:F1} min: {totals.Accepted.Sum():N0} read, {totals.Refused.Sum():N0} refused by a reader's own error, {totals.Findings:N0} findings. Peak memory of a process: {totals.Peak}."));
        return totals.Findings == 0 ? 0 : 1;
    }

    private static void RunShare(ulong seed, long first, long end, string folder, bool runsSurvivors, Totals totals)
    {
        Directory.CreateDirectory(folder);
        string positionFile = Path.Combine(folder, "position");
        while (first < end)
        {
            using Process child = Start(seed, first, end, folder, positionFile, runsSurvivors);
            Task output = ReadLinesAsync(child.StandardOutput, totals);
            Task<string> errors = child.StandardError.ReadToEndAsync();
            bool isHanging = !WaitWhileItMoves(child, positionFile);
            if (isHanging)
            {
                child.Kill(entireProcessTree: true);
            }

            child.WaitForExit();
            output.GetAwaiter().GetResult();
            if (!isHanging && child.ExitCode == 0)
            {
                return;
            }

            // The child died or hung in this case: told, and passed over.
            long at = Math.Max(Position(positionFile), first);
            string last = errors.GetAwaiter().GetResult().ReplaceLineEndings(" ");
            totals.Find($"FOUND case {at}: the process {(isHanging ? "hung" : $"ended with code {child.ExitCode}")}. {last[..Math.Min(last.Length, 400)]}");
            first = at + 1;
        }
    }

    private static Process Start(ulong seed, long first, long end, string folder, string positionFile, bool runsSurvivors)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] words =
        [
            ChildCommand, "--seed", $"{seed}", "--first", $"{first}", "--end", $"{end}", "--folder", folder, "--position", positionFile,
            .. runsSurvivors ? (string[])["--run"] : [],
        ];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }

    private static bool WaitWhileItMoves(Process child, string positionFile)
    {
        long last = -1;
        long since = Stopwatch.GetTimestamp();
        while (!child.WaitForExit(TimeSpan.FromMilliseconds(500)))
        {
            long now = Position(positionFile);
            if (now != last)
            {
                (last, since) = (now, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                return false;
            }
        }

        return true;
    }

    private static long Position(string positionFile)
    {
        if (!File.Exists(positionFile) || new FileInfo(positionFile).Length < sizeof(long))
        {
            return -1;
        }

        using var file = MemoryMappedFile.CreateFromFile(positionFile, FileMode.Open);
        using MemoryMappedViewAccessor cell = file.CreateViewAccessor();
        return cell.ReadInt64(0);
    }

    private static async Task ReadLinesAsync(StreamReader reader, Totals totals)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            totals.Take(line);
        }
    }

    /// <summary>What all children told.</summary>
    private sealed class Totals(int targets)
    {
        private readonly Lock _lock = new();

        internal long[] Accepted { get; } = new long[targets];

        internal long[] Refused { get; } = new long[targets];

        internal long Findings { get; private set; }

        internal string Peak { get; private set; } = "";

        internal void Take(string line)
        {
            string[] words = line.Split(' ');
            lock (_lock)
            {
                if (words[0] == "DONE")
                {
                    Add(Accepted, words[1]);
                    Add(Refused, words[2]);
                    Peak = string.Join(", ", new[] { Peak, string.Join(' ', words[3..]) }.Where(text => text.Length > 0));
                    return;
                }
            }

            Find(line);
        }

        private static void Add(long[] totals, string counts)
        {
            string[] numbers = counts.Split(',');
            for (int i = 0; i < totals.Length; i++)
            {
                totals[i] += long.Parse(numbers[i], CultureInfo.InvariantCulture);
            }
        }

        internal void Find(string line)
        {
            lock (_lock)
            {
                Findings++;
                Console.WriteLine(line);
            }
        }
    }
}
