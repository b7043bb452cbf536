using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Networks;

namespace ResNetMl.Transforms.Onnx;

/// <summary>An input of the model and the column it is read from: which shape a row's elements have.</summary>
internal sealed class BoundInput
{
    private readonly string _modelName;
    private readonly OnnxPort _port;
    private readonly int[] _lengths;

    private BoundInput(string modelName, OnnxPort port, DataViewSchema.Column column)
    {
        _modelName = modelName;
        _port = port;
        Column = column;
        Vector = column.Type as VectorDataViewType;
        _lengths = port.IsUnranked ? [.. Vector?.Dimensions.Select(length => length > 0 ? length : -1) ?? []] : Merge(port.Dimensions, Vector?.Dimensions.ToArray());
    }

    /// <summary>The column of the input's name.</summary>
    internal DataViewSchema.Column Column { get; }

    /// <summary>The column's type where it holds vectors.</summary>
    internal VectorDataViewType? Vector { get; }

    /// <summary>The shape of every row; null where rows differ.</summary>
    internal long[]? FixedShape { get; private init; }

    /// <summary>Whether rows can be put one after the other along axis 0: the file leaves it open, and a row has one entry there.</summary>
    internal bool CanStack => _port.HasOpenFirstAxis && !_port.IsUnranked && _lengths is [1, ..];

    /// <summary>Whether rows may have another number of entries than one along an open axis 0.</summary>
    internal bool OpensFirstAxis => _port.HasOpenFirstAxis && _lengths is not [1, ..];

    /// <summary>
    /// What to warn of: the column has dimensions of its own that are not the input's, such as [224, 224, 3] for [N, 3, 224, 224], and only as
    /// many elements. Null where there is nothing.
    /// </summary>
    internal string? Warning
    {
        get
        {
            int[] column = [.. Vector?.Dimensions.Where(length => length != 1) ?? []];
            int[] input = [.. _lengths.Where(length => length != 1)];
            return column.Length < 2 || (column.Length == input.Length && Fit(input, column))
                ? null
                : $"{_modelName}: column '{Column.Name}' is {Column.Type}, input '{_port.Name}' {_port}. The elements of a row fill the input in the order they lie in; " +
                    "if the column's axes are in another order, such as height, width, channel, the results are wrong.";
        }
    }

    /// <summary>Binds an input to its column.</summary>
    /// <exception cref="ArgumentException">The column is of another type, or its length cannot be the input's.</exception>
    internal static BoundInput Bind(string modelName, OnnxPort port, DataViewSchema.Column column)
    {
        var vector = column.Type as VectorDataViewType;
        DataViewType item = vector?.ItemType ?? column.Type;
        CheckType(modelName, port, item.RawType == port.Codec!.ItemType.RawType && item is PrimitiveDataViewType, $"'{column.Name}' ({column.Type})");
        var bound = new BoundInput(modelName, port, column);
        int open = bound._lengths.Count(length => length < 0);
        if (open > 1)
        {
            throw new ArgumentException(
                $"{modelName}: input '{port.Name}' is {port} and column '{column.Name}' is {column.Type}, which leaves {open} axes open: the elements of a " +
                "row can have many shapes. Give the shape in the shape dictionary, or make the column a vector of known dimensions.");
        }

        if (vector is { IsKnownSize: false })
        {
            return bound;
        }

        int size = vector?.Size ?? 1;
        return bound.ShapeOf(size) is { } shape
            ? new BoundInput(modelName, port, column) { FixedShape = shape }
            : throw new ArgumentException($"{modelName}: expected {port} for input '{port.Name}', got column '{column.Name}' ({column.Type}), whose rows have {size} elements. {Advice}");
    }

    /// <summary>Holds that a column's elements are the input's.</summary>
    internal static void CheckType(string modelName, OnnxPort port, bool fits, string column)
    {
        if (!fits)
        {
            throw new ArgumentException(
                $"{modelName}: expected a column of {port.Codec!.ItemType} for input '{port.Name}' ({port}), got {column}. Convert the column, or make it of that type.");
        }
    }

    /// <summary>The shape of a row's tensor.</summary>
    /// <exception cref="ShapeMismatchException">The row's elements do not fill the input's shape.</exception>
    internal long[] ShapeOfRow(int length, DataViewRowId id)
    {
        CheckLength(length, id);
        return FixedShape ?? ShapeOf(length)!;
    }

    /// <summary>Holds that a row's elements fill the input's shape.</summary>
    /// <exception cref="ShapeMismatchException">They do not.</exception>
    internal void CheckLength(int length, DataViewRowId id)
    {
        if (FixedShape is null ? ShapeOf(length) is null : length != (Vector?.Size ?? 1))
        {
            throw new ShapeMismatchException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_modelName}: expected {_port} for input '{_port.Name}', got {length} elements in column '{Column.Name}' of row {id.Low}. {Advice}"));
        }
    }

    private const string Advice = "Bring each row to the model's size, or say the shape in the shape dictionary.";

    /// <summary>
    /// Where the column's dimensions can be the input's, with or without axis 0, the lengths that one of them knows; otherwise the input's,
    /// axis 0 being one row, and the elements fill them in order.
    /// </summary>
    private static int[] Merge(int[] input, int[]? column)
    {
        if (column is not null && column.Length == input.Length && Fit(input, column))
        {
            return [.. input.Zip(column, Known)];
        }

        if (column is not null && column.Length == input.Length - 1 && input[0] is -1 or 1 && column is not [0] && Fit(input.AsSpan(1).ToArray(), column))
        {
            return [1, .. input.Skip(1).Zip(column, Known)];
        }

        return input.Length == 0 ? [] : [input[0] < 0 ? 1 : input[0], .. input.Skip(1)];
    }

    private static bool Fit(int[] input, int[] column) => input.Zip(column).All(pair => pair.First < 0 || pair.Second == 0 || pair.First == pair.Second);

    private static int Known(int input, int column) => input >= 0 ? input : column > 0 ? column : -1;

    /// <summary>The lengths, the open one from the number of elements; null where they do not come out even.</summary>
    private long[]? ShapeOf(int length)
    {
        long known = _lengths.Where(axis => axis >= 0).Aggregate(1L, (product, axis) => product * axis);
        if (!_lengths.Contains(-1))
        {
            return length == known ? [.. _lengths] : null;
        }

        return known > 0 && length > 0 && length % known == 0 ? [.. _lengths.Select(axis => axis < 0 ? length / known : axis)] : null;
    }
}
