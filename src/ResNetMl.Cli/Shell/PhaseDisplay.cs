namespace ResNetMl.Cli.Shell;

/// <summary>Progress of work in phases: a new title ends the line of the one before. Reports may come from several threads.</summary>
internal sealed class PhaseDisplay(ITerminal terminal) : IDisposable
{
    private readonly Lock _lock = new();
    private IProgressDisplay? _progress;
    private string _title = "";

    internal void Report(string title, ProgressState state)
    {
        lock (_lock)
        {
            if (_progress is null || title != _title)
            {
                End();
                _title = title;
                _progress = terminal.StartProgress(title);
            }

            _progress.Report(state);
        }
    }

    /// <summary>Clears the line, so that what is printed next starts on an empty one.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _progress?.Dispose();
            _progress = null;
        }
    }

    public void Dispose() => End();
}
