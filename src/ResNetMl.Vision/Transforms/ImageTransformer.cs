using System.Text.Json;
using System.Text.Json.Serialization;
using ResNetMl.Data;
using ResNetMl.Vision;

namespace ResNetMl.Transforms.Image;

/// <summary>What the image transforms have in common: each adds columns made row by row from one column each, and nothing is learned.</summary>
/// <remarks>The rows of a block are mapped on all cores. Safe to share between threads.</remarks>
public abstract class ImageTransformer : RowMappingTransformer, ISavableTransformer
{
    private const string PartName = "columns.json";

    private static readonly JsonSerializerOptions Json = new(FileJson.Options)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly string _loader;
    private readonly ImageColumn[] _columns;

    private protected ImageTransformer(string loader, IReadOnlyList<ImageColumn> columns)
    {
        if (columns.Count == 0)
        {
            throw new ArgumentException($"{GetType().Name} needs at least one column to make.", nameof(columns));
        }

        foreach (ImageColumn column in columns)
        {
            ArgumentException.ThrowIfNullOrEmpty(column.Output);
            ArgumentException.ThrowIfNullOrEmpty(column.Input);
            column.Check();
        }

        _loader = loader;
        _columns = [.. columns];
    }

    /// <summary>The columns made, each with the column it is made from.</summary>
    public IReadOnlyCollection<(string OutputColumnName, string InputColumnName)> Columns
        => [.. _columns.Select(column => (column.Output, column.Input))];

    internal IReadOnlyList<ImageColumn> ImageColumns => _columns;

    /// <inheritdoc/>
    public SavedComponent Save() => new(
        _loader, 1, [ModelPart.FromText(PartName, JsonSerializer.Serialize(_columns.Select(column => (object)column), Json))]);

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
        => new Mapping(inputSchema, [.. _columns.Select(column => (column, Require(inputSchema, column.Input)))]);

    internal SchemaShape ShapeFor(SchemaShape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.With(_columns.Select(column => column.ShapeFor(input.Require(column.Input, GetType().Name))));
    }

    /// <summary>Makes a transformer again from what one of its kind saved; settings that are impossible are damage of the file.</summary>
    private protected static ITransformer Load<TColumn>(ComponentReader reader, Func<TColumn[], ITransformer> make)
        where TColumn : ImageColumn
        => reader.ReadJson(PartName, root => make(root.Deserialize<TColumn[]>(Json) ?? throw new JsonException("it holds null")));

    private sealed class Mapping(DataViewSchema schema, (ImageColumn Column, DataViewSchema.Column Input)[] columns) : BlockMapping(
        schema, columns.Select(pair => new DataViewSchema.DetachedColumn(pair.Column.Output, pair.Column.TypeFor(pair.Input))))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input.Index];

        public override BlockMap Open(ColumnSet added) => new Pass([.. added.Select(index => (index, columns[index].Column, columns[index].Input))]);
    }

    private sealed class Pass((int Added, ImageColumn Column, DataViewSchema.Column Input)[] columns) : BlockMap
    {
        public override int RowsAtOnce(Block input) => input.RowCount == 1
            ? 1
            : columns.Select(active => active.Column.RowsAtOnce(input, active.Input)).Append(input.RowCount).Min();

        public override void Map(Block input, Span<BlockColumn?> output)
        {
            foreach ((int added, ImageColumn column, DataViewSchema.Column read) in columns)
            {
                output[added] = column.Map(input, read);
            }
        }
    }
}

/// <summary>What the estimators of image transforms have in common: they are ready without data.</summary>
/// <typeparam name="TTransformer">The transformer that fitting gives.</typeparam>
public abstract class ImageEstimator<TTransformer> : TrivialEstimator<TTransformer>
    where TTransformer : ImageTransformer
{
    private protected ImageEstimator(TTransformer transformer)
        : base(transformer)
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) => Transformer.ShapeFor(inputSchema);
}
