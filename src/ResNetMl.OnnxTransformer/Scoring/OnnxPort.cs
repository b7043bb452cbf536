using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>An input or output of a model, seen as the column it is read from or becomes.</summary>
internal sealed class OnnxPort
{
    private readonly string _described;

    /// <param name="name">Its name in the graph.</param>
    /// <param name="metadata">What ONNX Runtime says of it.</param>
    /// <param name="shape">The shape to use instead of the file's; -1 or 0 is open. Null for the file's.</param>
    /// <param name="isUnranked">Whether the file does not say how many axes it has.</param>
    /// <param name="modelName">For messages.</param>
    internal OnnxPort(string name, NodeMetadata metadata, int[]? shape, bool isUnranked, string modelName)
    {
        Name = name;
        Metadata = metadata;
        _described = metadata.IsTensor ? new OnnxRuntimeValue(name, metadata).ToString() : CollectionCodec.Describe(metadata);
        if (metadata.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
        {
            Dimensions = [];
            Collection = CollectionCodec.For(metadata);
            HasOpenFirstAxis = Collection is { IsSequence: true };
            return;
        }

        Codec = ElementCodec.For(metadata.ElementDataType);
        IsUnranked = isUnranked && metadata.Dimensions.Length == 0 && shape is null;
        HasOpenFirstAxis = IsUnranked || metadata.Dimensions is [< 1, ..];
        if (shape is not null && !isUnranked)
        {
            CheckShape(shape, modelName);
        }

        Dimensions = [.. (shape ?? metadata.Dimensions).Select(length => length < 1 ? -1 : length)];
    }

    /// <summary>Its name in the graph; of an input the name of the column it is read from.</summary>
    internal string Name { get; }

    internal NodeMetadata Metadata { get; }

    /// <summary>How elements are read and written; null where no column can hold them, and for sequences and maps.</summary>
    internal ElementCodec? Codec { get; }

    /// <summary>How a sequence or map becomes a value; null where no column can hold it, and for tensors.</summary>
    internal CollectionCodec? Collection { get; }

    /// <summary>Whether a tensor's number of axes is not known.</summary>
    internal bool IsUnranked { get; }

    /// <summary>Whether a row is a vector rather than a single value.</summary>
    internal bool IsVector => IsUnranked || Dimensions.Length > 0;

    /// <summary>Length of each axis; -1 for one that is open. Empty for a scalar.</summary>
    internal int[] Dimensions { get; }

    /// <summary>Whether the file leaves the length of axis 0 open, so that it may count rows.</summary>
    internal bool HasOpenFirstAxis { get; }

    /// <summary>The elements' type with the file's shape: <c>Float [batch, 3, 224, 224]</c>.</summary>
    public override string ToString() => _described;

    /// <summary>Gathers what runs give, for one pass.</summary>
    internal OutputSink NewSink() => Collection?.NewSink() ?? Codec!.NewSink(IsVector);

    /// <summary>The column that one row of this output becomes: axis 0, where open, is 1; another open axis makes it a vector of any length.</summary>
    /// <param name="openFirstAxis">Whether rows may have several entries along an open axis 0.</param>
    internal DataViewType ColumnType(bool openFirstAxis)
    {
        if (Collection is not null)
        {
            return Collection.ColumnType;
        }

        PrimitiveDataViewType item = Codec!.ItemType;
        if (!IsVector || IsUnranked)
        {
            return IsVector ? new VectorDataViewType(item, 0) : item;
        }

        int[] lengths = [Dimensions[0] < 0 && !openFirstAxis ? 1 : Dimensions[0], .. Dimensions.Skip(1)];
        return lengths.Any(length => length < 0) ? new VectorDataViewType(item, 0) : new VectorDataViewType(item, lengths);
    }

    private static string Text(IEnumerable<int> shape)
        => $"[{string.Join(", ", shape.Select(length => length < 1 ? "any" : length.ToString(CultureInfo.InvariantCulture)))}]";

    private void CheckShape(int[] shape, string modelName)
    {
        int[] declared = Metadata.Dimensions;
        if (shape.Length != declared.Length || shape.Where((length, axis) => length > 0 && declared[axis] > 0 && length != declared[axis]).Any())
        {
            throw new ArgumentException(
                $"{modelName}: the shape dictionary says {Text(shape)} for '{Name}', which the file declares as {this}. Give each axis that the file " +
                "leaves open a length, and the others the file's.");
        }
    }
}
