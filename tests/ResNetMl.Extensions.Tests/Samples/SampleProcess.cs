using System.Collections.Concurrent;
using System.Diagnostics;
using ResNetMl.TestSupport;

namespace ResNetMl.Extensions.Tests.Samples;

/// <summary>A sample, started as its user would start it, with what it prints.</summary>
internal sealed class SampleProcess : IDisposable
{
    private readonly Process _process;

    private SampleProcess(Process process) => _process = process;

    internal ConcurrentQueue<string> Lines { get; } = [];

    internal bool HasExited => _process.HasExited;

    /// <summary>Starts a sample that was built with the tests.</summary>
    internal static SampleProcess Start(string name, string folder, params string[] arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string assembly = Path.Combine(TestData.RepositoryRoot, "src", "samples", name, "bin", configuration, "net10.0", $"{name}.dll");
        return StartDotnet(folder, [assembly, .. arguments]);
    }

    internal static SampleProcess StartDotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var sample = new SampleProcess(Process.Start(start)!);
        sample._process.OutputDataReceived += (_, line) => sample.Keep(line.Data);
        sample._process.ErrorDataReceived += (_, line) => sample.Keep(line.Data);
        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        return sample;
    }

    /// <summary>The first line that holds a text, waited for.</summary>
    internal async Task<string> LineWithAsync(string text)
    {
        await Application.EventuallyAsync(() => _process.HasExited || Lines.Any(line => line.Contains(text, StringComparison.Ordinal)));
        return Lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"The sample ended without saying '{text}':\n{string.Join('\n', Lines)}");
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    internal async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            Lines.Enqueue(line);
        }
    }
}
