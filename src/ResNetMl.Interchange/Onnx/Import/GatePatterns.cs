using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Products that other programs write for one activation: x·σ(x) is Silu.</summary>
internal static class GatePatterns
{
    internal static DataValue? Find(OnnxNode node, ArithmeticKind kind, OnnxValue left, OnnxValue right)
    {
        if (kind != ArithmeticKind.Multiply || left is not DataValue first || right is not DataValue second)
        {
            return null;
        }

        return Silu(node, first, second) ?? Silu(node, second, first);
    }

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
}
