namespace ResNetMl.Data;

/// <summary>The column of labels that a trainer learns: a key of two or more values.</summary>
public sealed class LabelColumn
{
    private LabelColumn(DataViewSchema.Column column)
    {
        Column = column;
        Labels = ClassLabels.Of(column);
    }

    /// <summary>The column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>What its keys stand for.</summary>
    public ClassLabels Labels { get; }

    /// <summary>Finds the labels among a view's columns.</summary>
    /// <param name="schema">The view's columns.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="neededBy">Who needs it, for messages.</param>
    /// <exception cref="ArgumentException">There is no such column, it is no key, or a key of one value; the message names column, expected and got.</exception>
    public static LabelColumn Find(DataViewSchema schema, string name, string neededBy)
    {
        ArgumentNullException.ThrowIfNull(schema);
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentException($"{neededBy} needs the label column '{name}'; there {schema.Describe()}.", nameof(schema));
        if (column.Type is not KeyDataViewType key)
        {
            throw new ArgumentException(
                $"{neededBy}: expected the label column '{name}' to be a key, got {column.Type}. Map it with Transforms.Conversion.MapValueToKey first.",
                nameof(schema));
        }

        return key.Count > 1
            ? new LabelColumn(column)
            : throw new ArgumentException(
                $"Only one class found in the '{name}' column. {neededBy} tells classes apart: give rows of two or more labels.", nameof(schema));
    }

    /// <summary>Refuses a shape that cannot become a label column, before there is data.</summary>
    /// <param name="shape">The columns that there will be.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="neededBy">Who needs it, for messages.</param>
    /// <returns>The label's shape.</returns>
    /// <exception cref="ArgumentException">There is no such column, or it is no key.</exception>
    public static SchemaShape.Column Check(SchemaShape shape, string name, string neededBy)
    {
        ArgumentNullException.ThrowIfNull(shape);
        SchemaShape.Column column = shape.Require(name, neededBy);
        return column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar
            ? column
            : throw new ArgumentException(
                $"{neededBy}: expected the label column '{name}' to be a key, got {column}. Map it with Transforms.Conversion.MapValueToKey first.",
                nameof(shape));
    }

    /// <summary>The classes of a block's rows, from 0; −1 for a row whose label is missing (key 0, or above the number of keys).</summary>
    /// <param name="block">Rows with this column.</param>
    public int[] ClassesOf(Block block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Column(Column.Index) switch
        {
            BlockColumn<uint> keys => ClassesOf(keys, key => key),
            BlockColumn<ulong> keys => ClassesOf(keys, key => key),
            BlockColumn<ushort> keys => ClassesOf(keys, key => key),
            BlockColumn<byte> keys => ClassesOf(keys, key => key),
            var other => throw new InvalidOperationException($"A key is stored as byte, ushort, uint or ulong, not as {other.ValueType.Name}."),
        };
    }

    private int[] ClassesOf<T>(BlockColumn<T> keys, Func<T, ulong> numberOf) =>
        Array.ConvertAll(keys.Values.ToArray(), key => numberOf(key) is var number && number <= (ulong)Labels.Count ? (int)number - 1 : -1);
}
