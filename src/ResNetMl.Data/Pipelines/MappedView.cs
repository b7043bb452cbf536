namespace ResNetMl.Data;

/// <summary>A view with columns added to each block of another.</summary>
internal sealed class MappedView(BlockView input, BlockMapping mapping) : BlockView(mapping.OutputSchema)
{
    public override bool CanShuffle => input.CanShuffle;

    public override long? GetRowCount() => input.GetRowCount();

    internal override bool ServesExamples => input.ServesExamples;

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
        public override Block? Read(int maxRows) => input.Read(maxRows) is { } block ? mapping.Map(map, block, columns) : null;

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
