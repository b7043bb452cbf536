namespace ResNetMl.Data;

/// <summary>A view with some of the columns of another, maybe in another order.</summary>
/// <param name="input">The view.</param>
/// <param name="schema">The columns that stay.</param>
/// <param name="sources">Where each stands in the input.</param>
internal sealed class SelectedView(BlockView input, DataViewSchema schema, int[] sources) : BlockView(schema)
{
    public override bool CanShuffle => input.CanShuffle;

    public override long? GetRowCount() => input.GetRowCount();

    internal override bool ServesExamples => input.ServesExamples;

    internal override int ChoicesMade => input.ChoicesMade;

    protected override BlockReader Open(ColumnSet columns, Random? random)
        => new Reader(Open(input, new ColumnSet(input.Schema.Count, columns.Select(index => sources[index])), random), sources, columns);

    private sealed class Reader(BlockReader input, int[] sources, ColumnSet needed) : BlockReader
    {
        public override Block? Read(int maxRows)
        {
            if (input.Read(maxRows) is not { } block)
            {
                return null;
            }

            var columns = new BlockColumn?[sources.Length];
            foreach (int index in needed)
            {
                columns[index] = block.Column(sources[index]);
            }

            return new Block(block.Ids.ToArray(), columns);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>The same for single rows.</summary>
internal sealed class SelectedRowMapper(DataViewSchema inputSchema, DataViewSchema outputSchema, int[] sources) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => outputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => dependingColumns.Select(column => inputSchema[sources[column.Index]]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new SelectedRow(input, this, new ColumnSet(outputSchema.Count, activeColumns.Select(column => column.Index)));
    }

    private sealed class SelectedRow(DataViewRow input, SelectedRowMapper mapper, ColumnSet active) : DataViewRow
    {
        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Schema.Check(column);
            return active.Contains(column.Index);
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Schema.Check(column);
            GetterCheck.TypeAndActivity<TValue>(column, active.Contains(column.Index));
            return input.GetGetter<TValue>(mapper.Source(column));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private DataViewSchema.Column Source(DataViewSchema.Column column) => inputSchema[sources[column.Index]];
}
