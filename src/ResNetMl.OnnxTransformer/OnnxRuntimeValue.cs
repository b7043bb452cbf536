using Microsoft.ML.OnnxRuntime;
using ResNetMl.Tensors;

namespace ResNetMl.Transforms.Onnx;

/// <summary>An input or output of an ONNX model, as the file declares it.</summary>
public sealed class OnnxRuntimeValue
{
    internal OnnxRuntimeValue(string name, NodeMetadata metadata)
    {
        Name = name;
        IsFloatTensor = metadata.IsTensor && metadata.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float;
        ElementType = metadata.IsTensor ? metadata.ElementDataType.ToString() : metadata.OnnxValueType.ToString();
        Dimensions = metadata.IsTensor ? [.. metadata.Dimensions.Select(length => length < 0 ? (int?)null : length)] : [];
        AxisNames = metadata.IsTensor ? [.. metadata.SymbolicDimensions] : [];
    }

    /// <summary>Its name in the graph.</summary>
    public string Name { get; }

    /// <summary>ONNX's name of the element type, such as <c>Float</c> or <c>Int64</c>; of the value's kind where it is no tensor.</summary>
    public string ElementType { get; }

    /// <summary>Length of each axis; null for one that each run may choose. Empty for a scalar, and where the file does not say the rank.</summary>
    public IReadOnlyList<int?> Dimensions { get; }

    /// <summary>The file's names of the axes that each run may choose, such as <c>batch</c>; empty strings for the others.</summary>
    public IReadOnlyList<string> AxisNames { get; }

    internal bool IsFloatTensor { get; }

    /// <summary>Whether a tensor of this shape may be given.</summary>
    internal bool Takes(Shape shape)
    {
        if (Dimensions.Count == 0)
        {
            return true;
        }

        if (shape.Rank != Dimensions.Count)
        {
            return false;
        }

        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (Dimensions[axis] is { } length && length != shape[axis])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Type and shape as the file writes them: <c>Float [batch, 3, 224, 224]</c>.</summary>
    public override string ToString()
    {
        IEnumerable<string> axes = Dimensions.Select((length, axis) =>
            length?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (AxisNames[axis].Length > 0 ? AxisNames[axis] : "any"));
        return $"{ElementType} [{string.Join(", ", axes)}]";
    }
}
