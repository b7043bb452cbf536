using System.Diagnostics;
using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks.KillResume;

/// <summary>
/// Trains in a child process, kills it with SIGKILL at random moments, resumes until the training is done, and compares weights and learning
/// curve with those of a training that nobody disturbed.
/// </summary>
internal static class KillResumeCommand
{
    private const string ChildCommand = "kill-resume-training";

    /// <summary>A training that is killed so often without an end goes nowhere.</summary>
    private const int MostKillsOfOneTraining = 500;

    /// <summary>Runs the command, or the training in its child, if that is what the arguments ask for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code; null where they ask for something else.</returns>
    internal static int? TryRun(string[] arguments)
    {
        string executor = Option("--executor", Backends.Default.Name);
        int threads = int.Parse(Option("--threads", "0"), CultureInfo.InvariantCulture);
        return arguments.FirstOrDefault() switch
        {
            "kill-resume" => Run(
                executor,
                int.Parse(Option("--moments", "50"), CultureInfo.InvariantCulture),
                threads,
                ulong.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture)),
            ChildCommand => ResumableTraining.Run(
                Backends.Get(executor), Option("--folder", "."), threads, int.Parse(Option("--checkpoint-steps", "0"), CultureInfo.InvariantCulture)),
            _ => null,
        };

        string Option(string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }
    }

    /// <summary>Runs the command.</summary>
    /// <param name="executor">Name of the backend that trains.</param>
    /// <param name="moments">Kills in all, spread over as many trainings as it takes.</param>
    /// <param name="threads">Threads of the training.</param>
    /// <param name="seed">Of the random moments.</param>
    /// <returns>0 where every training ended in the same bits, else 1.</returns>
    private static int Run(string executor, int moments, int threads, ulong seed)
    {
        string root = Directory.CreateTempSubdirectory("resnetml-kill-resume-").FullName;
        try
        {
            var random = new CounterRandom(seed);
            var watch = Stopwatch.StartNew();
            string expected = Child.Start(executor, Path.Combine(root, "whole"), threads, checkpointSteps: 0).WaitForResult();
            TimeSpan whole = watch.Elapsed;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"undisturbed: {whole.TotalSeconds:F1} s, …{expected[^64..]}"));
            int kills = 0;
            int wrong = 0;
            for (int training = 1; kills < moments; training++)
            {
                string folder = Path.Combine(root, $"{training}");

                // Every second training writes after each step: then many kills hit a checkpoint being written.
                (string result, int killed) = Train(executor, folder, threads, training % 2, moments - kills, whole, ref random);
                kills += killed;
                wrong += result == expected ? 0 : 1;
                Console.WriteLine($"training {training}: killed {killed} times, {(result == expected ? "the same bits" : $"DIFFERENT: {result}, expected {expected}")}");
            }

            Console.WriteLine($"{kills} kills, {wrong} trainings with other results");
            return wrong == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static (string Result, int Kills) Train(
        string executor, string folder, int threads, int checkpointSteps, int mostKills, TimeSpan whole, ref CounterRandom random)
    {
        for (int kills = 0; ; kills++)
        {
            using Child child = Child.Start(executor, folder, threads, checkpointSteps);
            if (kills == mostKills)
            {
                return (child.WaitForResult(), kills);
            }

            if (kills >= MostKillsOfOneTraining)
            {
                throw new InvalidOperationException($"Killed {kills} times, the training still has no end: resuming makes no progress.");
            }

            // From the beginning of the training on; half of the time within the first eighth, so that a training takes many kills.
            double share = random.NextDouble();
            if (!child.KillAfter(whole * (share < 0.5 ? share / 4 : share)))
            {
                return (child.WaitForResult(), kills);
            }
        }
    }

    /// <summary>This program again, training.</summary>
    private sealed class Child : IDisposable
    {
        private readonly Process _process;

        private Child(Process process) => _process = process;

        internal static Child Start(string executor, string folder, int threads, int checkpointSteps)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            {
                start.ArgumentList.Add(typeof(KillResumeCommand).Assembly.Location);
            }

            foreach (string argument in new[]
            {
                ChildCommand, "--executor", executor, "--folder", folder, "--threads", $"{threads}", "--checkpoint-steps", $"{checkpointSteps}",
            })
            {
                start.ArgumentList.Add(argument);
            }

            // Threads that spin while they wait would fight with those of whatever else runs here.
            start.Environment["OMP_WAIT_POLICY"] = "passive";
            return new Child(Process.Start(start)!);
        }

        /// <summary>Kills the child some time after its training began.</summary>
        /// <returns>False where it had ended before.</returns>
        internal bool KillAfter(TimeSpan delay)
        {
            if (_process.StandardOutput.ReadLine() != ResumableTraining.StartedLine)
            {
                throw new InvalidOperationException("The training did not start; see its messages above.");
            }

            if (_process.WaitForExit(delay))
            {
                return false;
            }

            _process.Kill();
            _process.WaitForExit();
            return true;
        }

        internal string WaitForResult()
        {
            string output = _process.StandardOutput.ReadToEnd();
            _process.WaitForExit();
            string? result = output.Split('\n').FirstOrDefault(line => line.StartsWith(ResumableTraining.ResultPrefix, StringComparison.Ordinal));
            return _process.ExitCode == 0 && result is not null
                ? result[ResumableTraining.ResultPrefix.Length..].Trim()
                : throw new InvalidOperationException($"The training ended with exit code {_process.ExitCode} and no result; see its messages above.");
        }

        public void Dispose() => _process.Dispose();
    }
}
