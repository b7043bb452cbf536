using System.Diagnostics;
using ResNetMl.Engine;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>Runs the stress command of tests/ResNetMl.Benchmarks with three moments; by hand it does fifty.</summary>
public sealed class KillResumeTests
{
    public static TheoryData<string> Executors => new(Backends.Available.Select(backend => backend.Name));

    [Theory, MemberData(nameof(Executors))]
    public void A_training_killed_at_random_moments_and_resumed_ends_in_the_same_bits(string executor)
    {
        // This test and the command are built in the same configuration: …/bin/Release/net10.0/.
        string output = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);
        string command = Path.Combine(
            TestData.RepositoryRoot, "tests", "ResNetMl.Benchmarks", "bin", output, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "ResNetMl.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", [command, "kill-resume", "--moments", "3", "--executor", executor, "--threads", "2"])
        {
            RedirectStandardOutput = true,
        };

        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, text);
        Assert.EndsWith("3 kills, 0 trainings with other results", text.TrimEnd(), StringComparison.Ordinal);
    }
}
