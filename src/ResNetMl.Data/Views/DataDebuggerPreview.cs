using System.Collections.Immutable;
using System.Diagnostics;

namespace ResNetMl.Data;

/// <summary>The first rows of a view, read into memory to be looked at: by row and by column.</summary>
/// <remarks>Hidden columns are shown too, at their positions. Values are of the columns' raw types: a text is a <c>ReadOnlyMemory&lt;char&gt;</c>.</remarks>
public sealed class DataDebuggerPreview
{
    internal const int DefaultRows = 100;

    internal DataDebuggerPreview(IDataView data, int maxRows)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        BlockView view = BlockView.Of(data);
        Schema = view.Schema;
        var columns = new List<object>[Schema.Count];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = [];
        }

        using BlockReader reader = view.OpenReader(Schema);
        for (int left = maxRows; left > 0 && reader.Read(Math.Min(left, BlockView.DefaultBlockRows)) is { } block; left -= block.RowCount)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                for (int row = 0; row < block.RowCount; row++)
                {
                    columns[column].Add(block.Column(column).ValueOf(row));
                }
            }
        }

        int rowCount = columns.Length == 0 ? 0 : columns[0].Count;
        ColumnView = [.. Schema.Select(column => new ColumnInfo(column, [.. columns[column.Index]]))];
        RowView = [.. Enumerable.Range(0, rowCount).Select(row => new RowInfo(
            [.. Schema.Select(column => KeyValuePair.Create(column.Name, columns[column.Index][row]))]))];
    }

    /// <summary>The view's columns.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>By position, each column with its values in the rows read.</summary>
    public ImmutableArray<ColumnInfo> ColumnView { get; }

    /// <summary>The rows read, first to last.</summary>
    public ImmutableArray<RowInfo> RowView { get; }

    /// <summary>Written as 3 columns, 100 rows.</summary>
    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    /// <summary>One row.</summary>
    public sealed class RowInfo
    {
        internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

        /// <summary>By position, each column's name and the row's value.</summary>
        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public KeyValuePair<string, object>[] Values { get; }

        /// <summary>Written as 3 columns.</summary>
        public override string ToString() => $"{Values.Length} columns";
    }

    /// <summary>One column and its values in the rows read.</summary>
    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values)
        {
            Column = column;
            Values = values;
        }

        /// <summary>The column.</summary>
        public DataViewSchema.Column Column { get; }

        /// <summary>Its value in each row.</summary>
        public object[] Values { get; }

        /// <summary>Written as Label: String.</summary>
        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }
}
