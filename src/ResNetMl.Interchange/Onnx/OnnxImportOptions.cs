using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>What axis 0 of an ONNX graph's inputs counts.</summary>
public enum OnnxBatchAxis
{
    /// <summary>Images where every operator leaves axis 0 alone, else as <see cref="None"/>.</summary>
    Automatic = 0,

    /// <summary>Images, any number of them, whatever length the file gives the axis.</summary>
    First = 1,

    /// <summary>Nothing: the graph has no batch, and an axis of length 1 is put in front of each of its values.</summary>
    None = 2,
}

/// <summary>What an ONNX file leaves open.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>[C, H, W] of one image, for files whose input has symbolic axes besides the batch; null where the file gives all lengths.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// Graph inputs, by name, that are fixed numbers and no data: shapes, axes, pads, or weights. They become initializers of the element type
    /// that the graph declares.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor>? FixedInputs { get; init; }

    /// <summary>How axis 0 is read; <see cref="ImportedNetwork.HasBatchAxis"/> says how it was.</summary>
    public OnnxBatchAxis BatchAxis { get; init; }
}
