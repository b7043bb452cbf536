using System.Text;
using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Puts values and vectors of several columns into one vector. Needs no fitting.</summary>
/// <inheritdoc cref="ColumnConcatenatingTransformer" path="/remarks"/>
public sealed class ColumnConcatenatingEstimator : TrivialEstimator<ColumnConcatenatingTransformer>
{
    internal ColumnConcatenatingEstimator(string outputColumnName, IReadOnlyList<string> inputColumnNames)
        : base(new ColumnConcatenatingTransformer(outputColumnName, inputColumnNames))
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column[] inputs =
            [.. Transformer.InputColumnNames.Select(name => inputSchema.Require(name, nameof(ColumnConcatenatingEstimator)))];
        SchemaShape.Column first = inputs[0];
        if (Array.Find(inputs, column => !column.ItemType.Equals(first.ItemType) || column.IsKey != first.IsKey) is { Name: not null } other)
        {
            throw ColumnConcatenatingTransformer.NotAlike(first.ToString(), other.ToString());
        }

        SchemaShape.Column.VectorKind kind = Array.Exists(inputs, column => column.Kind == SchemaShape.Column.VectorKind.VariableVector)
            ? SchemaShape.Column.VectorKind.VariableVector
            : SchemaShape.Column.VectorKind.Vector;
        return inputSchema.With(new SchemaShape.Column(Transformer.OutputColumnName, kind, first.ItemType, first.IsKey));
    }
}

/// <summary>Puts values and vectors of several columns into one vector.</summary>
/// <remarks>
/// All columns hold one type; their values stand in the order of the columns. The vector's elements are named after the columns of single values
/// and, as <c>Column.Element</c>, after vectors that name theirs. Where a vector differs in length between rows, so does the result.
/// </remarks>
public sealed class ColumnConcatenatingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "ColumnConcatenation";
    private const string PartName = "columns.json";

    internal ColumnConcatenatingTransformer(string outputColumnName, IReadOnlyList<string> inputColumnNames)
    {
        OutputColumnName = outputColumnName;
        InputColumnNames = inputColumnNames;
    }

    /// <summary>The column that is made.</summary>
    public string OutputColumnName { get; }

    /// <summary>The columns that are joined, in their order.</summary>
    public IReadOnlyList<string> InputColumnNames { get; }

    /// <inheritdoc/>
    public SavedComponent Save()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("output", OutputColumnName);
            json.WriteStartArray("inputs");
            foreach (string name in InputColumnNames)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new SavedComponent(LoaderName, 1, [ModelPart.FromText(PartName, Encoding.UTF8.GetString(buffer.ToArray()))]);
    }

    internal static ArgumentException NotAlike(string first, string other)
        => new($"ColumnConcatenation: expected columns of one type, got {first} and {other}. Convert one with Conversion.ConvertType.");

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
    {
        DataViewSchema.Column[] inputs = [.. InputColumnNames.Select(name => Require(inputSchema, name))];
        DataViewType item = ItemOf(inputs[0].Type);
        foreach (DataViewSchema.Column column in inputs)
        {
            if (!ItemOf(column.Type).Equals(item) || item is not PrimitiveDataViewType)
            {
                throw NotAlike($"'{inputs[0].Name}' ({inputs[0].Type})", $"'{column.Name}' ({column.Type})");
            }
        }

        int[] sizes = [.. inputs.Select(column => column.Type is VectorDataViewType vector ? vector.Size : 1)];
        int size = sizes.Contains(0) ? 0 : sizes.Sum();
        var annotations = new DataViewSchema.Annotations.Builder();
        if (size > 0 && inputs.Any(column => column.Type is not VectorDataViewType || column.HasSlotNames()))
        {
            annotations.AddSlotNames([.. inputs.SelectMany(SlotNames)]);
        }

        return GenericTypes.New<BlockMapping>(
            typeof(Mapping<>), [item.RawType], inputSchema,
            new DataViewSchema.DetachedColumn(OutputColumnName, new VectorDataViewType((PrimitiveDataViewType)item, size), annotations.ToAnnotations()),
            inputs);
    }

    private static DataViewType ItemOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    private static IEnumerable<string> SlotNames(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
        {
            return [column.Name];
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return names.Length == vector.Size
            ? names.DenseValues().Select(name => name.IsEmpty ? "" : $"{column.Name}.{name}")
            : Enumerable.Repeat("", vector.Size);
    }

    internal sealed class Mapping<T>(DataViewSchema schema, DataViewSchema.DetachedColumn output, DataViewSchema.Column[] inputs)
        : BlockMapping(schema, [output])
    {
        public override IEnumerable<int> InputsOf(int added) => inputs.Select(column => column.Index);

        public override BlockMap Open(ColumnSet added) => Stateless(added, (block, _) =>
        {
            var rows = new VBuffer<T>[block.RowCount];
            for (int row = 0; row < rows.Length; row++)
            {
                rows[row] = Joined(block, row);
            }

            return new BlockColumn<VBuffer<T>>(rows);
        });

        private VBuffer<T> Joined(Block block, int row)
        {
            int length = inputs.Sum(column => column.Type is VectorDataViewType ? block.Values<VBuffer<T>>(column.Index)[row].Length : 1);
            var elements = new T[length];
            int filled = 0;
            foreach (DataViewSchema.Column column in inputs)
            {
                if (column.Type is VectorDataViewType)
                {
                    VBuffer<T> vector = block.Values<VBuffer<T>>(column.Index)[row];
                    vector.CopyTo(elements.AsSpan(filled, vector.Length));
                    filled += vector.Length;
                }
                else
                {
                    elements[filled++] = block.Values<T>(column.Index)[row];
                }
            }

            return new VBuffer<T>(length, elements);
        }
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => reader.ReadJson(PartName, root => new ColumnConcatenatingTransformer(
            root.GetProperty("output").GetString() ?? throw new JsonException("output is null"),
            [.. root.GetProperty("inputs").EnumerateArray().Select(name => name.GetString() ?? throw new JsonException("an input is null"))]));
    }
}
