using System.Globalization;

namespace ResNetMl.Cli.Shell;

/// <summary>A progress bar that redraws one line on a terminal, and a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressLine : IProgressDisplay
{
    private const int BarWidth = 20;
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

    public void Report(long done, long total, string detail = "")
    {
        TimeSpan interval = _isInteractive ? RedrawInterval : PlainInterval;
        bool isFirst = !_hasShown && _isInteractive;
        if (!isFirst && _clock.GetElapsedTime(_lastShown) < interval)
        {
            return;
        }

        _hasShown = true;
        _lastShown = _clock.GetTimestamp();
        string line = Compose(done, total, detail, _clock.GetElapsedTime(_began));
        if (_isInteractive)
        {
            // The last column stays free: some terminals wrap when it is written.
            line = line.Length >= _width ? line[..(_width - 1)] : line;
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

    private string Compose(long done, long total, string detail, TimeSpan elapsed)
    {
        double share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        double rate = elapsed.TotalSeconds > 0 ? done / elapsed.TotalSeconds : 0;
        string left = rate > 0 && total > done ? TimeText.Of(TimeSpan.FromSeconds((total - done) / rate)) + " left" : "";
        int filled = (int)(share * BarWidth);
        string bar = _isInteractive ? $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] " : "";
        string text = string.Create(CultureInfo.InvariantCulture, $"{_title} {bar}{done}/{total} {share:P0} {rate:F0}/s {left}");
        return detail.Length > 0 ? $"{text}  {detail}" : text;
    }
}

/// <summary>Durations as people read them.</summary>
internal static class TimeText
{
    /// <summary>Written as 45 s, 3 min 20 s or 2 h 5 min.</summary>
    internal static string Of(TimeSpan time) => time.TotalMinutes < 1
        ? $"{time.TotalSeconds:F0} s"
        : time.TotalHours < 1 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{(int)time.TotalHours} h {time.Minutes} min";
}
