namespace ResNetMl.Data;

/// <summary>The rows of a view that a test lets through, in their order.</summary>
/// <param name="input">The view.</param>
/// <param name="testColumns">Positions of the columns that the test reads besides the rows' ids.</param>
/// <param name="isKept">Whether a row of a block is let through. The same answer for the same row on every pass.</param>
/// <param name="byChance">Whether the test is one of numbers drawn for the rows.</param>
internal sealed class FilteredView(
    BlockView input, IReadOnlyList<int> testColumns, Func<Block, int, bool> isKept, bool byChance = false) : BlockView(input.Schema)
{
    public override bool CanShuffle => input.CanShuffle;

    public override long? GetRowCount() => null;

    internal override int ChoicesMade => input.ChoicesMade + (byChance ? 1 : 0);

    protected override BlockReader Open(ColumnSet columns, Random? random)
        => new Reader(Open(input, new ColumnSet(Schema.Count, [.. columns, .. testColumns]), random), isKept);

    private sealed class Reader(BlockReader input, Func<Block, int, bool> isKept) : BlockReader
    {
        public override Block? Read(int maxRows)
        {
            while (input.Read(maxRows) is { } block)
            {
                int[] kept = [.. Enumerable.Range(0, block.RowCount).Where(row => isKept(block, row))];
                if (kept.Length == block.RowCount)
                {
                    return block;
                }

                if (kept.Length > 0)
                {
                    return block.Select(kept);
                }
            }

            return null;
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
