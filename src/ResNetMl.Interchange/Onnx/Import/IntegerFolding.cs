using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Arithmetic on known numbers, as exporters write it around shapes: whole numbers of any size, and at most sixteen floating-point ones (half a height,
/// rounded down). Larger floating-point constants are not computed here but by the network.
/// </summary>
internal static class IntegerFolding
{
    private const int MaxFloats = 16;

    internal static bool CanFold(ConstantValue left, ConstantValue right) =>
        left.IsInteger == right.IsInteger && (left.IsInteger || IsSmall(left, right));

    internal static ConstantValue Binary(OnnxNode node, ArithmeticKind kind, ConstantValue left, ConstantValue right)
    {
        Shape shape = Broadcast(node, left.Shape, right.Shape);
        if (left.IsInteger)
        {
            Number[] a = Expanded(node, left, shape).Integers;
            Number[] b = Expanded(node, right, shape).Integers;
            Number[] result = node.Graph.Tensors.NewIntegers(node.Where, shape);
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = Apply(node, kind, a[i], b[i]);
            }

            return new ConstantValue(shape, () => result);
        }

        Tensor floats = node.Graph.Tensors.NewTensor(node.Where, shape);
        Span<float> x = Expanded(node, left, shape).Floats.Span;
        Span<float> y = Expanded(node, right, shape).Floats.Span;
        for (int i = 0; i < floats.Span.Length; i++)
        {
            floats.Span[i] = Apply(kind, x[i], y[i]);
        }

        return new ConstantValue(shape, () => floats);
    }

    /// <summary>Neg and Abs of whole numbers; null where the input is none.</summary>
    internal static OnnxValue? Unary(OnnxNode node, ActivationKind kind)
    {
        if (kind is not (ActivationKind.Negate or ActivationKind.Abs) || node.Input(0) is not ConstantValue { IsInteger: true } constant)
        {
            return null;
        }

        Number[] result = node.Graph.Tensors.NewIntegers(node.Where, constant.Shape);
        for (int i = 0; i < result.Length; i++)
        {
            Number number = constant.Integers[i];
            bool isNegated = kind == ActivationKind.Negate || number.Value < 0;
            result[i] = isNegated ? Apply(node, ArithmeticKind.Multiply, number, -1) : number;
        }

        return new ConstantValue(constant.Shape, () => result);
    }

    internal static bool IsSmall(params ReadOnlySpan<ConstantValue> constants)
    {
        foreach (ConstantValue constant in constants)
        {
            if (constant.Shape.ElementCount > MaxFloats)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>NumPy's broadcasting of two shapes.</summary>
    internal static Shape Broadcast(OnnxNode node, Shape left, Shape right)
    {
        int rank = Math.Max(left.Rank, right.Rank);
        int[] lengths = new int[rank];
        for (int axis = 1; axis <= rank; axis++)
        {
            int a = axis <= left.Rank ? left[^axis] : 1;
            int b = axis <= right.Rank ? right[^axis] : 1;
            lengths[rank - axis] = a == 1 ? b : a;
            if (a != b && a != 1 && b != 1)
            {
                throw node.Error("shapes whose lengths are equal or 1 along each axis", $"{left} and {right}");
            }
        }

        TensorReader.RequireSize(node.Where, lengths);
        return new Shape(lengths);
    }

    /// <summary>A constant repeated along its axes of length 1.</summary>
    internal static ConstantValue Expanded(OnnxNode node, ConstantValue constant, Shape shape)
    {
        if (constant.Shape == shape)
        {
            return constant;
        }

        long[] own = Strided.Strides(constant.Shape);
        long[] strides = new long[shape.Rank];
        for (int axis = 1; axis <= constant.Shape.Rank; axis++)
        {
            strides[^axis] = constant.Shape[^axis] == 1 ? 0 : own[^axis];
        }

        return constant.View(node.Where, node.Graph.Tensors, shape, strides);
    }

    private static Number Apply(OnnxNode node, ArithmeticKind kind, Number a, Number b)
    {
        try
        {
            return (kind, a.IsBatch, b.IsBatch) switch
            {
                (ArithmeticKind.Add, false, false) => checked(a.Value + b.Value),
                (ArithmeticKind.Subtract, false, false) => checked(a.Value - b.Value),
                (ArithmeticKind.Multiply, false, false) => checked(a.Value * b.Value),
                (ArithmeticKind.Divide, false, false) => b.Value == 0 || (a.Value == long.MinValue && b.Value == -1)
                    ? throw node.Error("a divisor that gives a whole number", $"{a.Value}/{b.Value}")
                    : a.Value / b.Value,
                (ArithmeticKind.Maximum, false, false) => Math.Max(a.Value, b.Value),
                (ArithmeticKind.Minimum, false, false) => Math.Min(a.Value, b.Value),
                (ArithmeticKind.Add, true, true) => new Number(checked(a.Value + b.Value), true),
                (ArithmeticKind.Multiply, true, false) or (ArithmeticKind.Multiply, false, true) => new Number(checked(a.Value * b.Value), true),
                (ArithmeticKind.Divide, true, false) when b.Value != 0 && a.Value % b.Value == 0 => new Number(a.Value / b.Value, true),
                (ArithmeticKind.Divide, true, true) when b.Value != 0 && a.Value % b.Value == 0 => a.Value / b.Value,
                (ArithmeticKind.Power, false, false) => throw node.Error("arithmetic of shapes", "a power of whole numbers"),
                _ => throw node.TouchesBatch($"computes {kind} of {a} and {b}"),
            };
        }
        catch (OverflowException exception)
        {
            throw new InterchangeException($"{node.Where}: expected whole numbers of 64 bits, got {kind} of {a} and {b}.", exception);
        }
    }

    private static float Apply(ArithmeticKind kind, float a, float b) => kind switch
    {
        ArithmeticKind.Add => a + b,
        ArithmeticKind.Subtract => a - b,
        ArithmeticKind.Multiply => a * b,
        ArithmeticKind.Divide => a / b,
        ArithmeticKind.Maximum => Math.Max(a, b),
        ArithmeticKind.Minimum => Math.Min(a, b),
        _ => MathF.Pow(a, b),
    };
}
