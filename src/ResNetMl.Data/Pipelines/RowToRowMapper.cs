namespace ResNetMl.Data;

/// <summary>A block mapping applied to single rows, a block of one at a time.</summary>
internal sealed class RowToRowMapper(BlockMapping mapping) : IRowToRowMapper
{
    public DataViewSchema InputSchema => mapping.InputSchema;

    public DataViewSchema OutputSchema => mapping.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => mapping.InputsFor(Set(dependingColumns)).Select(index => InputSchema[index]);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedRow(mapping, input, Set(activeColumns));
    }

    private ColumnSet Set(IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        DataViewSchema.Column[] checkedColumns = [.. columns];
        foreach (DataViewSchema.Column column in checkedColumns)
        {
            OutputSchema.Check(column);
        }

        return new ColumnSet(OutputSchema.Count, checkedColumns.Select(column => column.Index));
    }

    private sealed class MappedRow : DataViewRow
    {
        private readonly BlockMapping _mapping;
        private readonly DataViewRow _input;
        private readonly ColumnSet _active;
        private readonly ColumnSet _inputs;
        private readonly BlockMap _map;
        private readonly IColumnCollector?[] _collectors;
        private Block? _block;
        private long _blockPosition = -1;

        public MappedRow(BlockMapping mapping, DataViewRow input, ColumnSet active)
        {
            _mapping = mapping;
            _input = input;
            _active = active;
            _inputs = mapping.InputsFor(active);
            _map = mapping.Open(mapping.AddedIn(active));
            _collectors = new IColumnCollector?[mapping.InputSchema.Count];
            foreach (int index in _inputs)
            {
                _collectors[index] = BlockColumn.CollectorFor(mapping.InputSchema[index]);
                _collectors[index]!.Attach(input);
            }
        }

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override DataViewSchema Schema => _mapping.OutputSchema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Schema.Check(column);
            return _active.Contains(column.Index);
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Schema.Check(column);
            GetterCheck.TypeAndActivity<TValue>(column, _active.Contains(column.Index));
            return (ref TValue value) => ValueCopy<TValue>.Copy(in Present().Values<TValue>(column.Index)[0], ref value);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _map.Dispose();
                _input.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>The row's block, computed once for each position of the input.</summary>
        private Block Present()
        {
            if (_block is not null && _blockPosition == _input.Position)
            {
                return _block;
            }

            var columns = new BlockColumn?[_mapping.InputSchema.Count];
            foreach (int index in _inputs)
            {
                _collectors[index]!.Collect();
                columns[index] = _collectors[index]!.Take();
            }

            _block = _mapping.Map(_map, new Block(new DataViewRowId[1], columns), _active);
            _blockPosition = _input.Position;
            return _block;
        }
    }
}
