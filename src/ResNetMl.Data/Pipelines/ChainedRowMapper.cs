namespace ResNetMl.Data;

/// <summary>Row mappers one after the other.</summary>
internal sealed class ChainedRowMapper : IRowToRowMapper
{
    private readonly List<IRowToRowMapper> _mappers = [];

    public ChainedRowMapper(DataViewSchema inputSchema, IEnumerable<ITransformer> transformers)
    {
        InputSchema = inputSchema;
        OutputSchema = inputSchema;
        foreach (ITransformer transformer in transformers)
        {
            IRowToRowMapper mapper = transformer.GetRowToRowMapper(OutputSchema);
            _mappers.Add(mapper);
            OutputSchema = mapper.OutputSchema;
        }
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => Enumerable.Reverse(_mappers).Aggregate(dependingColumns, (columns, mapper) => [.. mapper.GetDependencies(columns)]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);

        // What each mapper must serve is known from the last to the first; the rows are stacked from the first to the last.
        var active = new Stack<DataViewSchema.Column[]>([[.. activeColumns]]);
        foreach (IRowToRowMapper mapper in Enumerable.Reverse(_mappers).SkipLast(1))
        {
            active.Push([.. mapper.GetDependencies(active.Peek())]);
        }

        return _mappers.Aggregate(input, (row, mapper) => mapper.GetRow(row, active.Pop()));
    }
}
