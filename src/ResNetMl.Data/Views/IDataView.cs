namespace ResNetMl;

/// <summary>Rows of typed, named columns, read any number of times; reading computes.</summary>
/// <remarks>
/// Views of this product serve blocks of rows (<see cref="Data.BlockView"/>) and their cursors are thin adapters over them. A view
/// implemented elsewhere with cursors alone works everywhere too.
/// </remarks>
public interface IDataView
{
    /// <summary>Whether a random generator handed to a cursor puts the rows in random order.</summary>
    bool CanShuffle { get; }

    /// <summary>The columns; the same on every pass.</summary>
    DataViewSchema Schema { get; }

    /// <summary>How many rows there are, or null where only reading would tell.</summary>
    long? GetRowCount();

    /// <summary>Begins a pass over the rows.</summary>
    /// <param name="columnsNeeded">The columns that will be read; others are not computed.</param>
    /// <param name="rand">Puts the rows in random order where <see cref="CanShuffle"/>; null for the view's own order.</param>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null);

    /// <summary>Begins a pass whose rows are dealt to several cursors; there may be fewer of them than asked for, at least one.</summary>
    /// <param name="columnsNeeded"><inheritdoc cref="GetRowCursor" path="/param[@name='columnsNeeded']"/></param>
    /// <param name="n">How many cursors would be useful, from 1.</param>
    /// <param name="rand"><inheritdoc cref="GetRowCursor" path="/param[@name='rand']"/></param>
    DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null);
}
