namespace ResNetMl.Data;

/// <summary>The values of one column in a block.</summary>
public abstract class BlockColumn
{
    private protected BlockColumn()
    {
    }

    /// <summary>How many values there are: one for each row of the block.</summary>
    public abstract int RowCount { get; }

    /// <summary>The .NET type of the values: the column's raw type.</summary>
    public abstract Type ValueType { get; }

    /// <summary>The values of adjacent rows, without copying.</summary>
    /// <param name="firstRow">First row to take.</param>
    /// <param name="rowCount">How many rows to take.</param>
    public abstract BlockColumn Slice(int firstRow, int rowCount);

    /// <summary>The values of some rows in a given order, independent of this column's array.</summary>
    /// <param name="rows">Row numbers in this block.</param>
    public abstract BlockColumn Select(ReadOnlySpan<int> rows);

    /// <summary>Values of several columns of one type, one after the other.</summary>
    internal abstract BlockColumn Concat(IReadOnlyList<BlockColumn> columns);

    /// <summary>One value as text that is the same in every culture.</summary>
    internal abstract ReadOnlySpan<char> TextOf(int row);

    /// <summary>One value, the caller's own.</summary>
    internal abstract object ValueOf(int row);

    /// <summary>Reads values of a raw type known only at run time from a row's getter, one by one.</summary>
    internal static IColumnCollector CollectorFor(DataViewSchema.Column column)
        => GenericTypes.New<IColumnCollector>(typeof(ColumnCollector<>), [column.Type.RawType], column);

    private sealed class ColumnCollector<T>(DataViewSchema.Column column) : IColumnCollector
    {
        private readonly List<T> _values = [];
        private ValueGetter<T>? _getter;

        public void Attach(DataViewRow row) => _getter = row.GetGetter<T>(column);

        public void Collect()
        {
            // A fresh variable for each row: the getter must then make new memory, which becomes the block's.
            T value = default!;
            _getter!(ref value);
            _values.Add(value);
        }

        public BlockColumn Take()
        {
            var taken = new BlockColumn<T>(_values.ToArray());
            _values.Clear();
            return taken;
        }
    }
}

/// <summary>Gathers the values of one column from a row that moves.</summary>
internal interface IColumnCollector
{
    void Attach(DataViewRow row);

    void Collect();

    BlockColumn Take();
}

/// <summary>The values of one column in a block, typed.</summary>
/// <typeparam name="T">The column's raw type.</typeparam>
public sealed class BlockColumn<T> : BlockColumn
{
    private readonly ReadOnlyMemory<T> _values;

    /// <summary>Makes a column of values.</summary>
    /// <param name="values">One value for each row; kept, not copied, and not to be changed any more, nor what they refer to.</param>
    public BlockColumn(ReadOnlyMemory<T> values) => _values = values;

    /// <summary>The values, one for each row.</summary>
    public ReadOnlySpan<T> Values => _values.Span;

    /// <inheritdoc/>
    public override int RowCount => _values.Length;

    /// <inheritdoc/>
    public override Type ValueType => typeof(T);

    /// <inheritdoc/>
    public override BlockColumn Slice(int firstRow, int rowCount) => new BlockColumn<T>(_values.Slice(firstRow, rowCount));

    /// <inheritdoc/>
    public override BlockColumn Select(ReadOnlySpan<int> rows)
    {
        var selected = new T[rows.Length];
        ReadOnlySpan<T> values = Values;
        for (int row = 0; row < rows.Length; row++)
        {
            selected[row] = values[rows[row]];
        }

        return new BlockColumn<T>(selected);
    }

    internal override ReadOnlySpan<char> TextOf(int row) => Values[row] is ReadOnlyMemory<char> text
        ? text.Span
        : Convert.ToString(Values[row], System.Globalization.CultureInfo.InvariantCulture);

    internal override object ValueOf(int row)
    {
        T value = default!;
        ValueCopy<T>.Copy(in Values[row], ref value);
        return value!;
    }

    internal override BlockColumn Concat(IReadOnlyList<BlockColumn> columns)
    {
        var all = new T[columns.Sum(column => column.RowCount)];
        int filled = 0;
        foreach (BlockColumn column in columns)
        {
            ((BlockColumn<T>)column).Values.CopyTo(all.AsSpan(filled));
            filled += column.RowCount;
        }

        return new BlockColumn<T>(all);
    }
}
