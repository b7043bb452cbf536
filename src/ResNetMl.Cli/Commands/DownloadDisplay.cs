using ResNetMl.Cli.Shell;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Bytes on the progress line, waits as lines of their own. The line appears with the first report.</summary>
internal sealed class DownloadDisplay(ITerminal terminal) : IProgress<WeightsProgress>, IDisposable
{
    private const long Megabyte = 1_000_000;

    private readonly PhaseDisplay _display = new(terminal);
    private string _detail = "";

    public void Report(WeightsProgress value)
    {
        if (value.Detail.Length > 0 && value.Detail != _detail)
        {
            _display.End();
            terminal.WriteError($"{value.Published.Name}: {value.Detail}");
        }

        _detail = value.Detail;
        _display.Report(value.Published.Name, new ProgressState(value.DoneBytes / Megabyte, (value.TotalBytes + Megabyte - 1) / Megabyte) { Unit = "MB" });
    }

    public void Dispose() => _display.Dispose();
}
