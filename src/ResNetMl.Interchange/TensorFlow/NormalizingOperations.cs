using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Normalising layers as TensorFlow's operations.</summary>
internal static class NormalizingOperations
{
    internal static string Write(NodeContext node, BatchNorm norm)
    {
        string Numbers(string part)
        {
            Tensor tensor = node.Weights(part);
            return node.Constant(part, tensor.Span, tensor.Shape);
        }

        return node.Nodes.Add(
            "FusedBatchNormV3",
            node.Name,
            [node.Inputs[0], Numbers("weight"), Numbers("bias"), Numbers("running_mean"), Numbers("running_var")],
            Attributes.Float,
            ("U", Attributes.Of(TensorFlow.Generated.DataType.DtFloat)),
            ("epsilon", Attributes.Of(norm.Epsilon)),
            Attributes.ChannelsLast(4),
            ("is_training", Attributes.Of(false)));
    }

    /// <summary>TensorFlow's alpha multiplies the sum, ONNX's the mean over the window.</summary>
    internal static string Write(NodeContext node, LocalResponseNorm norm) => norm.Size % 2 == 1 && node.Output.Rank == 4
        ? node.Nodes.Add(
            "LRN",
            node.Name,
            [node.Inputs[0]],
            Attributes.Float,
            ("depth_radius", Attributes.Of((long)(norm.Size / 2))),
            ("bias", Attributes.Of(norm.Bias)),
            ("alpha", Attributes.Of(norm.Alpha / norm.Size)),
            ("beta", Attributes.Of(norm.Beta)))
        : throw node.Refused("its LRN reads feature maps [N, C, H, W] and takes as many channels on both sides: an odd size");

    /// <summary>TensorFlow's softmax is along the last axis.</summary>
    internal static string Write(NodeContext node, Softmax softmax)
    {
        int rank = node.Output.Rank;
        int axis = ChannelsLast.Stored(softmax.Axis, rank);
        int[] order = [.. Enumerable.Range(0, rank).Where(other => other != axis), axis];
        bool isLast = axis == rank - 1;
        string result = node.Nodes.Add(
            softmax.IsLog ? "LogSoftmax" : "Softmax",
            isLast ? node.Name : node.Name + "/last",
            [node.Transpose("moved", node.Inputs[0], order)],
            Attributes.Float);
        int[] back = [.. Enumerable.Range(0, rank).Select(other => Array.IndexOf(order, other))];
        return node.Transpose(null, result, back);
    }
}
