using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Lines of text files shown as rows; every pass opens the files anew and reads no further than rows are asked for.</summary>
internal sealed class TextView(
    IHostEnvironment environment, DataViewSchema schema, TextColumn[] columns, TextLoader.Options options, IMultiStreamSource source) : BlockView(schema)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => null;

    protected override BlockReader Open(ColumnSet needed, Random? random)
        => new Reader(environment, options, source, Schema.Count, [.. needed.Select(index => (index, NewCollector(columns[index])))]);

    private ITextCollector NewCollector(TextColumn column)
    {
        DataViewType item = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        return GenericTypes.New<ITextCollector>(
            column.Type is VectorDataViewType ? typeof(TextVectorCollector<>) : typeof(TextValueCollector<>), [item.RawType], column, item, options);
    }

    private sealed class Reader : BlockReader
    {
        private readonly IHostEnvironment _environment;
        private readonly long _maxRows;
        private readonly int _schemaLength;
        private readonly (int Column, ITextCollector Collector)[] _collectors;
        private readonly LineFields _split;
        private readonly TextLines _lines;
        private readonly List<ReadOnlyMemory<char>> _fields = [];
        private readonly UnreadableFields _unreadable = new();
        private long _rowNumber;
        private bool _ended;

        public Reader(
            IHostEnvironment environment, TextLoader.Options options, IMultiStreamSource source, int schemaLength,
            (int Column, ITextCollector Collector)[] collectors)
        {
            _environment = environment;
            _maxRows = options.MaxRows ?? long.MaxValue;
            _schemaLength = schemaLength;
            _collectors = collectors;
            _split = new LineFields(options);
            _lines = new TextLines(source, options, _split);
        }

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            var ids = new List<DataViewRowId>();
            while (!_ended && ids.Count < maxRows)
            {
                if (_rowNumber == _maxRows || _lines.Read() is not { } line)
                {
                    End();
                    break;
                }

                Collect(line);
                ids.Add(new DataViewRowId((ulong)_rowNumber++, 0));
            }

            if (ids.Count == 0)
            {
                return null;
            }

            var columns = new BlockColumn?[_schemaLength];
            foreach ((int column, ITextCollector collector) in _collectors)
            {
                columns[column] = collector.Take();
            }

            return new Block(ids.ToArray(), columns);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _lines.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Collect(string line)
        {
            int wrong = _split.Split(line.AsMemory(), _fields);
            if (wrong >= 0)
            {
                // After an error the columns may hold different numbers of values: nothing more is read.
                _ended = true;
                throw new FormatException(
                    $"{_lines.FileName}, line {_lines.LineNumber}: field {wrong} (counted from 0) {_split.Problem}");
            }

            _unreadable.At(_lines.FileName, _lines.LineNumber);
            try
            {
                foreach ((_, ITextCollector collector) in _collectors)
                {
                    collector.Collect(_fields, _unreadable);
                }
            }
            catch (FormatException)
            {
                _ended = true;
                throw;
            }
        }

        private void End()
        {
            _ended = true;
            if (_unreadable.First is { } first)
            {
                _environment.Report(
                    nameof(TextLoader), ChannelMessageKind.Warning,
                    $"{_unreadable.Count} {(_unreadable.Count == 1 ? "field was" : "fields were")} not readable and became missing values; the first: {first}");
            }
        }
    }
}

/// <summary>Counts the fields of a pass that became missing values because their text is none.</summary>
internal sealed class UnreadableFields
{
    private string _fileName = "";
    private long _lineNumber;

    public long Count { get; private set; }

    public string? First { get; private set; }

    /// <summary>Where fields are being read now.</summary>
    public void At(string fileName, long lineNumber)
    {
        _fileName = fileName;
        _lineNumber = lineNumber;
    }

    /// <summary>A field whose text is no value of its type.</summary>
    /// <exception cref="FormatException">Values of the type cannot be missing.</exception>
    public void Add(TextColumn column, DataViewType type, int field, ReadOnlyMemory<char> text)
    {
        string what = $"{_fileName}, line {_lineNumber}: column '{column.Name}' expects {type} in field {field} (counted from 0), got '{text}'.";
        if (type is not KeyDataViewType && type != NumberDataViewType.Single && type != NumberDataViewType.Double)
        {
            throw new FormatException(
                $"{what} {(_lineNumber == 1 ? "Is it a header (hasHeader: true)? " : "")}Check the column's place and the separator, or read it as text.");
        }

        Count++;
        First ??= what;
    }
}

/// <summary>Gathers the values of one column from the fields of lines.</summary>
internal interface ITextCollector
{
    void Collect(List<ReadOnlyMemory<char>> fields, UnreadableFields unreadable);

    BlockColumn Take();
}

/// <summary>Gathers single values.</summary>
/// <typeparam name="T">The column's raw type.</typeparam>
internal sealed class TextValueCollector<T>(TextColumn column, DataViewType type, TextLoader.Options options) : ITextCollector
{
    private readonly FieldParser<T> _parse = FieldParser.For<T>(type, options);
    private readonly int _field = column.Fields[0];
    private readonly List<T> _values = [];

    public void Collect(List<ReadOnlyMemory<char>> fields, UnreadableFields unreadable)
    {
        ReadOnlyMemory<char> text = _field < fields.Count ? fields[_field] : default;
        if (!_parse(text, out T value))
        {
            unreadable.Add(column, type, _field, text);
        }

        _values.Add(value);
    }

    public BlockColumn Take()
    {
        var taken = new BlockColumn<T>(_values.ToArray());
        _values.Clear();
        return taken;
    }
}

/// <summary>Gathers vectors.</summary>
/// <typeparam name="T">The raw type of an element.</typeparam>
internal sealed class TextVectorCollector<T>(TextColumn column, DataViewType type, TextLoader.Options options) : ITextCollector
{
    private readonly FieldParser<T> _parse = FieldParser.For<T>(type, options);
    private readonly List<VBuffer<T>> _values = [];

    public void Collect(List<ReadOnlyMemory<char>> fields, UnreadableFields unreadable)
    {
        int variable = column.VariableFrom is { } from ? Math.Max(0, fields.Count - from) : 0;
        var vector = new T[column.Fields.Length + variable];
        for (int element = 0; element < vector.Length; element++)
        {
            int field = element < column.Fields.Length ? column.Fields[element] : column.VariableFrom!.Value + element - column.Fields.Length;
            ReadOnlyMemory<char> text = field < fields.Count ? fields[field] : default;
            if (!_parse(text, out vector[element]))
            {
                unreadable.Add(column, type, field, text);
            }
        }

        _values.Add(new VBuffer<T>(vector.Length, vector));
    }

    public BlockColumn Take()
    {
        var taken = new BlockColumn<VBuffer<T>>(_values.ToArray());
        _values.Clear();
        return taken;
    }
}
