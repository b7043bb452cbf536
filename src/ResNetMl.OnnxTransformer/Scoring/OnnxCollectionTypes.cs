using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Sequences and maps of a model as column types.</summary>
internal static class OnnxCollectionTypes
{
    internal static string Describe(NodeMetadata metadata) => metadata.OnnxValueType.ToString();

    internal static DataViewType ColumnTypeOf(NodeMetadata metadata)
        => throw new NotSupportedException($"A value of kind {metadata.OnnxValueType} cannot be a column.");
}
