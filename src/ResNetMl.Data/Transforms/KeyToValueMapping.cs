using ResNetMl.Data;

namespace ResNetMl.Transforms;

/// <summary>Turns keys back into what they stand for. Needs no fitting: the values are an annotation of the column.</summary>
/// <remarks>
/// Key 0 becomes the missing value: the empty text, NaN, and for types without one the default (0, false).
/// </remarks>
public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IReadOnlyList<InputOutputColumnPair> columns)
        : base(new KeyToValueMappingTransformer(columns))
    {
    }

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(Transformer.Columns.Select(pair =>
        {
            SchemaShape.Column column = inputSchema.Require(pair.InputColumnName, nameof(KeyToValueMappingEstimator));
            if (!column.IsKey || !column.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out SchemaShape.Column values))
            {
                throw KeyToValueMappingTransformer.NotMappable(column.ToString());
            }

            return new SchemaShape.Column(pair.OutputColumnName, column.Kind, values.ItemType, isKey: false);
        }));
    }
}

/// <summary>Turns keys back into what they stand for.</summary>
/// <inheritdoc cref="KeyToValueMappingEstimator" path="/remarks"/>
public sealed class KeyToValueMappingTransformer : RowMappingTransformer, ISavableTransformer
{
    internal const string LoaderName = "KeyToValueMapping";

    internal KeyToValueMappingTransformer(IReadOnlyList<InputOutputColumnPair> columns) => Columns = columns;

    internal IReadOnlyList<InputOutputColumnPair> Columns { get; }

    /// <inheritdoc/>
    public SavedComponent Save() => new(LoaderName, 1, [ColumnPairs.ToPart(Columns)]);

    internal static ArgumentException NotMappable(string column) => new(
        $"KeyToValueMapping cannot map column {column}: it must be a key that says what its values stand for, as MapValueToKey makes it.");

    /// <inheritdoc/>
    protected override BlockMapping Bind(DataViewSchema inputSchema) => new Mapping(
        inputSchema,
        [.. Columns.Select(pair =>
        {
            DataViewSchema.Column column = Require(inputSchema, pair.InputColumnName);
            return (column.Index, pair.OutputColumnName, KeyValueLookup.For(column) ?? throw NotMappable($"'{column.Name}' ({column.Type})"));
        })]);

    private sealed class Mapping(DataViewSchema schema, (int Input, string Output, KeyValueLookup Lookup)[] columns)
        : BlockMapping(schema, columns.Select(column => new DataViewSchema.DetachedColumn(column.Output, column.Lookup.OutputType)))
    {
        public override IEnumerable<int> InputsOf(int added) => [columns[added].Input];

        public override BlockMap Open(ColumnSet added)
            => Stateless(added, (block, index) => columns[index].Lookup.Map(block.Column(columns[index].Input)));
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => new KeyToValueMappingTransformer(ColumnPairs.Read(reader));
    }
}
