using System.Text;

namespace ResNetMl.Data;

/// <summary>One pass over the lines of text files, without headers, blank lines and the schema comments that ML.NET writes (#@).</summary>
internal sealed class TextLines(IMultiStreamSource source, TextLoader.Options options, LineFields fields) : IDisposable
{
    private TextReader? _reader;
    private int _next;
    private bool _headerIsAhead;

    /// <summary>The file being read, for messages.</summary>
    public string FileName { get; private set; } = "";

    /// <summary>The number of the line read last, or of its first part, counted from 1.</summary>
    public long LineNumber { get; private set; }

    private long LinesRead { get; set; }

    /// <summary>The next line that holds fields, or null after the last.</summary>
    public string? Read()
    {
        while (true)
        {
            string? line = _reader is null ? null : ReadPhysical();
            if (line is null)
            {
                if (!OpenNext())
                {
                    return null;
                }
            }
            else if (line.AsSpan().Trim(' ').IsEmpty || line.StartsWith("#@", StringComparison.Ordinal))
            {
                continue;
            }
            else if (_headerIsAhead)
            {
                _headerIsAhead = false;
            }
            else
            {
                LineNumber = LinesRead;
                return options is { AllowQuoting: true, ReadMultilines: true } ? Complete(line) : line;
            }
        }
    }

    public void Dispose() => _reader?.Dispose();

    private string Complete(string line)
    {
        bool inside = fields.EndsInsideQuotes(line, startsInside: false);
        if (!inside)
        {
            return line;
        }

        var whole = new StringBuilder(line);
        while (inside && ReadPhysical() is { } next)
        {
            inside = fields.EndsInsideQuotes(next, startsInside: true);
            whole.Append('\n').Append(next);
        }

        return whole.ToString();
    }

    private string? ReadPhysical()
    {
        LinesRead++;
        return _reader!.ReadLine();
    }

    private bool OpenNext()
    {
        _reader?.Dispose();
        _reader = null;
        if (_next == source.Count)
        {
            return false;
        }

        FileName = source.GetPathOrNull(_next) ?? $"stream {_next}";
        _reader = source.OpenTextReader(_next);
        _next++;
        LinesRead = 0;
        _headerIsAhead = options.HasHeader;
        return true;
    }
}
