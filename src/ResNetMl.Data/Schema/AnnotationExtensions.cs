namespace ResNetMl.Data;

/// <summary>Reads the usual annotations of a column.</summary>
public static class AnnotationExtensions
{
    /// <summary>Whether a key column says what its keys stand for.</summary>
    /// <param name="column">A column of keys or of vectors of keys.</param>
    public static bool HasKeyValues(this DataViewSchema.Column column)
        => column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is not null;

    /// <summary>What key 1, 2, … of a column stands for; element 0 is key 1's.</summary>
    /// <param name="column">A column with <see cref="AnnotationKinds.KeyValues"/>.</param>
    /// <param name="keyValues">Receives the values.</param>
    /// <typeparam name="TValue">What the keys stand for: <c>ReadOnlyMemory&lt;char&gt;</c> for text.</typeparam>
    /// <exception cref="InvalidOperationException">There are none, or they are of another type.</exception>
    public static void GetKeyValues<TValue>(this DataViewSchema.Column column, ref VBuffer<TValue> keyValues)
        => column.Annotations.GetValue(AnnotationKinds.KeyValues, ref keyValues);

    /// <summary>Whether a vector column names its elements.</summary>
    /// <param name="column">A column of vectors.</param>
    public static bool HasSlotNames(this DataViewSchema.Column column)
        => column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.SlotNames) is not null;

    /// <summary>The names of a vector column's elements; none where it has none.</summary>
    /// <param name="column">A column of vectors.</param>
    /// <param name="slotNames">Receives the names.</param>
    public static void GetSlotNames(this DataViewSchema.Column column, ref VBuffer<ReadOnlyMemory<char>> slotNames)
    {
        if (column.HasSlotNames())
        {
            column.Annotations.GetValue(AnnotationKinds.SlotNames, ref slotNames);
        }
        else
        {
            slotNames = new VBuffer<ReadOnlyMemory<char>>(0, null);
        }
    }
}
