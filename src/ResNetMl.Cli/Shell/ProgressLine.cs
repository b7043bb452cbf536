using System.Globalization;

namespace ResNetMl.Cli.Shell;

/// <summary>A progress bar that redraws one line on a terminal, and a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressLine : IProgressDisplay
{
    private const int WidestBar = 20;
    private const int NarrowestBar = 5;
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly TextWriter _output;
    private readonly string _title;
    private readonly bool _isInteractive;
    private readonly int _width;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private long _lastShown;
    private bool _hasShown;
    private int _shownLength;

    internal ProgressLine(TextWriter output, string title, bool isInteractive, int width, TimeProvider clock)
    {
        _output = output;
        _title = title;
        _isInteractive = isInteractive;
        _width = width;
        _clock = clock;
        _began = clock.GetTimestamp();
        _lastShown = _began;
    }

    public void Report(ProgressState state)
    {
        TimeSpan interval = _isInteractive ? RedrawInterval : PlainInterval;
        bool isFirst = !_hasShown && _isInteractive;
        if (!isFirst && _clock.GetElapsedTime(_lastShown) < interval)
        {
            return;
        }

        _hasShown = true;
        _lastShown = _clock.GetTimestamp();
        string line = Compose(state, _clock.GetElapsedTime(_began).TotalSeconds);
        if (_isInteractive)
        {
            // One write: what another thread prints cannot come between. The line before may have been longer.
            _output.Write('\r' + line.PadRight(_shownLength));
            _shownLength = line.Length;
        }
        else
        {
            _output.WriteLine(line);
        }
    }

    /// <summary>Clears the line, so that what follows starts on an empty one.</summary>
    public void Dispose()
    {
        if (_isInteractive && _shownLength > 0)
        {
            _output.Write('\r' + new string(' ', _shownLength) + '\r');
            _shownLength = 0;
        }
    }

    private string Compose(ProgressState state, double elapsedSeconds)
    {
        double share = state.Total > 0 ? Math.Clamp((double)state.Done / state.Total, 0, 1) : 0;
        double rate = state.ImagesPerSecond ?? (elapsedSeconds > 0 ? state.Done / elapsedSeconds : 0);
        TimeSpan? left = state.Left ?? (rate > 0 ? TimeSpan.FromSeconds((state.Total - state.Done) / rate) : null);
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{state.Done:N0}/{state.Total:N0}")];
        if (!_isInteractive)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"({share:P0})"));
        }

        if (rate > 0)
        {
            // Below ten a second, whole numbers would hide a change of a third.
            string digits = rate < 10 ? "F1" : "N0";
            parts.Add($" {rate.ToString(digits, CultureInfo.InvariantCulture)} {state.Unit}/s");
        }

        if (state.Detail.Length > 0)
        {
            parts.Add($" {state.Detail}");
        }

        if (left is { } time)
        {
            parts.Add($" {TimeText.Of(time)} left");
        }

        string text = string.Join(' ', parts);
        if (!_isInteractive)
        {
            return $"{_title} {text}";
        }

        // The last column stays free: some terminals wrap when it is written. A bar leaves two more, for the ^C that terminals show.
        if (_title.Length + 1 + text.Length >= _width && state.Detail.Length > 0)
        {
            return Compose(state with { Detail = "" }, elapsedSeconds);
        }

        int bar = Math.Min(WidestBar, _width - 3 - _title.Length - text.Length - "  []".Length);
        int filled = (int)(share * bar);
        string line = bar >= NarrowestBar
            ? $"{_title} [{new string('#', filled)}{new string('.', bar - filled)}] {text}"
            : $"{_title} {text}";
        return line.Length >= _width ? line[..(_width - 1)] : line;
    }
}

/// <summary>Durations as people read them.</summary>
internal static class TimeText
{
    /// <summary>Written as 45 s, 3 min 20 s or 2 h 5 min.</summary>
    internal static string Of(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole.TotalMinutes < 1 ? $"{whole.Seconds} s"
            : whole.TotalHours < 1 ? $"{whole.Minutes} min {whole.Seconds} s"
            : $"{(int)whole.TotalHours} h {whole.Minutes} min";
    }
}
