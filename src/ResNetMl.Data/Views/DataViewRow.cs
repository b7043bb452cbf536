using ResNetMl.Data;

namespace ResNetMl;

/// <summary>Writes a value into the caller's variable, reusing what memory it holds; the value is the caller's own.</summary>
/// <param name="value">Overwritten.</param>
/// <typeparam name="TValue">The raw type of the column.</typeparam>
public delegate void ValueGetter<TValue>(ref TValue value);

/// <summary>The values of one row at a time.</summary>
public abstract class DataViewRow : IDisposable
{
    /// <summary>How many rows were passed before this one; −1 before the first and after the last.</summary>
    public abstract long Position { get; }

    /// <summary>Of several cursors of one pass: rows with lower numbers come first; 0 where there is one cursor.</summary>
    public abstract long Batch { get; }

    /// <summary>The columns.</summary>
    public abstract DataViewSchema Schema { get; }

    /// <summary>A getter of the row's id, the same on every pass.</summary>
    public abstract ValueGetter<DataViewRowId> GetIdGetter();

    /// <summary>Whether a column can be read here: it was asked for when the pass began.</summary>
    /// <param name="column">A column of <see cref="Schema"/>.</param>
    public abstract bool IsColumnActive(DataViewSchema.Column column);

    /// <summary>A getter of a column's value in the present row, valid as the row moves on.</summary>
    /// <param name="column">An active column of <see cref="Schema"/>.</param>
    /// <typeparam name="TValue">The column's raw type.</typeparam>
    public abstract ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);

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

/// <summary>A row that moves over a view from its first row to its last.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    /// <summary>Moves to the next row; before the first call there is no row.</summary>
    /// <returns>False after the last row.</returns>
    public abstract bool MoveNext();
}
