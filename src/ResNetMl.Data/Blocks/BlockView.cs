namespace ResNetMl.Data;

/// <summary>A view that serves blocks of rows; every view of this product is one, and <see cref="Of"/> makes one of any other.</summary>
/// <remarks>
/// The contract: <see cref="OpenReader"/> begins a pass; <see cref="BlockReader.Read"/> gives up to as many rows as asked for, of the
/// columns asked for, with values that the block owns. Passes are independent, may run at the same time, and without a random generator
/// give the same rows in the same order; with generators of the same seed, too.
/// </remarks>
public abstract class BlockView : IDataView
{
    /// <summary>Rows that are worth computing together where the caller has no better number.</summary>
    public const int DefaultBlockRows = 32;

    /// <summary>Makes a view.</summary>
    /// <param name="schema">Its columns.</param>
    protected BlockView(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        Schema = schema;
    }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public abstract bool CanShuffle { get; }

    /// <summary>Whether rows are single examples, each asked for by itself (<see cref="BlockMapping.OpenForExamples"/>).</summary>
    internal virtual bool ServesExamples => false;

    /// <summary>How often chance has chosen among the rows on the way here. A split of a split under one seed must choose anew.</summary>
    internal virtual int ChoicesMade => 0;

    /// <summary>The view itself where it serves blocks, otherwise blocks gathered from its cursor.</summary>
    /// <param name="view">Any view.</param>
    public static BlockView Of(IDataView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view as BlockView ?? new ForeignView(view);
    }

    /// <inheritdoc/>
    public abstract long? GetRowCount();

    /// <summary>Begins a pass over the rows.</summary>
    /// <param name="columnsNeeded">The columns that will be read; blocks have these and no others.</param>
    /// <param name="random">Puts the rows in random order where <see cref="CanShuffle"/>; null for the view's own order.</param>
    /// <exception cref="ArgumentException">A column is not of this view.</exception>
    public BlockReader OpenReader(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var isActive = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            Schema.Check(column);
            isActive[column.Index] = true;
        }

        return Open(new ColumnSet(isActive), CanShuffle ? random : null);
    }

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return new BlockCursor(Schema, columns, OpenReader(columns, rand));
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        return [GetRowCursor(columnsNeeded, rand)];
    }

    /// <summary>Begins a pass; what <see cref="OpenReader"/> calls once the columns are checked.</summary>
    /// <param name="columns">Which columns, by position, the blocks must have.</param>
    /// <param name="random">Null, or where <see cref="CanShuffle"/> the generator that gives the order.</param>
    protected abstract BlockReader Open(ColumnSet columns, Random? random);

    /// <summary>Opens another view's pass by positions, for views over views.</summary>
    /// <param name="view">The view below.</param>
    /// <param name="columns">Positions in its schema.</param>
    /// <param name="random">Null for its own order.</param>
    protected static BlockReader Open(BlockView view, ColumnSet columns, Random? random)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Open(columns, view.CanShuffle ? random : null);
    }
}
