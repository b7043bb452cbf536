using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Shapes of the definition's values as several operators need them.</summary>
internal static class OnnxNodeShapes
{
    /// <summary>The shape for one image: all axes but the first.</summary>
    internal static Shape ElementShape(this DataValue value) => new(value.Shape.AsSpan()[1..]);

    /// <summary>The same elements with other axes behind the batch: no node where nothing changes, Flatten where one axis is left.</summary>
    internal static DataValue Reshape(this OnnxNode node, DataValue value, Shape elementShape, string? part = null)
    {
        if (value.ElementShape() == elementShape)
        {
            return value;
        }

        if (value.Shape.ElementCount != elementShape.ElementCount)
        {
            throw node.Error($"{value.Shape.ElementCount} elements for each image", $"the shape {elementShape}");
        }

        PrimitiveLayer layer = elementShape.Rank == 1 && value.Shape.Rank > 2 ? new Flatten() : new Reshape(elementShape);
        return part is null ? node.Add(layer, value) : node.AddPart(part, layer, value);
    }

    /// <summary>
    /// Applies layers that need an axis of images and one of channels. A graph without a batch has the images as its own axis 0; of those there
    /// must be one, which then takes the place of the batch.
    /// </summary>
    internal static DataValue PerImage(this OnnxNode node, DataValue value, Func<DataValue, DataValue> layers)
    {
        if (node.Shift == 0)
        {
            return layers(value);
        }

        if (value.Shape.Rank < 2 || value.Shape[1] != 1)
        {
            throw node.Error("one image in a graph without a batch", $"{value.Shape}", "Export the model so that only axis 0 counts images.");
        }

        DataValue result = layers(node.Reshape(value, new Shape(value.Shape.AsSpan()[2..]), "image"));
        return node.Reshape(result, result.ElementShape().Prepend(1), "unbatched");
    }

    /// <summary>Axes put in front so that a value has as many as another, as NumPy's broadcasting does.</summary>
    internal static DataValue WithRank(this OnnxNode node, DataValue value, int rank)
    {
        int missing = rank - node.RankOf(value);
        if (missing <= 0)
        {
            return value;
        }

        return node.Shift == 0
            ? throw node.TouchesBatch("aligns a value's axis of images with another axis")
            : node.Reshape(value, new Shape([.. Enumerable.Repeat(1, missing), .. value.ElementShape()]), $"rank{rank}");
    }

    /// <summary>The axes behind the batch from one to another as one length.</summary>
    internal static int Product(this Shape shape, int from, int to)
    {
        long product = 1;
        for (int axis = from; axis < to; axis++)
        {
            product = checked(product * shape[axis]);
        }

        return checked((int)product);
    }

    /// <summary>The node's name in published weights: what stands before ".weight" in its weight's name; else its own.</summary>
    internal static string ParameterName(this OnnxNode node, int weightInput)
    {
        const string Suffix = ".weight";
        string name = node.Input(weightInput) is ConstantValue constant ? constant.Name ?? "" : "";
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : node.Name;
    }
}
