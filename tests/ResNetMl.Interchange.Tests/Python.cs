using System.Diagnostics;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests;

/// <summary>Runs the scripts of tests/References with Debian's Python, the witness of files of other programs.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Skips the test where a Debian package's module is missing.</summary>
    internal static void Require(string module, string package)
    {
        if (!File.Exists(Interpreter) || Run("-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)").ExitCode != 0)
        {
            Assert.Skip($"needs Debian's {package}: apt-get install {package}");
        }
    }

    /// <summary>Runs a script of tests/References; fails the test where the script fails.</summary>
    internal static string Script(string name, params string[] arguments)
    {
        (int exitCode, string output, string error) = Run([Path.Combine(TestData.RepositoryRoot, "tests", "References", name), .. arguments]);
        Assert.True(exitCode == 0, $"{name} ended with {exitCode}: {error}");
        return output;
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // One thread: its numbers do not depend on the machine's cores, and it leaves them to the tests.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
