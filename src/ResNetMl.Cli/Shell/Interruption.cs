using System.Runtime.InteropServices;

namespace ResNetMl.Cli.Shell;

/// <summary>
/// Turns Ctrl-C and SIGTERM into cancellation. The first asks the command to stop cleanly and keep its work; the second ends the
/// process at once, which loses nothing either: files are written whole or not at all.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _messages;
    private int _count;

    internal Interruption(TextWriter messages)
    {
        _messages = messages;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    internal CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _messages.WriteLine();
            _messages.WriteLine("Stopping; what is done so far is kept. Press Ctrl-C again to end at once.");
            _source.Cancel();
        }
        else
        {
            _messages.WriteLine("Ended at once. Every file is whole as it was last written; train --resume goes on from the last checkpoint.");
            Environment.Exit(ExitCode.Cancelled);
        }
    }
}
