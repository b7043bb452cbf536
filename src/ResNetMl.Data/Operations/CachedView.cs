namespace ResNetMl.Data;

/// <summary>A view whose columns are kept in memory from the first time they are read to the end.</summary>
/// <remarks>
/// The first pass that asks for columns not kept yet reads those to the end before it gives its first row. A view that gives other rows on
/// a later pass cannot be cached column by column: it is told by their number.
/// </remarks>
/// <param name="input">The view.</param>
/// <param name="prefetched">Positions of columns to read together on the first pass; null for those it asks for.</param>
internal sealed class CachedView(BlockView input, int[]? prefetched = null) : BlockView(input.Schema)
{
    private readonly Lock _lock = new();
    private readonly BlockColumn?[] _columns = new BlockColumn?[input.Schema.Count];
    private DataViewRowId[]? _ids;

    public override bool CanShuffle => true;

    public override long? GetRowCount() => _ids?.Length ?? input.GetRowCount();

    internal override int ChoicesMade => input.ChoicesMade;

    protected override BlockReader Open(ColumnSet columns, Random? random)
    {
        Fill(columns);
        if (_ids!.Length == 0)
        {
            return new Reader(null, 0, null);
        }

        var block = new Block(_ids, [.. _columns.Select((column, index) => columns.Contains(index) ? column : null)]);
        return new Reader(block, _ids.Length, random is null ? null : RandomOrder.Of(_ids.Length, random));
    }

    private void Fill(ColumnSet columns)
    {
        lock (_lock)
        {
            int[] missing = [.. columns.Union(prefetched ?? []).Where(column => _columns[column] is null)];
            if (_ids is not null && (missing.Length == 0 || _ids.Length == 0))
            {
                return;
            }

            using BlockReader reader = Open(input, new ColumnSet(Schema.Count, missing), random: null);
            var blocks = new List<Block>();
            while (reader.Read(DefaultBlockRows) is { } block)
            {
                blocks.Add(block);
            }

            int rowCount = blocks.Sum(block => block.RowCount);
            if (_ids is not null && _ids.Length != rowCount)
            {
                throw new InvalidOperationException(
                    $"The cached view gave {_ids.Length} rows on one pass and {rowCount} on another, so its columns do not belong together. " +
                    "Cache all needed columns at once, by name.");
            }

            Block? all = blocks.Count == 0 ? null : Block.Concat(blocks);
            _ids = all is null ? [] : all.Ids.ToArray();
            foreach (int column in missing)
            {
                _columns[column] = all?.Column(column);
            }
        }
    }

    private sealed class Reader(Block? all, int rowCount, int[]? order) : BlockReader
    {
        private int _next;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            int first = _next;
            int count = Math.Min(maxRows, rowCount - first);
            if (count == 0)
            {
                return null;
            }

            _next += count;
            return order is null ? all!.Slice(first, count) : all!.Select(order.AsSpan(first, count));
        }
    }
}
