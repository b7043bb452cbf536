using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Add, Sub, Mul, Div, Pow, Max, Min, Sum and Mean with both kinds of broadcasting: NumPy's, and that of opset 6.</summary>
internal static class ArithmeticOperators
{
    internal static void Binary(OnnxNode node, ArithmeticKind kind)
    {
        int? axis = null;
        if (node.Opset < 7)
        {
            node.Ignore("consumed_inputs");
            bool broadcasts = node.Flag("broadcast");
            axis = node.Has("axis") && broadcasts ? node.Int32(node.Int("axis", 0), "axis") : null;
        }

        (OnnxValue left, OnnxValue right) = (node.Input(0), node.Input(1));
        if (GeluPattern.Find(node, kind, left, right) is { } next)
        {
            node.Bind(0, next);
            return;
        }

        if (left is ConstantValue leftConstant && right is ConstantValue rightConstant && IntegerFolding.CanFold(leftConstant, rightConstant))
        {
            node.Bind(0, IntegerFolding.Binary(node, kind, leftConstant, rightConstant));
            return;
        }

        if (kind == ArithmeticKind.Power && right is ConstantValue { IsInteger: true } exponents)
        {
            right = ConstantOperators.AsFloats(node, exponents);
        }

        if (axis is not null)
        {
            right = Aligned(node, right, node.RankOf(left), axis.Value);
        }

        node.Bind(0, FusedPatterns.Find(node, kind, left, right) ?? Combine(node, kind, left, right, node.Name));
    }

    /// <summary>Max, Min and Sum of any number of inputs.</summary>
    internal static void Variadic(OnnxNode node, ArithmeticKind kind)
    {
        if (node.Opset < 8)
        {
            node.Ignore("consumed_inputs");
        }

        OnnxValue[] inputs = [.. node.Inputs];
        if (inputs.Length == 0)
        {
            throw node.Error("one input or more", "none");
        }

        if (kind == ArithmeticKind.Add && inputs.Length > 2 && inputs.All(input => input is DataValue) &&
            inputs.Cast<DataValue>().Select(input => input.Shape).Distinct().Count() == 1 && inputs.Distinct().Count() == inputs.Length)
        {
            node.Bind(0, node.Add(new Add(), [.. inputs.Cast<DataValue>()]));
            return;
        }

        OnnxValue result = inputs.Length == 1 ? node.Data(0) : inputs[0];
        for (int i = 1; i < inputs.Length; i++)
        {
            result = Combine(node, kind, result, inputs[i], i == inputs.Length - 1 ? node.Name : $"{node.Name}/{i}");
        }

        node.Bind(0, result);
    }

    internal static void Mean(OnnxNode node)
    {
        OnnxValue[] inputs = [.. node.Inputs];
        OnnxValue sum = inputs.Length == 1 ? node.Data(0) : node.Input(0);
        for (int i = 1; i < inputs.Length; i++)
        {
            sum = Combine(node, ArithmeticKind.Add, sum, inputs[i], $"{node.Name}/sum{i}");
        }

        node.Bind(0, inputs.Length == 1 ? sum : node.Add(new Activation(ActivationKind.Affine, 1f / inputs.Length, 0), (DataValue)sum));
    }

    /// <summary>Two values, at least one of them computed.</summary>
    internal static DataValue Combine(OnnxNode node, ArithmeticKind kind, OnnxValue left, OnnxValue right, string name)
    {
        if (AsAffine(node, kind, left, right) is { } affine)
        {
            return node.Composer.Add(node.Where, affine.Layer, name, [affine.Input]);
        }

        int rank = Math.Max(node.RankOf(left), node.RankOf(right));
        return Apply(node, kind, Operand(node, left, rank, axis: null), Operand(node, right, rank, axis: null), name);
    }

    internal static DataValue Apply(OnnxNode node, ArithmeticKind kind, DataValue left, DataValue right, string name)
    {
        if (kind == ArithmeticKind.Add && left.Name == right.Name)
        {
            return node.Composer.Add(node.Where, new Activation(ActivationKind.Affine, 2, 0), name, [left]);
        }

        PrimitiveLayer layer = kind == ArithmeticKind.Add && left.Shape == right.Shape ? new Add() : new Arithmetic(kind);
        return node.Composer.Add(node.Where, layer, name, [left, right]);
    }

    /// <summary>An input with as many axes as the result has.</summary>
    internal static DataValue Operand(OnnxNode node, OnnxValue value, int rank, int? axis)
    {
        OnnxValue aligned = axis is null ? value : Aligned(node, value, rank, axis.Value);
        return aligned is ConstantValue constant ? node.Graph.ToData(node, constant, rank) : node.WithRank((DataValue)aligned, rank);
    }

    // Opset 6: the axes of the second input lie at the given axis of the first; those behind are 1.
    private static OnnxValue Aligned(OnnxNode node, OnnxValue value, int rank, int axis)
    {
        int own = node.RankOf(value);
        int start = node.Axis(axis, Math.Max(rank, 1));
        int behind = rank - start - own;
        if (behind < 0)
        {
            throw node.Error($"at most {rank - start} axes from axis {start} on", $"an input of rank {own}");
        }

        if (behind == 0)
        {
            return value;
        }

        return value is ConstantValue constant
            ? constant.Reshaped(node.Where, node.Graph.Tensors, [.. constant.Shape, .. Enumerable.Repeat(1, behind)])
            : node.Shift == 0
                ? throw node.TouchesBatch("aligns a value's axis of images with another axis")
                : node.Reshape((DataValue)value, [.. ((DataValue)value).ElementShape(), .. Enumerable.Repeat(1, behind)], "aligned");
    }

    // One number for all elements: x + c, x − c, c − x, x·c, −x. A quotient stays one, because 1/c would be rounded.
    private static (Activation Layer, DataValue Input)? AsAffine(OnnxNode node, ArithmeticKind kind, OnnxValue left, OnnxValue right)
    {
        if (right is ConstantValue { IsInteger: false } second && left is DataValue first && IsNumber(second, node.RankOf(first), out float number))
        {
            return kind switch
            {
                ArithmeticKind.Add => (new Activation(ActivationKind.Affine, 1, number), first),
                ArithmeticKind.Subtract => (new Activation(ActivationKind.Affine, 1, -number), first),
                ArithmeticKind.Multiply => (new Activation(ActivationKind.Affine, number, 0), first),
                _ => null,
            };
        }

        if (left is ConstantValue { IsInteger: false } constant && right is DataValue data && IsNumber(constant, node.RankOf(data), out number))
        {
            return kind switch
            {
                ArithmeticKind.Add => (new Activation(ActivationKind.Affine, 1, number), data),
                ArithmeticKind.Subtract => (new Activation(ActivationKind.Affine, -1, number), data),
                ArithmeticKind.Multiply => (new Activation(ActivationKind.Affine, number, 0), data),
                _ => null,
            };
        }

        return null;
    }

    private static bool IsNumber(ConstantValue constant, int rank, out float number)
    {
        bool isNumber = constant.Shape.ElementCount == 1 && constant.Shape.Rank <= rank && float.IsFinite(constant.Floats.Span[0]);
        number = isNumber ? constant.Floats.Span[0] : 0;
        return isNumber;
    }
}
