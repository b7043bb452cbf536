using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Makes columns with the values and annotations of others. Needs no fitting.</summary>
public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    internal ColumnCopyingEstimator(IReadOnlyList<InputOutputColumnPair> columns)
        : base(new ColumnCopyingTransformer(columns))
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(Transformer.Columns.Select(
            pair => inputSchema.Require(pair.InputColumnName, nameof(ColumnCopyingEstimator)).Renamed(pair.OutputColumnName)));
    }
}

/// <summary>Makes columns with the values and annotations of others.</summary>
public sealed class ColumnCopyingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "ColumnCopying";

    internal ColumnCopyingTransformer(IReadOnlyList<InputOutputColumnPair> columns) => Columns = columns;

    internal IReadOnlyList<InputOutputColumnPair> Columns { get; }

    /// <inheritdoc/>
    public SavedComponent Save() => new(LoaderName, 1, [ColumnPairs.ToPart(Columns)]);

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema)
        => new Mapping(inputSchema, [.. Columns.Select(pair => (Require(inputSchema, pair.InputColumnName), pair.OutputColumnName))]);

    private sealed class Mapping(DataViewSchema schema, (DataViewSchema.Column Input, string Output)[] columns)
        : BlockMapping(schema, columns.Select(pair => new DataViewSchema.DetachedColumn(pair.Output, pair.Input.Type, pair.Input.Annotations)))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input.Index];

        public override BlockMap Open(ColumnSet added) => Stateless(added, (block, index) => block.Column(columns[index].Input.Index));
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => new ColumnCopyingTransformer(ColumnPairs.Read(reader));
    }
}
