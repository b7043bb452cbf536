using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>erf(x/√2), or a step further on the way to x/2·(1 + erf(x/√2)): no layer has it alone.</summary>
/// <param name="input">x.</param>
/// <param name="hasOne">Whether 1 was added.</param>
/// <param name="isProduct">Whether x was multiplied, and ½ not yet.</param>
internal sealed class ErfValue(DataValue input, bool hasOne = false, bool isProduct = false) : OnnxValue
{
    internal DataValue Input { get; } = input;

    internal bool HasOne { get; } = hasOne;

    internal bool IsProduct { get; } = isProduct;
}

/// <summary>Gelu as exporters before opset 20 write it: Div (or Mul), Erf, Add, Mul, Mul, the ½ before or after.</summary>
internal static class GeluPattern
{
    private const float RoundingOfConstants = 1e-4f;

    internal static void Erf(OnnxNode node)
    {
        DataValue scaled = node.Data(0);
        DataValue input = Unscaled(node, scaled) ?? throw Unknown(node);
        node.Bind(0, new ErfValue(input));
    }

    /// <summary>The next step, if one side is on the way; null where neither is.</summary>
    internal static OnnxValue? Find(OnnxNode node, ArithmeticKind kind, OnnxValue left, OnnxValue right)
    {
        (ErfValue? erf, OnnxValue other) = left is ErfValue first ? (first, right) : (right as ErfValue, left);
        if (erf is null)
        {
            return null;
        }

        switch (kind, erf.HasOne, erf.IsProduct, other)
        {
            case (ArithmeticKind.Add, false, false, ConstantValue one) when IsNumber(one, 1):
                return new ErfValue(erf.Input, hasOne: true);
            case (ArithmeticKind.Multiply, true, false, DataValue data) when data.Name == erf.Input.Name:
                return new ErfValue(erf.Input, hasOne: true, isProduct: true);
            case (ArithmeticKind.Multiply, true, false, DataValue data) when
                node.Composer.SoleProducer<Activation>(data) is { Layer: Activation { Kind: ActivationKind.Affine, Alpha: 0.5f, Beta: 0 } } half &&
                half.Inputs[0] == erf.Input.Name:
                node.Composer.Remove(half);
                return node.Add(new Activation(ActivationKind.Gelu), erf.Input);
            case (ArithmeticKind.Multiply, true, true, ConstantValue constant) when IsNumber(constant, 0.5f):
                return node.Add(new Activation(ActivationKind.Gelu), erf.Input);
            default:
                throw Unknown(node);
        }
    }

    internal static InterchangeException Unknown(OnnxNode node) => node.Error("Erf as a part of Gelu, x/2·(1 + erf(x/√2))", "another use of it");

    private static DataValue? Unscaled(OnnxNode node, DataValue scaled)
    {
        NetworkComposer composer = node.Composer;
        if (composer.SoleProducer<Activation>(scaled) is { Layer: Activation { Kind: ActivationKind.Affine, Beta: 0 } factor } product &&
            IsClose(factor.Alpha, MathF.Sqrt(0.5f)))
        {
            composer.Remove(product);
            return composer.ValueOf(product.Inputs[0]);
        }

        if (composer.SoleProducer<Arithmetic>(scaled) is { Layer: Arithmetic { Kind: ArithmeticKind.Divide } } quotient &&
            composer.ConstantOf(quotient.Inputs[1]) is { } divisor && divisor.Shape.ElementCount == 1 && IsClose(divisor.Span[0], MathF.Sqrt(2)))
        {
            composer.Remove(quotient);
            return composer.ValueOf(quotient.Inputs[0]);
        }

        return null;
    }

    private static bool IsNumber(ConstantValue constant, float number) =>
        !constant.IsInteger && constant.Shape.ElementCount == 1 && IsClose(constant.Floats.Span[0], number);

    private static bool IsClose(float value, float expected) => Math.Abs(value - expected) < RoundingOfConstants;
}
