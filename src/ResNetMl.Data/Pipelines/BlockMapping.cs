namespace ResNetMl.Data;

/// <summary>A transformer bound to the columns of one view: which columns it adds, what each needs, and how blocks are mapped.</summary>
/// <remarks>
/// Every row of the result is made from one row of the input. Input columns stay as they are; an added column of a taken name hides the
/// earlier one. Immutable and used by several passes at once; what a pass needs for itself is in its <see cref="BlockMap"/>.
/// </remarks>
public abstract class BlockMapping
{
    /// <summary>Binds to a view's columns.</summary>
    /// <param name="inputSchema">The columns of the input.</param>
    /// <param name="added">The columns to add, in order.</param>
    protected BlockMapping(DataViewSchema inputSchema, IEnumerable<DataViewSchema.DetachedColumn> added)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ArgumentNullException.ThrowIfNull(added);
        InputSchema = inputSchema;
        OutputSchema = inputSchema.With(added);
    }

    /// <summary>The columns of the input.</summary>
    public DataViewSchema InputSchema { get; }

    /// <summary>The input's columns, then the added ones.</summary>
    public DataViewSchema OutputSchema { get; }

    /// <summary>How many columns are added.</summary>
    public int AddedCount => OutputSchema.Count - InputSchema.Count;

    /// <summary>Positions of the input columns that an added column is made from.</summary>
    /// <param name="added">Which of the added columns, from 0.</param>
    public abstract IEnumerable<int> InputsOf(int added);

    /// <summary>Begins a pass.</summary>
    /// <param name="added">Which of the added columns, from 0, will be read.</param>
    public abstract BlockMap Open(ColumnSet added);

    /// <summary>
    /// Begins a pass over single examples, each somebody's question, as a <see cref="PredictionEngine{TSrc, TDst}"/> asks them: an example that cannot be mapped
    /// is an error of that question, where a view's row would be left without a value and reported. The same as <see cref="Open"/> unless overridden.
    /// </summary>
    /// <param name="added">Which of the added columns, from 0, will be read.</param>
    public virtual BlockMap OpenForExamples(ColumnSet added) => Open(added);

    /// <summary>A map that keeps nothing between blocks.</summary>
    /// <param name="added">Which of the added columns, from 0, will be read.</param>
    /// <param name="map">Makes one of the added columns from a block.</param>
    protected static BlockMap Stateless(ColumnSet added, Func<Block, int, BlockColumn> map) => new StatelessBlockMap(added, map);

    /// <summary>The input columns that must be read so that the given output columns can be served.</summary>
    internal ColumnSet InputsFor(ColumnSet output) => new(
        InputSchema.Count,
        output.SelectMany(index => index < InputSchema.Count ? [index] : InputsOf(index - InputSchema.Count)));

    /// <summary>Which added columns are among the given output columns.</summary>
    internal ColumnSet AddedIn(ColumnSet output)
        => new(AddedCount, output.Where(index => index >= InputSchema.Count).Select(index => index - InputSchema.Count));

    /// <summary>A block of the output from a block of the input.</summary>
    internal Block Map(BlockMap map, Block input, ColumnSet output)
    {
        var columns = new BlockColumn?[OutputSchema.Count];
        foreach (int index in output)
        {
            if (index < InputSchema.Count)
            {
                columns[index] = input.Column(index);
            }
        }

        map.Map(input, columns.AsSpan(InputSchema.Count));
        return new Block(input.Ids.ToArray(), columns);
    }

    private sealed class StatelessBlockMap(ColumnSet added, Func<Block, int, BlockColumn> map) : BlockMap
    {
        public override void Map(Block input, Span<BlockColumn?> output)
        {
            foreach (int index in added)
            {
                output[index] = map(input, index);
            }
        }
    }
}

/// <summary>What one pass of a mapping needs for itself, such as buffers. One thread at a time.</summary>
public abstract class BlockMap : IDisposable
{
    /// <summary>
    /// How many rows of a block may be mapped at once, from its first: all, where not overridden. Rows whose results are large, such as decoded
    /// photographs, are mapped a few at a time, so that memory stays bounded whatever the block.
    /// </summary>
    /// <param name="input">The block that will be mapped next, from its first row.</param>
    /// <returns>From 1 up to the block's rows.</returns>
    public virtual int RowsAtOnce(Block input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.RowCount;
    }

    /// <summary>Makes the added columns of a block.</summary>
    /// <param name="input">A block with the columns that <see cref="BlockMapping.InputsOf"/> named; not to be changed.</param>
    /// <param name="output">
    /// One place for each added column; those asked for in <see cref="BlockMapping.Open"/> are filled, with values that belong to the block.
    /// </param>
    public abstract void Map(Block input, Span<BlockColumn?> output);

    /// <summary>Ends the pass.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the pass.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
