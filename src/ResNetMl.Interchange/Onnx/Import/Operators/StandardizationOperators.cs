using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// LayerNormalization and InstanceNormalization: less the mean, divided by the deviation of each image's own numbers, times a scale, plus a bias.
/// They become the layers that exporters write where an opset lacks the operator.
/// </summary>
internal static class StandardizationOperators
{
    internal static void LayerNormalization(OnnxNode node)
    {
        // The precision of the statistics; ours is single whatever the file asks for.
        node.Ignore("stash_type");
        DataValue input = node.Data(0);
        int rank = node.RankOf(input);
        int axis = node.Axis(node.Int("axis", -1), rank);
        DataValue standard = Standardize(node, input, [.. Enumerable.Range(axis, rank - axis).Select(node.InnerAxis)]);
        Scale(node, standard, node.Input(1), node.HasInput(2) ? node.Input(2) : null);
    }

    internal static void InstanceNormalization(OnnxNode node)
    {
        DataValue input = node.Data(0);
        int rank = node.RankOf(input);
        if (rank < 3)
        {
            throw node.Error("an input [N, C, …] with axes behind the channels", $"rank {rank}");
        }

        DataValue standard = Standardize(node, input, [.. Enumerable.Range(2, rank - 2).Select(node.InnerAxis)]);
        Scale(node, standard, PerChannel(1, "scale"), PerChannel(2, "bias"));

        ConstantValue PerChannel(int index, string what)
        {
            ConstantValue constant = node.Constant(index, what);
            int channels = input.Shape[node.Shift + 1];
            return constant.Shape == new Shape(channels)
                ? constant.Reshaped(node.Where, node.Graph.Tensors, [channels, .. Enumerable.Repeat(1, rank - 2)])
                : throw node.Error($"a {what} [{channels}]", $"{constant.Shape}");
        }
    }

    private static DataValue Standardize(OnnxNode node, DataValue input, int[] axes)
    {
        var average = new Reduce(ReductionKind.Mean, new Shape(axes), KeepsAxes: true);
        float epsilon = node.Float("epsilon", 1e-5f);
        DataValue mean = node.AddPart("mean", average, input);
        DataValue centred = node.AddPart("centred", new Arithmetic(ArithmeticKind.Subtract), input, mean);
        DataValue squares = node.AddPart("squares", new Arithmetic(ArithmeticKind.Multiply), centred, centred);
        DataValue variance = node.AddPart("variance", average, squares);
        DataValue shifted = node.AddPart("epsilon", new Activation(ActivationKind.Affine, 1, epsilon), variance);
        DataValue deviation = node.AddPart("deviation", new Activation(ActivationKind.Sqrt), shifted);
        if (node.IsOutputUsed(1))
        {
            node.Bind(1, mean);
        }

        if (node.IsOutputUsed(2))
        {
            node.Bind(2, node.AddPart("inverse", new Activation(ActivationKind.Reciprocal), deviation));
        }

        return node.AddPart("standard", new Arithmetic(ArithmeticKind.Divide), centred, deviation);
    }

    private static void Scale(OnnxNode node, DataValue standard, OnnxValue scale, OnnxValue? bias)
    {
        DataValue scaled = ArithmeticOperators.Combine(node, ArithmeticKind.Multiply, standard, scale, bias is null ? node.Name : $"{node.Name}/scaled");
        node.Bind(0, bias is null ? scaled : ArithmeticOperators.Combine(node, ArithmeticKind.Add, scaled, bias, node.Name));
    }
}
