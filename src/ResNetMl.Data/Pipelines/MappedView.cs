namespace ResNetMl.Data;

/// <summary>A view with columns added to each block of another.</summary>
internal sealed class MappedView(BlockView input, BlockMapping mapping) : BlockView(mapping.OutputSchema)
{
    public override bool CanShuffle => input.CanShuffle;

    public override long? GetRowCount() => input.GetRowCount();

    internal override bool ServesExamples => input.ServesExamples;

    internal override int ChoicesMade => input.ChoicesMade;

    protected override BlockReader Open(ColumnSet columns, Random? random)
    {
        BlockReader reader = Open(input, mapping.InputsFor(columns), random);
        try
        {
            ColumnSet added = mapping.AddedIn(columns);
            return new Reader(reader, mapping, ServesExamples ? mapping.OpenForExamples(added) : mapping.Open(added), columns);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private sealed class Reader(BlockReader input, BlockMapping mapping, BlockMap map, ColumnSet columns) : BlockReader
    {
        private Block? _pending;

        public override Block? Read(int maxRows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
            if ((_pending ?? input.Read(maxRows)) is not { } block)
            {
                return null;
            }

            // The rows that wait are kept before mapping: an error in this part leaves them for the next call.
            Block asked = block.Slice(0, Math.Min(maxRows, block.RowCount));
            int count = map.RowsAtOnce(asked);
            _pending = count < block.RowCount ? block.Slice(count, block.RowCount - count) : null;
            return mapping.Map(map, block.Slice(0, count), columns);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                map.Dispose();
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
