using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Transforms;

[assembly: TransformerLoader(NormalizingTransformer.LoaderName, newestVersion: 1, typeof(NormalizingTransformer.Loader))]

namespace ResNetMl.Transforms;

/// <summary>Learns the range or the spread of each element of columns, and brings them to the same.</summary>
/// <inheritdoc cref="NormalizingTransformer" path="/remarks"/>
public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IReadOnlyList<InputOutputColumnPair> _columns;
    private readonly Rule _rule;
    private readonly bool _fixesZero;
    private readonly long _maximumExampleCount;

    internal NormalizingEstimator(IReadOnlyList<InputOutputColumnPair> columns, Rule rule, bool fixesZero, long maximumExampleCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumExampleCount, 2);
        _columns = columns;
        _rule = rule;
        _fixesZero = fixesZero;
        _maximumExampleCount = maximumExampleCount;
    }

    /// <summary>What is brought to the same.</summary>
    internal enum Rule
    {
        Range,
        Spread,
    }

    /// <inheritdoc/>
    public NormalizingTransformer Fit(IDataView input)
    {
        BlockView view = BlockView.Of(input);
        DataViewSchema.Column[] columns = [.. _columns.Select(pair => NormalizingTransformer.Find(view.Schema, pair.InputColumnName))];
        Moments[] moments = Array.ConvertAll(columns, column => new Moments(NormalizingTransformer.LengthOf(column)));
        using BlockReader reader = view.OpenReader(columns.DistinctBy(column => column.Index));
        long left = _maximumExampleCount;
        while (left > 0 && reader.Read((int)Math.Min(left, BlockView.DefaultBlockRows)) is { } block)
        {
            left -= block.RowCount;
            for (int i = 0; i < columns.Length; i++)
            {
                for (int row = 0; row < block.RowCount; row++)
                {
                    moments[i].Add(NormalizingTransformer.RowOf(block, columns[i], row));
                }
            }
        }

        return new NormalizingTransformer([.. _columns.Select((pair, i) => moments[i].ToColumn(pair, _rule, _fixesZero))]);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(_columns.Select(pair =>
        {
            SchemaShape.Column column = inputSchema.Require(pair.InputColumnName, nameof(NormalizingEstimator));
            return column is { IsKey: false, Kind: not SchemaShape.Column.VectorKind.VariableVector } && column.ItemType.Equals(NumberDataViewType.Single)
                ? column.Renamed(pair.OutputColumnName)
                : throw NormalizingTransformer.WrongType(pair.InputColumnName, column.ToString());
        }));
    }

    /// <summary>Least and greatest, mean and spread of each element (Welford 1962); what is no finite number is not counted.</summary>
    private sealed class Moments(int length)
    {
        private readonly long[] _counts = new long[length];
        private readonly double[] _means = new double[length];
        private readonly double[] _squares = new double[length];
        private readonly float[] _least = [.. Enumerable.Repeat(float.PositiveInfinity, length)];
        private readonly float[] _greatest = [.. Enumerable.Repeat(float.NegativeInfinity, length)];

        public void Add(ReadOnlySpan<float> row)
        {
            for (int i = 0; i < row.Length; i++)
            {
                if (!float.IsFinite(row[i]))
                {
                    continue;
                }

                double change = row[i] - _means[i];
                _means[i] += change / ++_counts[i];
                _squares[i] += change * (row[i] - _means[i]);
                _least[i] = Math.Min(_least[i], row[i]);
                _greatest[i] = Math.Max(_greatest[i], row[i]);
            }
        }

        public NormalizingTransformer.Column ToColumn(InputOutputColumnPair pair, Rule rule, bool fixesZero)
        {
            var offset = new float[length];
            var scale = new float[length];
            for (int i = 0; i < length; i++)
            {
                double variance = _counts[i] == 0 ? 0 : _squares[i] / _counts[i];
                double width = (rule, fixesZero) switch
                {
                    (Rule.Range, true) => _counts[i] == 0 ? 0 : Math.Max(Math.Abs(_least[i]), Math.Abs(_greatest[i])),
                    (Rule.Range, false) => _counts[i] == 0 ? 0 : (double)_greatest[i] - _least[i],
                    (_, true) => Math.Sqrt((_means[i] * _means[i]) + variance),
                    _ => Math.Sqrt(variance),
                };
                offset[i] = fixesZero || _counts[i] == 0 ? 0 : rule == Rule.Range ? _least[i] : (float)_means[i];

                // An element that is always the same says nothing: it becomes 0.
                scale[i] = width > 0 && double.IsFinite(1 / width) ? (float)(1 / width) : 0;
            }

            return new NormalizingTransformer.Column(pair.OutputColumnName, pair.InputColumnName, offset, scale);
        }
    }
}

/// <summary>(x − offset)·scale of each element of columns.</summary>
/// <remarks>
/// Columns hold Single, or vectors of it of known size. NaN stays NaN, and is not counted in fitting. An element that is always the same in fitting becomes 0.
/// </remarks>
public sealed class NormalizingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "Normalizing";
    private const string PartName = "columns.json";

    internal NormalizingTransformer(IReadOnlyList<Column> columns) => Columns = columns;

    /// <summary>The columns, with what was learned of them.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <inheritdoc/>
    public SavedComponent Save() => new(LoaderName, 1, [new ModelPart(PartName, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        foreach (Column column in Columns)
        {
            json.WriteStartObject();
            json.WriteString("output", column.OutputColumnName);
            json.WriteString("input", column.InputColumnName);
            WriteNumbers(json, "offset", column.Offset);
            WriteNumbers(json, "scale", column.Scale);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    })]);

    internal static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name) is { } column
        ? LengthOf(column) > 0 ? column : throw WrongType(name, $"{column.Type}")
        : throw new ArgumentException($"{nameof(NormalizingEstimator)} needs column '{name}'; there {schema.Describe()}.", nameof(schema));

    /// <summary>Elements of a row: 1 for Single, the length of a vector of it, 0 for all else.</summary>
    internal static int LengthOf(DataViewSchema.Column column) => column.Type.Equals(NumberDataViewType.Single) ? 1
        : column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.Equals(NumberDataViewType.Single) ? vector.Size
        : 0;

    internal static float[] RowOf(Block block, DataViewSchema.Column column, int row) => column.Type is VectorDataViewType
        ? block.Values<VBuffer<float>>(column.Index)[row].ToDenseArray()
        : [block.Values<float>(column.Index)[row]];

    internal static ArgumentException WrongType(string name, string got) => new(
        $"Normalizing: expected column '{name}' to hold Single or vectors of Single of known size, got {got}. Convert it with Conversion.ConvertType.");

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var bound = new List<(DataViewSchema.Column, Column)>();
        foreach (Column column in Columns)
        {
            DataViewSchema.Column input = Require(inputSchema, column.InputColumnName);
            bound.Add(LengthOf(input) == column.Scale.Count
                ? (input, column)
                : throw new ArgumentException(
                    $"{nameof(NormalizingTransformer)}: expected column '{input.Name}' to hold {column.Scale.Count} numbers a row, as in fitting, got {input.Type}.",
                    nameof(inputSchema)));
        }

        return new Mapping(inputSchema, [.. bound]);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<float> numbers)
    {
        json.WriteStartArray(name);
        foreach (float number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>What was learned of a column: its elements become (x − offset)·scale.</summary>
    /// <param name="OutputColumnName">The column that is made.</param>
    /// <param name="InputColumnName">The column that is read.</param>
    /// <param name="Offset">One number an element.</param>
    /// <param name="Scale">One number an element, 0 for one that was always the same.</param>
    public sealed record Column(string OutputColumnName, string InputColumnName, IReadOnlyList<float> Offset, IReadOnlyList<float> Scale);

    private sealed class Mapping(DataViewSchema schema, (DataViewSchema.Column Input, Column Column)[] columns) : BlockMapping(
        schema, columns.Select(pair => new DataViewSchema.DetachedColumn(pair.Column.OutputColumnName, pair.Input.Type, pair.Input.Annotations)))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input.Index];

        public override BlockMap Open(ColumnSet added) => Stateless(added, (block, index) =>
        {
            (DataViewSchema.Column input, Column column) = columns[index];
            var rows = new float[block.RowCount][];
            for (int row = 0; row < rows.Length; row++)
            {
                rows[row] = RowOf(block, input, row);
                for (int i = 0; i < rows[row].Length; i++)
                {
                    rows[row][i] = (rows[row][i] - column.Offset[i]) * column.Scale[i];
                }
            }

            return input.Type is VectorDataViewType
                ? new BlockColumn<VBuffer<float>>(Array.ConvertAll(rows, row => new VBuffer<float>(row.Length, row)))
                : new BlockColumn<float>(Array.ConvertAll(rows, row => row[0]));
        });
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => reader.ReadJson(PartName, root => new NormalizingTransformer(
            [.. root.EnumerateArray().Select(column =>
            {
                float[] offset = Numbers(column, "offset");
                float[] scale = Numbers(column, "scale");
                return offset.Length == scale.Length
                    ? new Column(column.GetProperty("output").GetString()!, column.GetProperty("input").GetString()!, offset, scale)
                    : throw new JsonException($"{offset.Length} offsets with {scale.Length} scales");
            })]));

        private static float[] Numbers(JsonElement column, string name) => [.. column.GetProperty(name).EnumerateArray().Select(number => number.GetSingle())];
    }
}
