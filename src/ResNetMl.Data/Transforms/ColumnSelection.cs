using System.Text;
using System.Text.Json;
using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Leaves columns out of a view. Needs no fitting.</summary>
/// <inheritdoc cref="ColumnSelectingTransformer" path="/remarks"/>
public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IReadOnlyList<string> columns, bool drops, bool keepHidden)
        : base(new ColumnSelectingTransformer(columns, drops, keepHidden))
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column[] named = [.. Transformer.Columns.Select(name => inputSchema.Require(name, nameof(ColumnSelectingEstimator)))];
        return new SchemaShape(Transformer.Drops ? inputSchema.Where(column => !Transformer.Columns.Contains(column.Name)) : named);
    }
}

/// <summary>Leaves columns out of a view.</summary>
/// <remarks>
/// Columns to keep stand in the order they are named in; when columns are dropped the others keep theirs. A name means its hidden columns too.
/// Hidden columns are left out unless they are asked to be kept.
/// </remarks>
public sealed class ColumnSelectingTransformer : ITransformer, ISavableTransformer
{
    internal const string LoaderName = "ColumnSelection";
    private const string PartName = "columns.json";

    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(IReadOnlyList<string> columns, bool drops, bool keepHidden)
    {
        Columns = columns;
        Drops = drops;
        _keepHidden = keepHidden;
    }

    /// <summary>Always true: each row of the result is made from one row of the input.</summary>
    public bool IsRowToRowMapper => true;

    internal IReadOnlyList<string> Columns { get; }

    internal bool Drops { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return SchemaOf(inputSchema, Sources(inputSchema));
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        BlockView view = BlockView.Of(input);
        int[] sources = Sources(view.Schema);
        return new SelectedView(view, SchemaOf(view.Schema, sources), sources);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        int[] sources = Sources(inputSchema);
        return new SelectedRowMapper(inputSchema, SchemaOf(inputSchema, sources), sources);
    }

    /// <inheritdoc/>
    public SavedComponent Save()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("drops", Drops);
            json.WriteBoolean("keepHidden", _keepHidden);
            json.WriteStartArray("columns");
            foreach (string name in Columns)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new SavedComponent(LoaderName, 1, [ModelPart.FromText(PartName, Encoding.UTF8.GetString(buffer.ToArray()))]);
    }

    private static DataViewSchema SchemaOf(DataViewSchema input, int[] sources)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(sources.Select(index => input[index]));
        return builder.ToSchema();
    }

    /// <summary>Positions in the input of the columns that stay, in their new order.</summary>
    private int[] Sources(DataViewSchema schema)
    {
        foreach (string name in Columns)
        {
            if (schema.GetColumnOrNull(name) is null)
            {
                throw new ArgumentException($"{nameof(ColumnSelectingTransformer)} needs column '{name}'; there {schema.Describe()}.", nameof(schema));
            }
        }

        DataViewSchema.Column[] candidates = [.. schema.Where(column => _keepHidden || !column.IsHidden)];
        return Drops
            ? [.. candidates.Where(column => !Columns.Contains(column.Name)).Select(column => column.Index)]
            : [.. Columns.Distinct().SelectMany(name => candidates.Where(column => column.Name == name)).Select(column => column.Index)];
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => reader.ReadJson(PartName, root => new ColumnSelectingTransformer(
            [.. root.GetProperty("columns").EnumerateArray().Select(name => name.GetString() ?? throw new JsonException("a column is null"))],
            root.GetProperty("drops").GetBoolean(),
            root.GetProperty("keepHidden").GetBoolean()));
    }
}
