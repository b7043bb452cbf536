using System.Text.Json.Nodes;
using ResNetMl.Cli.Shell;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>What a command line gave: exit code and the two streams.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Lines of standard output.</summary>
    internal string[] OutputLines => Lines(Output);

    /// <summary>Lines of standard error.</summary>
    internal string[] ErrorLines => Lines(Error);

    /// <summary>Standard output as the one JSON document it is; anything before or after it is a failure.</summary>
    internal JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Fails with both streams in the message where the exit code is another.</summary>
    internal CommandResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Expected exit code {exitCode}, got {ExitCode}.\nstandard output:\n{Output}\nstandard error:\n{Error}");
        return this;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}

/// <summary>Runs the resnetml command inside the test's process, on streams of its own.</summary>
internal static class Resnetml
{
    /// <summary>The managed backend on one thread: small networks on it take milliseconds, however busy the machine is.</summary>
    internal static readonly string[] Steady = ["--executor", "managed", "--threads", "1"];

    /// <summary>A network and a training of milliseconds: resnet8 on 3×8×8 pixels, steps of four images.</summary>
    internal static readonly string[] Tiny = [.. Steady, "--network", "resnet8", "--input", "3,8,8", "--batch-size", "4", "--validation-fraction", "0"];

    /// <summary>Options that choose an executor, on one thread; the test is skipped where this machine lacks it.</summary>
    internal static string[] Executor(string name)
    {
        Assert.SkipWhen(
            name == "onednn" && Engine.Backends.OneDnn is null,
            $"Needs oneDNN (Debian package libdnnl2, which the build fetches): {Engine.Backends.OneDnnUnavailableReason}");
        Assert.SkipWhen(
            name == "onnxruntime" && Transforms.Onnx.OnnxRuntimeExecutor.Instance is null,
            $"Needs ONNX Runtime, which the build fetches: {Transforms.Onnx.OnnxRuntimeExecutor.UnavailableReason}");
        return ["--executor", name, "--threads", "1"];
    }

    /// <summary>Runs a command line as if piped: no terminal, 80 columns.</summary>
    internal static CommandResult Run(params string[] arguments) => RunUntil(TestContext.Current.CancellationToken, arguments);

    /// <summary>Runs a command line until a token ends it, as Ctrl-C does.</summary>
    internal static CommandResult RunUntil(CancellationToken cancellation, params string[] arguments) =>
        RunOn(new StringWriter(), new StringWriter(), cancellation, arguments);

    /// <summary>Runs a command line and presses Ctrl-C when a text has been printed.</summary>
    internal static CommandResult RunUntilPrinted(string text, params string[] arguments)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        return RunOn(new WatchedWriter(text, cancellation.Cancel), new WatchedWriter(text, cancellation.Cancel), cancellation.Token, arguments);
    }

    private static CommandResult RunOn(StringWriter output, StringWriter error, CancellationToken cancellation, string[] arguments)
    {
        output.NewLine = "\n";
        error.NewLine = "\n";
        int exitCode = ResNetMlApp.RunAsync(
            arguments,
            json => new SystemTerminal(json, TextWriter.Synchronized(output), TextWriter.Synchronized(error), isInteractive: false, width: 80, TimeProvider.System),
            cancellation).GetAwaiter().GetResult();
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Tells when a line holds a text.</summary>
    private sealed class WatchedWriter(string text, Action printed) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                printed();
            }
        }
    }
}
