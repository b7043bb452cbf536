using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>What other programs write with two operators where a layer has one: x·σ(x) is Silu, x·W + b a linear layer, α·x + β an affine one.</summary>
internal static class FusedPatterns
{
    internal static DataValue? Find(OnnxNode node, ArithmeticKind kind, OnnxValue left, OnnxValue right) => (kind, left, right) switch
    {
        (ArithmeticKind.Multiply, DataValue first, DataValue second) => Silu(node, first, second) ?? Silu(node, second, first),
        (ArithmeticKind.Add, DataValue data, ConstantValue { IsInteger: false } constant) => Bias(node, data, constant) ?? Shifted(node, data, constant),
        (ArithmeticKind.Add, ConstantValue { IsInteger: false } constant, DataValue data) => Bias(node, data, constant) ?? Shifted(node, data, constant),
        _ => null,
    };

    private static DataValue? Silu(OnnxNode node, DataValue input, DataValue gate)
    {
        if (node.Composer.SoleProducer<Activation>(gate) is not { Layer: Activation { Kind: ActivationKind.Sigmoid } } sigmoid ||
            sigmoid.Inputs[0] != input.Name)
        {
            return null;
        }

        node.Composer.Remove(sigmoid);
        return node.Add(new Activation(ActivationKind.Silu), input);
    }

    // A classifier's MatMul and Add: as one layer its head can be replaced.
    private static DataValue? Bias(OnnxNode node, DataValue product, ConstantValue bias)
    {
        if (node.Composer.SoleProducer<Linear>(product) is not { Layer: Linear { HasBias: false } linear } producer ||
            bias.Shape.ElementCount != linear.OutFeatures || bias.Shape.Rank is 0 or > 2 || bias.Shape[^1] != linear.OutFeatures)
        {
            return null;
        }

        Tensor weight = node.Composer.TakeState(producer, "weight");
        Tensor numbers = bias.Reshaped(node.Where, node.Graph.Tensors, [linear.OutFeatures]).TakeFloats(node.Where, node.Graph.Tensors);
        node.Composer.Remove(producer);
        DataValue input = node.Composer.ValueOf(producer.Inputs[0]);
        return node.Composer.Add(
            node.Where, new Linear(linear.InFeatures, linear.OutFeatures), producer.Name, [input], ("weight", weight), ("bias", numbers));
    }

    private static DataValue? Shifted(OnnxNode node, DataValue product, ConstantValue shift)
    {
        if (node.Composer.SoleProducer<Activation>(product) is not { Layer: Activation { Kind: ActivationKind.Affine, Beta: 0 } scale } producer ||
            shift.Shape.ElementCount != 1 || shift.Shape.Rank > node.RankOf(product) || !float.IsFinite(shift.Floats.Span[0]))
        {
            return null;
        }

        node.Composer.Remove(producer);
        return node.Add(new Activation(ActivationKind.Affine, scale.Alpha, shift.Floats.Span[0]), node.Composer.ValueOf(producer.Inputs[0]));
    }
}
