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
        var header = new TextHeader(_options, dataSample);
        if (rowType is null && _options.Columns is not { Length: > 0 })
        {
            _options = header.Inferred();
            header = new TextHeader(_options, dataSample);
        }

        TextColumn[] columns = rowType is null ? TextColumn.Of(_options.Columns!, header.CountFields) : TextColumn.Of(rowType, header);
        IReadOnlyList<string>? names = columns.Any(column => column.Type is VectorDataViewType) ? header.NamesOrNull() : null;
        _columns = [.. columns.Select(column => column.Named(names))];
        _schema = SchemaOf(_columns);
    }

    private TextLoader(IHostEnvironment environment, Options options, TextColumn[] columns)
    {
        _environment = environment;
        _options = Checked(options);
        _columns = columns;
        _schema = SchemaOf(columns);
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

        return options.Copied();
    }

    /// <summary>The loader as a part of a saved model.</summary>
    internal ModelPart Save() => TextLoaderFormat.Write(_options, _columns);

    /// <summary>A loader that was saved.</summary>
    internal static TextLoader Read(ComponentReader reader)
    {
        (Options options, TextColumn[] columns) = TextLoaderFormat.Read(reader);
        return new TextLoader(reader.Environment, options, columns);
    }

    private static DataViewSchema SchemaOf(TextColumn[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (TextColumn column in columns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (column.SlotNames is { } names)
            {
                annotations.AddSlotNames(names);
            }

            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }

        return builder.ToSchema();
    }
}
