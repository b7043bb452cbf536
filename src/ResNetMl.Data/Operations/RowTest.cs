using System.Numerics;

namespace ResNetMl.Data;

/// <summary>The tests of rows that filters make: one column's number between bounds, or a value missing.</summary>
internal static class RowTest
{
    /// <summary>The visible column of a name, for a message that says what it was wanted for.</summary>
    public static DataViewSchema.Column Require(DataViewSchema schema, string columnName, string parameterName)
        => schema.GetColumnOrNull(columnName) ?? throw new ArgumentException(
            $"There is no column '{columnName}' to filter by; there {schema.Describe()}.", parameterName);

    /// <summary>Whether the number in a column is at least the lower bound and below the upper. NaN is not.</summary>
    public static Func<Block, int, bool> NumberBetween(DataViewSchema.Column column, double lowerBound, double upperBound)
    {
        Func<Block, int, double> numberOf = NumberOf(column);
        return (block, row) => numberOf(block, row) is var number && number >= lowerBound && number < upperBound;
    }

    /// <summary>The same for the middle of a key's share of [0, 1): key k of n is at (k − ½)/n. A missing key is nowhere.</summary>
    public static Func<Block, int, bool> KeyFractionBetween(DataViewSchema.Column column, double count, double lowerBound, double upperBound)
    {
        Func<Block, int, double> keyOf = NumberOf(column);
        return (block, row) => keyOf(block, row) is var key && key > 0 && key <= count
            && (key - 0.5) / count is var fraction && fraction >= lowerBound && fraction < upperBound;
    }

    /// <summary>Whether a value, or an element of a vector, is missing: NaN, or key 0.</summary>
    /// <returns>Null where values of the type cannot be missing.</returns>
    public static Func<Block, int, bool>? IsMissing(DataViewSchema.Column column)
    {
        var vector = column.Type as VectorDataViewType;
        DataViewType item = vector?.ItemType ?? column.Type;
        string? method =
            item == NumberDataViewType.Single || item == NumberDataViewType.Double ? vector is null ? nameof(IsNaN) : nameof(AnyIsNaN)
            : item is KeyDataViewType ? vector is null ? nameof(IsKeyZero) : nameof(AnyIsKeyZero)
            : null;
        return method is null ? null : GenericTypes.Call<Func<Block, int, bool>>(typeof(RowTest), method, item.RawType, column.Index);
    }

    private static Func<Block, int, double> NumberOf(DataViewSchema.Column column)
        => GenericTypes.Call<Func<Block, int, double>>(typeof(RowTest), nameof(ToDouble), column.Type.RawType, column.Index);

    private static Func<Block, int, double> ToDouble<T>(int column)
        where T : INumberBase<T>
        => (block, row) => double.CreateSaturating(block.Values<T>(column)[row]);

    private static Func<Block, int, bool> IsNaN<T>(int column)
        where T : INumberBase<T>
        => (block, row) => T.IsNaN(block.Values<T>(column)[row]);

    private static Func<Block, int, bool> IsKeyZero<T>(int column)
        where T : INumberBase<T>
        => (block, row) => T.IsZero(block.Values<T>(column)[row]);

    private static Func<Block, int, bool> AnyIsNaN<T>(int column)
        where T : INumberBase<T>
        => (block, row) => Any(block.Values<VBuffer<T>>(column)[row].GetValues(), T.IsNaN);

    /// <summary>Elements that a sparse vector leaves out are 0, and that is missing.</summary>
    private static Func<Block, int, bool> AnyIsKeyZero<T>(int column)
        where T : INumberBase<T>
        => (block, row) => block.Values<VBuffer<T>>(column)[row] is var keys && (!keys.IsDense || Any(keys.GetValues(), T.IsZero));

    private static bool Any<T>(ReadOnlySpan<T> values, Func<T, bool> test)
    {
        foreach (T value in values)
        {
            if (test(value))
            {
                return true;
            }
        }

        return false;
    }
}
