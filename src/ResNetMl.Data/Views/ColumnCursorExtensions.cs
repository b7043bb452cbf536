namespace ResNetMl.Data;

/// <summary>Reads one column of a view.</summary>
public static class ColumnCursorExtensions
{
    /// <summary>The values of a column, read as they are enumerated.</summary>
    /// <param name="data">The view; read anew on every enumeration.</param>
    /// <param name="columnName">The column.</param>
    /// <typeparam name="T">The column's raw type, or what a member of a row class may be: <c>string</c> for text, <c>T[]</c> for vectors.</typeparam>
    /// <exception cref="ArgumentException">There is no such column, or it holds another type.</exception>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    /// <inheritdoc cref="GetColumn{T}(IDataView, string)"/>
    /// <param name="data">The view; read anew on every enumeration.</param>
    /// <param name="column">The column, of the view's own schema.</param>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        BlockView view = BlockView.Of(data);
        view.Schema.Check(column);
        if (!MemberConversion.Exists(typeof(T), column.Type.RawType))
        {
            throw new ArgumentException(
                $"Column '{column.Name}' is {column.Type}, read as {RawTypes.NameOf(column.Type.RawType)}, not as {RawTypes.NameOf(typeof(T))}.",
                nameof(column));
        }

        return GenericTypes.New<IEnumerable<T>>(typeof(ColumnValues<,>), [typeof(T), column.Type.RawType], view, column);
    }

    private sealed class ColumnValues<T, TRaw>(BlockView view, DataViewSchema.Column column) : IEnumerable<T>
    {
        public IEnumerator<T> GetEnumerator()
        {
            MemberConversion<T, TRaw> conversion = MemberConversion.Find<T, TRaw>()!;
            using BlockReader reader = view.OpenReader([column]);
            for (int rows = 1; reader.Read(rows) is { } block; rows = Math.Min(rows * 2, BlockView.DefaultBlockRows))
            {
                for (int row = 0; row < block.RowCount; row++)
                {
                    yield return conversion.FromRaw(block.Values<TRaw>(column.Index)[row]);
                }
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
