using System.Diagnostics;
using System.Globalization;

namespace ResNetMl.Benchmarks;

/// <summary>A Python program that waits for <c>run N</c> on its standard input and answers with the seconds that N steps took.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts a script of the peers folder under Debian's Python and waits until it is ready.</summary>
    internal PeerProcess(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", script));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // glibc otherwise gives large buffers back to the kernel at every step and pays for their page faults again: the fair peer keeps them.
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "8589934592";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "8589934592";
        _process = Process.Start(start) ?? throw new InvalidOperationException("/usr/bin/python3 did not start.");
        Description = ReadLine();
    }

    /// <summary>What the peer said of itself when it was ready: library and version.</summary>
    internal string Description { get; }

    /// <summary>Seconds that a number of steps took.</summary>
    internal double Run(int steps)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {steps}"));
        _process.StandardInput.Flush();
        return double.Parse(ReadLine(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string ReadLine() => _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException(
            "The peer ended early (see its message above). Training peers need Debian's python3-torch.");
}
