using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Reads lines of text files, their fields parted by a character, as rows.</summary>
/// <remarks>
/// <para>Blank lines and lines that begin with #@ are no rows. A field that is absent or empty is an empty text, 0, false or a missing key.
/// Text that is no number makes a Single or Double NaN, text that is no key of the range makes a key missing, and at the end of the pass
/// <see cref="MLContext.Log"/> tells how many and where the first is.</para>
/// <para>Where ML.NET would read 0 or false from text that is no integer, truth, date or duration, reading fails, naming file, line and column.</para>
/// </remarks>
public sealed partial class TextLoader : IDataLoader<IMultiStreamSource>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;
    private readonly TextColumn[] _columns;
    private readonly DataViewSchema _schema;

    internal TextLoader(IHostEnvironment environment, Options options, IMultiStreamSource? dataSample, Type? rowType = null)
    {
        _environment = environment;
        _options = Checked(options);
        _columns = rowType is not null
            ? TextColumn.Of(rowType)
            : [.. (options.Columns is { Length: > 0 } columns ? columns : throw new ArgumentException(
                "A text loader needs columns: set Options.Columns, or load into a class whose members have [LoadColumn(index)].", nameof(options)))
                .Select(column => TextColumn.Of(column, () => CountFields(dataSample)))];
        var builder = new DataViewSchema.Builder();
        foreach (TextColumn column in _columns)
        {
            builder.AddColumn(column.Name, column.Type);
        }

        _schema = builder.ToSchema();
    }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema() => _schema;

    /// <inheritdoc/>
    public IDataView Load(IMultiStreamSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TextView(_environment, _schema, _columns, _options, source);
    }

    private static Options Checked(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.AllowSparse)
        {
            throw new NotSupportedException("Sparse text (index:value) is not read; write the vectors out, or load them from objects.");
        }

        if (options.Separators is not { Length: > 0 } || options.Separators.AsSpan().ContainsAny("\r\n\""))
        {
            throw new ArgumentException("Fields are parted by at least one character, and by no line end and no quote.", nameof(options));
        }

        if (options.DecimalMarker is not ('.' or ',') || options.Separators.Contains(options.DecimalMarker))
        {
            throw new ArgumentException(
                $"The decimal marker is '.' or ',' and parts no fields; got '{options.DecimalMarker}'.", nameof(options));
        }

        if (options.MaxRows < 0 || options.InputSize < 1)
        {
            throw new ArgumentException(
                $"MaxRows is at least 0 and InputSize at least 1; got {options.MaxRows} and {options.InputSize}.", nameof(options));
        }

        // What is handed in may be changed afterwards; what was built does not follow.
        return new Options
        {
            Separators = [.. options.Separators], HasHeader = options.HasHeader, AllowQuoting = options.AllowQuoting,
            ReadMultilines = options.ReadMultilines, EscapeChar = options.EscapeChar, TrimWhitespace = options.TrimWhitespace,
            DecimalMarker = options.DecimalMarker, MissingRealsAsNaNs = options.MissingRealsAsNaNs, InputSize = options.InputSize, MaxRows = options.MaxRows,
        };
    }

    private int CountFields(IMultiStreamSource? dataSample)
    {
        if (_options.InputSize is { } count)
        {
            return count;
        }

        var split = new LineFields(_options);
        using TextLines? lines = dataSample is null ? null : new TextLines(dataSample, _options, split);
        var fields = new List<ReadOnlyMemory<char>>();
        return lines?.Read() is { } line && split.Split(line.AsMemory(), fields) < 0
            ? fields.Count
            : throw new ArgumentException(
                "A range goes to the end of the line, and nothing says how many fields lines have: set InputSize, or give a data sample with a line.");
    }
}
