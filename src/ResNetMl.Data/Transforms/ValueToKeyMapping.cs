using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl.Transforms;

/// <summary>Numbers the values that occur in a column.</summary>
/// <remarks>
/// Keys are <c>uint</c>, from 1. The empty text and NaN are missing values and become 0, as do values that fitting has not seen. What the keys
/// stand for is the column's annotation <see cref="AnnotationKinds.KeyValues"/>. Vectors are mapped element by element.
/// </remarks>
public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    internal const int DefaultMaximumNumberOfKeys = 1_000_000;

    private readonly IHostEnvironment _environment;
    private readonly IReadOnlyList<InputOutputColumnPair> _columns;
    private readonly int _maximumNumberOfKeys;
    private readonly KeyOrdinality _keyOrdinality;
    private readonly bool _keyValuesAsText;
    private readonly IDataView? _keyData;

    internal ValueToKeyMappingEstimator(
        IHostEnvironment environment, IReadOnlyList<InputOutputColumnPair> columns, int maximumNumberOfKeys, KeyOrdinality keyOrdinality,
        bool keyValuesAsText, IDataView? keyData)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumNumberOfKeys);
        if (keyData is not null && keyData.Schema.Count(column => !column.IsHidden) != 1)
        {
            throw new ArgumentException(
                $"keyData must have one column, the values in the order of their keys; there {keyData.Schema.Describe()}.", nameof(keyData));
        }

        _environment = environment;
        _columns = columns;
        _maximumNumberOfKeys = maximumNumberOfKeys;
        _keyOrdinality = keyOrdinality;
        _keyValuesAsText = keyValuesAsText;
        _keyData = keyData;
    }

    /// <summary>In which order values are numbered.</summary>
    public enum KeyOrdinality : byte
    {
        /// <summary>That of their first occurrence in the training rows.</summary>
        ByOccurrence = 0,

        /// <summary>Their own: texts letter by letter, numbers by size.</summary>
        ByValue = 1,
    }

    /// <inheritdoc/>
    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        BlockView view = BlockView.Of(input);
        return new ValueToKeyMappingTransformer([.. _columns.Select(pair => Fit(view, pair))], _keyValuesAsText);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(_columns.Select(pair =>
        {
            SchemaShape.Column column = inputSchema.Require(pair.InputColumnName, nameof(ValueToKeyMappingEstimator));
            if (column.IsKey || column.ItemType is not PrimitiveDataViewType)
            {
                throw NotMappable(column.ToString());
            }

            DataViewType values = _keyValuesAsText ? TextDataViewType.Instance : column.ItemType;
            var annotations = new SchemaShape(
                [new SchemaShape.Column(AnnotationKinds.KeyValues, SchemaShape.Column.VectorKind.Vector, values, isKey: false)]);
            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, NumberDataViewType.UInt32, isKey: true, annotations);
        }));
    }

    internal static ArgumentException NotMappable(string column)
        => new($"ValueToKeyMapping cannot number the values of column {column}: it must hold texts, numbers, true or false, or vectors of these.");

    private TrainedColumn Fit(BlockView view, InputOutputColumnPair pair)
    {
        DataViewSchema.Column column = view.Schema.GetColumnOrNull(pair.InputColumnName) ?? throw new ArgumentException(
            $"{nameof(ValueToKeyMappingEstimator)} needs column '{pair.InputColumnName}'; there {view.Schema.Describe()}.", nameof(view));
        PrimitiveDataViewType itemType = ValueToKeyMappingTransformer.ItemTypeOf(column);
        (BlockView source, DataViewSchema.Column sourceColumn) = (view, column);
        if (_keyData is not null)
        {
            source = BlockView.Of(_keyData);
            sourceColumn = source.Schema.Single(candidate => !candidate.IsHidden);
            if (!sourceColumn.Type.Equals(itemType))
            {
                throw new ArgumentException(
                    $"keyData lists {sourceColumn.Type} values, column '{column.Name}' holds {itemType}. Load the key data with that type.", nameof(view));
            }
        }

        TermMap map = TermMap.Train(
            itemType, Columns(source, sourceColumn), _maximumNumberOfKeys, _keyOrdinality == KeyOrdinality.ByValue && _keyData is null,
            out bool hasMore);
        if (map.Count == 0)
        {
            throw new InvalidOperationException(
                $"Column '{sourceColumn.Name}' has no values to number: there are no rows, or all values are missing. Check the data's source.");
        }

        if (hasMore)
        {
            _environment.Report(
                nameof(ValueToKeyMappingEstimator), ChannelMessageKind.Warning,
                $"Column '{sourceColumn.Name}' has more than {_maximumNumberOfKeys:N0} different values: the others become missing (key 0).");
        }

        return new TrainedColumn(pair, map);
    }

    private static IEnumerable<BlockColumn> Columns(BlockView view, DataViewSchema.Column column)
    {
        using BlockReader reader = view.OpenReader([column]);
        while (reader.Read(BlockView.DefaultBlockRows) is { } block)
        {
            yield return block.Column(column.Index);
        }
    }
}

/// <summary>A column and the values its keys stand for.</summary>
internal sealed record TrainedColumn(InputOutputColumnPair Pair, TermMap Map);

/// <summary>Turns values into keys.</summary>
/// <inheritdoc cref="ValueToKeyMappingEstimator" path="/remarks"/>
public sealed class ValueToKeyMappingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "ValueToKeyMapping";
    private const string PartName = "values.json";

    private readonly TrainedColumn[] _columns;
    private readonly bool _keyValuesAsText;

    internal ValueToKeyMappingTransformer(TrainedColumn[] columns, bool keyValuesAsText)
    {
        _columns = columns;
        _keyValuesAsText = keyValuesAsText;
    }

    /// <inheritdoc/>
    public SavedComponent Save() => new(LoaderName, 1, [new ModelPart(PartName, stream =>
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteBoolean("keyValuesAsText", _keyValuesAsText);
        json.WriteStartArray("columns");
        foreach (TrainedColumn column in _columns)
        {
            json.WriteStartObject();
            json.WriteString("output", column.Pair.OutputColumnName);
            json.WriteString("input", column.Pair.InputColumnName);
            json.WritePropertyName("type");
            TypeJson.Write(json, column.Map.ItemType);
            json.WritePropertyName("values");
            column.Map.WriteValues(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    })]);

    internal static PrimitiveDataViewType ItemTypeOf(DataViewSchema.Column column)
        => ((column.Type as VectorDataViewType)?.ItemType ?? column.Type) is PrimitiveDataViewType item and not KeyDataViewType
            ? item
            : throw ValueToKeyMappingEstimator.NotMappable($"'{column.Name}' ({column.Type})");

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        var columns = new List<(int, DataViewSchema.DetachedColumn, TermMap)>();
        foreach (TrainedColumn trained in _columns)
        {
            DataViewSchema.Column column = Require(inputSchema, trained.Pair.InputColumnName);
            if (!ItemTypeOf(column).Equals(trained.Map.ItemType))
            {
                throw new ArgumentException(
                    $"{nameof(ValueToKeyMappingTransformer)} numbers {trained.Map.ItemType} values, column '{column.Name}' holds {column.Type}. " +
                    "Load the data as when the transformer was fitted.",
                    nameof(inputSchema));
            }

            var annotations = new DataViewSchema.Annotations.Builder();
            trained.Map.AddKeyValues(annotations, _keyValuesAsText);
            var key = new KeyDataViewType(typeof(uint), trained.Map.Count);
            DataViewType type = column.Type is VectorDataViewType vector ? new VectorDataViewType(key, [.. vector.Dimensions]) : key;
            columns.Add((
                column.Index,
                new DataViewSchema.DetachedColumn(trained.Pair.OutputColumnName, type, annotations.ToAnnotations()),
                trained.Map));
        }

        return new Mapping(inputSchema, [.. columns]);
    }

    private sealed class Mapping(DataViewSchema schema, (int Input, DataViewSchema.DetachedColumn Output, TermMap Map)[] columns)
        : BlockMapping(schema, columns.Select(column => column.Output))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input];

        public override BlockMap Open(ColumnSet added)
            => Stateless(added, (block, index) => columns[index].Map.Map(block.Column(columns[index].Input)));
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => reader.ReadJson(PartName, root => new ValueToKeyMappingTransformer(
            [.. root.GetProperty("columns").EnumerateArray().Select(column =>
            {
                if (TypeJson.Read(column.GetProperty("type")) is not PrimitiveDataViewType itemType)
                {
                    throw new JsonException("values are of no primitive type");
                }

                return new TrainedColumn(
                    new InputOutputColumnPair(column.GetProperty("output").GetString()!, column.GetProperty("input").GetString()),
                    TermMap.Read(itemType, column.GetProperty("values")));
            })],
            root.GetProperty("keyValuesAsText").GetBoolean()));
    }
}
