using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Functions of one element, and PRelu, whose slope may differ between elements.</summary>
internal static class ActivationOperators
{
    internal static void Plain(OnnxNode node, ActivationKind kind)
    {
        node.Ignore("consumed_inputs");
        node.Bind(0, IntegerFolding.Unary(node, kind) ?? node.Add(new Activation(kind), node.Data(0)));
    }

    internal static void LeakyRelu(OnnxNode node) => WithAlpha(node, ActivationKind.LeakyRelu, 0.01f);

    internal static void Elu(OnnxNode node) => WithAlpha(node, ActivationKind.Elu, 1);

    internal static void Selu(OnnxNode node)
    {
        node.Ignore("consumed_inputs");
        float alpha = node.Float("alpha", 1.67326319217681884765625f);
        float gamma = node.Float("gamma", 1.05070102214813232421875f);
        node.Bind(0, node.Add(new Activation(ActivationKind.Selu, alpha, gamma), node.Data(0)));
    }

    internal static void HardSigmoid(OnnxNode node)
    {
        float alpha = node.Float("alpha", 0.2f);
        float beta = node.Float("beta", 0.5f);
        node.Bind(0, node.Add(new Activation(ActivationKind.HardSigmoid, alpha, beta), node.Data(0)));
    }

    internal static void Gelu(OnnxNode node)
    {
        string approximation = node.Text("approximate", "none");
        if (approximation != "none")
        {
            throw node.Error("approximate as none", $"'{approximation}'");
        }

        node.Bind(0, node.Add(new Activation(ActivationKind.Gelu), node.Data(0)));
    }

    /// <summary>Bounds as attributes until opset 10, then as inputs; computed bounds become layers of their own.</summary>
    internal static void Clip(OnnxNode node)
    {
        node.Ignore("consumed_inputs");
        DataValue input = node.Data(0);
        float? least = node.Opset < 11 ? node.Float("min") : null;
        float? most = node.Opset < 11 ? node.Float("max") : null;
        DataValue? computedLeast = Bound(node, 1, ref least);
        DataValue? computedMost = Bound(node, 2, ref most);
        if (float.IsNaN(least ?? 0) || float.IsNaN(most ?? 0))
        {
            throw node.Error("bounds that are numbers", "NaN");
        }

        if (computedLeast is not null)
        {
            input = node.AddPart("min", new Arithmetic(ArithmeticKind.Maximum), input, node.WithRank(computedLeast, node.RankOf(input)));
        }

        if (computedMost is not null)
        {
            input = node.AddPart("max", new Arithmetic(ArithmeticKind.Minimum), input, node.WithRank(computedMost, node.RankOf(input)));
        }

        float? alpha = least is { } min && float.IsFinite(min) ? min : null;
        float? beta = most is { } max && float.IsFinite(max) ? max : null;
        bool isDone = alpha is null && beta is null && (computedLeast ?? computedMost) is not null;
        node.Bind(0, isDone ? input : node.Add(new Activation(ActivationKind.Clip, alpha, beta), input));
    }

    /// <summary>x where x ≥ 0, else slope·x: max(x, 0) + slope·min(x, 0), and LeakyRelu where the slope is one number.</summary>
    internal static void PRelu(OnnxNode node)
    {
        node.Ignore("consumed_inputs");
        DataValue input = node.Data(0);
        OnnxValue slope = node.Input(1);
        if (slope is ConstantValue { IsInteger: false } constant)
        {
            if (constant.Shape.ElementCount == 1 && float.IsFinite(constant.Floats.Span[0]))
            {
                node.Bind(0, node.Add(new Activation(ActivationKind.LeakyRelu, constant.Floats.Span[0]), input));
                return;
            }

            // Opset 6 has one slope for each channel; since opset 7 shapes are broadcast from the last axis.
            if (node.Opset < 7 && constant.Shape.Rank == 1 && node.RankOf(input) > 2)
            {
                slope = constant.Reshaped(
                    node.Where, node.Graph.Tensors, [constant.Shape[0], .. Enumerable.Repeat(1, node.RankOf(input) - 2)]);
            }
        }

        DataValue factor = ArithmeticOperators.Operand(node, slope, node.RankOf(input), axis: null);
        DataValue positive = node.AddPart("positive", new Activation(ActivationKind.Relu), input);
        DataValue negative = node.AddPart("negative", new Activation(ActivationKind.Clip, null, 0), input);
        DataValue scaled = node.AddPart("scaled", new Arithmetic(ArithmeticKind.Multiply), negative, factor);
        node.Bind(0, ArithmeticOperators.Apply(node, ArithmeticKind.Add, positive, scaled, node.Name));
    }

    private static void WithAlpha(OnnxNode node, ActivationKind kind, float without)
    {
        node.Ignore("consumed_inputs");
        float alpha = node.Float("alpha", without);
        node.Bind(0, node.Add(new Activation(kind, alpha), node.Data(0)));
    }

    private static DataValue? Bound(OnnxNode node, int index, ref float? bound)
    {
        if (!node.HasInput(index))
        {
            return null;
        }

        if (node.Input(index) is DataValue data)
        {
            return data;
        }

        bound = node.Scalar(index, index == 1 ? "min" : "max");
        return null;
    }
}
