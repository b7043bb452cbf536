namespace ResNetMl.Data;

/// <summary>Blocks gathered from the cursor of a view that serves none.</summary>
internal sealed class ForeignView(IDataView view) : BlockView(view.Schema)
{
    public override bool CanShuffle => view.CanShuffle;

    public override long? GetRowCount() => view.GetRowCount();

    protected override BlockReader Open(ColumnSet columns, Random? random)
        => new Reader(view.GetRowCursor(columns.Select(index => Schema[index]), random), [.. columns]);

    private sealed class Reader : BlockReader
    {
        private readonly DataViewRowCursor _cursor;
        private readonly int[] _columns;
        private readonly IColumnCollector[] _collectors;
        private readonly ValueGetter<DataViewRowId> _idGetter;
        private bool _ended;

        public Reader(DataViewRowCursor cursor, int[] columns)
        {
            _cursor = cursor;
            _columns = columns;
            _collectors = [.. columns.Select(index => BlockColumn.CollectorFor(cursor.Schema[index]))];
            foreach (IColumnCollector collector in _collectors)
            {
                collector.Attach(cursor);
            }

            _idGetter = cursor.GetIdGetter();
        }

        public override Block? Read(int maxRows)
        {
            var ids = new List<DataViewRowId>();
            while (!_ended && ids.Count < maxRows)
            {
                if (!_cursor.MoveNext())
                {
                    _ended = true;
                    break;
                }

                DataViewRowId id = default;
                _idGetter(ref id);
                ids.Add(id);
                foreach (IColumnCollector collector in _collectors)
                {
                    collector.Collect();
                }
            }

            if (ids.Count == 0)
            {
                return null;
            }

            var blockColumns = new BlockColumn?[_cursor.Schema.Count];
            for (int position = 0; position < _columns.Length; position++)
            {
                blockColumns[_columns[position]] = _collectors[position].Take();
            }

            return new Block(ids.ToArray(), blockColumns);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _cursor.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
