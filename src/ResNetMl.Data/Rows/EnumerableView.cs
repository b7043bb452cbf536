namespace ResNetMl.Data;

/// <summary>Objects shown as rows. The sequence is enumerated anew on every pass, never ahead of the rows asked for.</summary>
/// <typeparam name="TRow">The row class.</typeparam>
internal sealed class EnumerableView<TRow>(IEnumerable<TRow> data, RowColumns<TRow> columns) : BlockView(columns.Schema)
    where TRow : class
{
    private readonly IReadOnlyList<TRow>? _list = data as IReadOnlyList<TRow>;

    public override bool CanShuffle => _list is not null;

    public override long? GetRowCount() => _list?.Count;

    protected override BlockReader Open(ColumnSet needed, Random? random)
        => new Reader(Numbered(random).GetEnumerator(), columns.NewCollector(needed));

    private IEnumerable<(TRow Row, long Number)> Numbered(Random? random)
        => random is null || _list is null
            ? data.Select((row, number) => (row, (long)number))
            : RandomOrder.Of(_list.Count, random).Select(number => (_list[number], (long)number));

    private sealed class Reader(IEnumerator<(TRow Row, long Number)> rows, RowCollector<TRow> collector) : BlockReader
    {
        private bool _ended;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            while (!_ended && collector.RowCount < maxRows)
            {
                if (!rows.MoveNext())
                {
                    _ended = true;
                    break;
                }

                collector.Collect(rows.Current.Row, rows.Current.Number);
            }

            return collector.Take();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rows.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
