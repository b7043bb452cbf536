using System.Diagnostics;
using System.Text;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>The resnetml command as a process of its own, with its streams collected while it runs.</summary>
internal sealed class ResnetmlProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _outputRead;
    private readonly Task _errorRead;

    private ResnetmlProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _outputRead = Collect(_process.StandardOutput, _output);
        _errorRead = Collect(_process.StandardError, _error);
    }

    /// <summary>Starts the command that lies beside the tests.</summary>
    /// <param name="arguments">The words after <c>resnetml</c>.</param>
    /// <param name="environment">Variables to set; null adds none.</param>
    internal static ResnetmlProcess Start(string[] arguments, Dictionary<string, string>? environment = null)
    {
        // A shell's background job hands SIGINT down ignored, and .NET keeps to that; env takes it back.
        Assert.SkipUnless(File.Exists("/usr/bin/env"), "Needs the command env (Debian: coreutils).");
        var start = new ProcessStartInfo("/usr/bin/env");
        string[] words = ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "resnetml.dll"), .. arguments];
        Array.ForEach(words, start.ArgumentList.Add);
        foreach ((string name, string value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new ResnetmlProcess(start);
    }

    /// <summary>Runs the command to its end.</summary>
    internal static CommandResult Run(params string[] arguments)
    {
        using ResnetmlProcess process = Start(arguments);
        return process.WaitForEnd();
    }

    /// <summary>Waits until standard output holds a text.</summary>
    internal void WaitForOutput(string text) => WaitFor(_output, text);

    /// <summary>Waits until standard error holds a text.</summary>
    internal void WaitForError(string text) => WaitFor(_error, text);

    /// <summary>Sends a signal by its name: INT is what Ctrl-C sends.</summary>
    internal void Send(string signal)
    {
        using Process kill = Process.Start("/bin/kill", ["-s", signal, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the process and its streams to end; a process that hangs fails the test.</summary>
    internal CommandResult WaitForEnd()
    {
        Assert.True(_process.WaitForExit(Patience), $"The command did not end within {Patience.TotalSeconds} s. So far: {Text(_output)}{Text(_error)}");
        Task.WaitAll([_outputRead, _errorRead], Patience);
        return new CommandResult(_process.ExitCode, Text(_output), Text(_error));
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

    private static async Task Collect(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and int read)
        {
            lock (text)
            {
                text.Append(buffer, 0, read);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private void WaitFor(StringBuilder stream, string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Text(stream).Contains(text, StringComparison.Ordinal))
        {
            bool isOver = _process.HasExited || Stopwatch.GetElapsedTime(start) > Patience;
            Assert.False(isOver && !Text(stream).Contains(text, StringComparison.Ordinal), $"Expected '{text}', got: {Text(_output)}{Text(_error)}");
            Thread.Sleep(5);
        }
    }
}
