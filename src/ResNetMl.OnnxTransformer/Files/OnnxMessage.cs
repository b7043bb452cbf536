namespace ResNetMl.Transforms.Onnx.Files;

/// <summary>The messages of an ONNX file that can hold tensors, names or shapes; the rest is passed over.</summary>
internal enum OnnxMessage
{
    /// <summary>Not looked into.</summary>
    Other,
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    ValueInfo,
    Type,
    TensorType,
    SequenceType,
    MapType,
    Function,
}

/// <summary>Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).</summary>
internal static class OnnxFields
{
    internal const int NodeName = 3;
    internal const int AttributeName = 1;
    internal const int AttributeStrings = 9;
    internal const int ValueInfoName = 1;
    internal const int ValueInfoType = 2;
    internal const int TypeTensor = 1;
    internal const int TensorTypeShape = 2;
    internal const int TensorRawData = 9;
    internal const int TensorExternalData = 13;
    internal const int TensorDataLocation = 14;
    internal const int EntryKey = 1;
    internal const int EntryValue = 2;

    /// <summary>TensorProto.DataLocation.EXTERNAL.</summary>
    internal const ulong External = 1;

    /// <summary>What a field of a message is.</summary>
    internal static OnnxMessage PartOf(OnnxMessage message, int field) => (message, field) switch
    {
        (OnnxMessage.Model, 7) => OnnxMessage.Graph,
        (OnnxMessage.Model, 25) => OnnxMessage.Function,
        (OnnxMessage.Function, 7) => OnnxMessage.Node,
        (OnnxMessage.Graph, 1) => OnnxMessage.Node,
        (OnnxMessage.Graph, 5) => OnnxMessage.Tensor,
        (OnnxMessage.Graph, 11 or 12 or 13) => OnnxMessage.ValueInfo,
        (OnnxMessage.Graph, 15) => OnnxMessage.SparseTensor,
        (OnnxMessage.Node, 5) => OnnxMessage.Attribute,
        (OnnxMessage.Attribute, 5 or 10) => OnnxMessage.Tensor,
        (OnnxMessage.Attribute, 6 or 11) => OnnxMessage.Graph,
        (OnnxMessage.Attribute, 22 or 23) => OnnxMessage.SparseTensor,
        (OnnxMessage.Attribute, 14 or 15) => OnnxMessage.Type,
        (OnnxMessage.SparseTensor, 1 or 2) => OnnxMessage.Tensor,
        (OnnxMessage.ValueInfo, ValueInfoType) => OnnxMessage.Type,
        (OnnxMessage.Type, TypeTensor) => OnnxMessage.TensorType,
        (OnnxMessage.Type, 4 or 9) => OnnxMessage.SequenceType,
        (OnnxMessage.Type, 5) => OnnxMessage.MapType,
        (OnnxMessage.SequenceType, 1) or (OnnxMessage.MapType, 2) => OnnxMessage.Type,
        _ => OnnxMessage.Other,
    };
}
