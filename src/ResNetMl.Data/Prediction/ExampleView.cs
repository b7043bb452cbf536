namespace ResNetMl.Data;

/// <summary>A view that never ends, of examples that have one value: each row read is the value set last; all other columns are empty.</summary>
/// <remarks>
/// For programs that feed a saved pipeline whose columns they learn at run time; with a class of their own they use a
/// <see cref="PredictionEngine{TSrc, TDst}"/>. As there, an example that cannot be scored is an error. One thread at a time.
/// </remarks>
public sealed class ExampleView : BlockView
{
    private readonly int _column;
    private readonly BlockColumn[] _row;

    /// <summary>Makes a view.</summary>
    /// <param name="schema">The columns, as the pipeline was fitted on.</param>
    /// <param name="columnName">The one that has a value.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public ExampleView(DataViewSchema schema, string columnName)
        : base(schema)
    {
        _column = schema[columnName].Index;
        _row = [.. schema.Select(column => GenericTypes.Call<BlockColumn>(typeof(ExampleView), nameof(Empty), column.Type.RawType))];
    }

    /// <inheritdoc/>
    public override bool CanShuffle => false;

    internal override bool ServesExamples => true;

    /// <inheritdoc/>
    public override long? GetRowCount() => null;

    /// <summary>Sets the value of the rows read from now on.</summary>
    /// <param name="value">Kept until the next one is set; not to be changed.</param>
    /// <typeparam name="T">The column's raw type.</typeparam>
    /// <exception cref="ArgumentException">The column is of another type.</exception>
    public void Set<T>(T value)
    {
        Type expected = Schema[_column].Type.RawType;
        if (typeof(T) != expected)
        {
            throw new ArgumentException(
                $"Column '{Schema[_column].Name}': expected {RawTypes.NameOf(expected)}, got {RawTypes.NameOf(typeof(T))}.", nameof(value));
        }

        _row[_column] = new BlockColumn<T>(new[] { value });
    }

    /// <inheritdoc/>
    protected override BlockReader Open(ColumnSet columns, Random? random) => new Reader(this, columns);

    private static BlockColumn<T> Empty<T>() => new(new T[1]);

    private sealed class Reader(ExampleView view, ColumnSet columns) : BlockReader
    {
        public override Block? Read(int maxRows) => new(
            new DataViewRowId[1], [.. view._row.Select((column, index) => columns.Contains(index) ? column : null)]);
    }
}
