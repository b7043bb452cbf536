namespace ResNetMl.Data;

/// <summary>Some adjacent rows of a view: without the first few, and at most so many.</summary>
internal sealed class TakenView(BlockView input, long skipCount, long takeCount) : BlockView(input.Schema)
{
    /// <summary>Which rows are taken depends on their order, so the order stays.</summary>
    public override bool CanShuffle => false;

    public override long? GetRowCount() => input.GetRowCount() is { } count ? Math.Min(Math.Max(0, count - skipCount), takeCount) : null;

    internal override int ChoicesMade => input.ChoicesMade;

    protected override BlockReader Open(ColumnSet columns, Random? random)
        => new Reader(Open(input, columns, random: null), skipCount, takeCount);

    private sealed class Reader(BlockReader input, long skipCount, long takeCount) : BlockReader
    {
        private long _toSkip = skipCount;
        private long _left = takeCount;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            while (_toSkip > 0 && _left > 0)
            {
                Block? skipped = input.Read((int)Math.Min(_toSkip, DefaultBlockRows));
                _left = skipped is null ? 0 : _left;
                _toSkip -= skipped?.RowCount ?? 0;
            }

            Block? block = _left == 0 ? null : input.Read((int)Math.Min(maxRows, _left));
            _left = block is null ? 0 : _left - block.RowCount;
            return block;
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
