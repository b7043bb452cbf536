using System.Diagnostics;

namespace ResNetMl.Data;

/// <summary>Some consecutive rows of a view: for each column asked for, one value a row.</summary>
/// <remarks>
/// <para>The block owns its values: nothing that made them changes or reuses them afterwards, so a block may be kept, sliced and handed
/// to another thread. In return nobody who reads them changes them either.</para>
/// <para>A block has at least one row. Which columns it has is the same for all blocks of a pass.</para>
/// </remarks>
public sealed class Block
{
    private readonly ReadOnlyMemory<DataViewRowId> _ids;
    private readonly BlockColumn?[] _columns;

    /// <summary>Makes a block.</summary>
    /// <param name="ids">An id for each row, at least one; kept.</param>
    /// <param name="columns">By position in the view's schema: the column's values, or null where it was not asked for; kept.</param>
    /// <exception cref="ArgumentException">There is no row, or a column has another number of values than there are rows.</exception>
    public Block(ReadOnlyMemory<DataViewRowId> ids, BlockColumn?[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (ids.IsEmpty)
        {
            throw new ArgumentException("A block has at least one row; after the last row a reader returns null.", nameof(ids));
        }

        for (int index = 0; index < columns.Length; index++)
        {
            if (columns[index] is { } column && column.RowCount != ids.Length)
            {
                throw new ArgumentException(
                    $"Column {index} has {column.RowCount} values in a block of {ids.Length} rows.", nameof(columns));
            }
        }

        _ids = ids;
        _columns = columns;
    }

    /// <summary>How many rows the block has, at least 1.</summary>
    public int RowCount => _ids.Length;

    /// <summary>The rows' ids, the same for a row on every pass and in every order.</summary>
    public ReadOnlySpan<DataViewRowId> Ids => _ids.Span;

    /// <summary>Whether a column was asked for.</summary>
    /// <param name="column">The column's position in the view's schema.</param>
    public bool Has(int column) => column >= 0 && column < _columns.Length && _columns[column] is not null;

    /// <summary>A column whose type need not be known.</summary>
    /// <param name="column">The column's position in the view's schema.</param>
    /// <exception cref="InvalidOperationException">The column was not asked for.</exception>
    public BlockColumn Column(int column) => Has(column)
        ? _columns[column]!
        : throw new InvalidOperationException($"Column {column} was not asked for when reading began, so this block does not have it.");

    /// <summary>The values of a column, one for each row. Not to be changed, nor what they refer to.</summary>
    /// <param name="column">The column's position in the view's schema.</param>
    /// <typeparam name="T">The column's raw type.</typeparam>
    /// <exception cref="InvalidOperationException">The column was not asked for, or is of another type.</exception>
    public ReadOnlySpan<T> Values<T>(int column) => Column(column) is BlockColumn<T> typed
        ? typed.Values
        : throw new InvalidOperationException(
            $"Column {column} holds {RawTypes.NameOf(Column(column).ValueType)}, read as {RawTypes.NameOf(typeof(T))}.");

    /// <summary>Adjacent rows of this block, without copying values.</summary>
    /// <param name="firstRow">First row to take.</param>
    /// <param name="rowCount">How many rows to take, at least 1.</param>
    public Block Slice(int firstRow, int rowCount) => firstRow == 0 && rowCount == RowCount
        ? this
        : new Block(_ids.Slice(firstRow, rowCount), Map(column => column.Slice(firstRow, rowCount)));

    /// <summary>Some rows of this block in a given order.</summary>
    /// <param name="rows">Row numbers in this block, at least one.</param>
    public Block Select(ReadOnlySpan<int> rows)
    {
        var ids = new DataViewRowId[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            ids[row] = _ids.Span[rows[row]];
        }

        var columns = new BlockColumn?[_columns.Length];
        for (int index = 0; index < columns.Length; index++)
        {
            columns[index] = _columns[index]?.Select(rows);
        }

        return new Block(ids, columns);
    }

    /// <summary>The rows of several blocks of one pass as one block.</summary>
    internal static Block Concat(IReadOnlyList<Block> blocks)
    {
        Debug.Assert(blocks.Count > 0, "A block has at least one row.");
        if (blocks.Count == 1)
        {
            return blocks[0];
        }

        var ids = new List<DataViewRowId>();
        foreach (Block block in blocks)
        {
            ids.AddRange(block.Ids);
        }

        Block first = blocks[0];
        var columns = new BlockColumn?[first._columns.Length];
        for (int index = 0; index < columns.Length; index++)
        {
            columns[index] = first._columns[index]?.Concat([.. blocks.Select(block => block._columns[index]!)]);
        }

        return new Block(ids.ToArray(), columns);
    }

    private BlockColumn?[] Map(Func<BlockColumn, BlockColumn> map)
        => Array.ConvertAll(_columns, column => column is null ? null : map(column));
}
