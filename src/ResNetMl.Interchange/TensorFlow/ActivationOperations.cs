using ResNetMl.Networks;

namespace ResNetMl.Interchange;

/// <summary>Activations as TensorFlow's operations; those it lacks are put together.</summary>
internal static class ActivationOperations
{
    // The numbers of TensorFlow's Selu, which takes no others.
    private const float SeluAlpha = 1.67326319f;
    private const float SeluBeta = 1.05070102f;

    internal static string Write(NodeContext node, Activation activation)
    {
        string x = node.Inputs[0];
        return activation.Kind switch
        {
            ActivationKind.Relu => Apply(node, "Relu"),
            ActivationKind.Sigmoid => Apply(node, "Sigmoid"),
            ActivationKind.Tanh => Apply(node, "Tanh"),
            ActivationKind.Softplus => Apply(node, "Softplus"),
            ActivationKind.Softsign => Apply(node, "Softsign"),
            ActivationKind.Exp => Apply(node, "Exp"),
            ActivationKind.Log => Apply(node, "Log"),
            ActivationKind.Sqrt => Apply(node, "Sqrt"),
            ActivationKind.Abs => Apply(node, "Abs"),
            ActivationKind.Negate => Apply(node, "Neg"),
            ActivationKind.Reciprocal => Apply(node, "Reciprocal"),
            ActivationKind.LeakyRelu => node.Nodes.Add(
                "LeakyRelu", node.Name, [x], Attributes.Float, ("alpha", Attributes.Of(activation.Alpha))),
            ActivationKind.Elu when activation.Alpha == 1 => Apply(node, "Elu"),
            ActivationKind.Elu => Exponential(node, activation.Alpha, 1),
            ActivationKind.Selu when activation.Alpha == SeluAlpha && activation.Beta == SeluBeta => Apply(node, "Selu"),
            ActivationKind.Selu => Exponential(node, activation.Alpha, activation.Beta),
            ActivationKind.Clip => Clip(node, activation),
            ActivationKind.HardSigmoid => Bounded(
                node, null, Affine(node, "affine", x, activation.Alpha, activation.Beta), 0, 1),

            // x·ReLU6(x + 3)/6.
            ActivationKind.HardSwish => Two(
                node, null, "Mul", x, Two(node, "gate", "Mul", One(node, "clipped", "Relu6", Two(node, "moved", "AddV2", x, node.Number("three", 3))), node.Number("sixth", 1f / 6))),
            ActivationKind.Silu => Two(node, null, "Mul", x, One(node, "gate", "Sigmoid", x)),

            // x/2·(1 + erf(x/√2)).
            ActivationKind.Gelu => Two(
                node,
                null,
                "Mul",
                Two(node, "half", "Mul", x, node.Number("0.5", 0.5f)),
                Two(
                    node,
                    "gate",
                    "AddV2",
                    One(node, "erf", "Erf", Two(node, "scaled", "Mul", x, node.Number("root", 1 / MathF.Sqrt(2)))),
                    node.Number("one", 1))),
            ActivationKind.Affine => Affine(node, null, x, activation.Alpha, activation.Beta),
            _ => throw node.Refused($"it has no {activation.Kind}"),
        };
    }

    private static string Apply(NodeContext node, string operation) => One(node, null, operation, node.Inputs[0]);

    private static string One(NodeContext node, string? part, string operation, string value) =>
        node.Nodes.Add(operation, part is null ? node.Name : $"{node.Name}/{part}", [value], Attributes.Float);

    private static string Two(NodeContext node, string? part, string operation, string left, string right) =>
        node.Nodes.Add(operation, part is null ? node.Name : $"{node.Name}/{part}", [left, right], Attributes.Float);

    private static string Affine(NodeContext node, string? part, string x, float alpha, float beta)
    {
        if (beta == 0)
        {
            return Two(node, part, "Mul", x, node.Number("alpha", alpha));
        }

        string scaled = alpha == 1 ? x : Two(node, "scaled", "Mul", x, node.Number("alpha", alpha));
        return Two(node, part, "AddV2", scaled, node.Number("beta", beta));
    }

    private static string Clip(NodeContext node, Activation clip)
    {
        if ((clip.Alpha, clip.Beta) == (0, 6))
        {
            return Apply(node, "Relu6");
        }

        if ((clip.Alpha, clip.Beta) == (0, float.MaxValue))
        {
            return Apply(node, "Relu");
        }

        return Bounded(node, null, node.Inputs[0], clip.Alpha, clip.Beta);
    }

    /// <summary>min(max(x, low), high), without the bounds that single precision has anyway.</summary>
    private static string Bounded(NodeContext node, string? part, string x, float low, float high)
    {
        bool hasHigh = high != float.MaxValue;
        if (low != float.MinValue || !hasHigh)
        {
            x = Two(node, hasHigh ? "raised" : part, "Maximum", x, node.Number("low", low));
        }

        return hasHigh ? Two(node, part, "Minimum", x, node.Number("high", high)) : x;
    }

    /// <summary>β·(max(x, 0) + α·(e^min(x, 0) − 1)).</summary>
    private static string Exponential(NodeContext node, float alpha, float beta)
    {
        string x = node.Inputs[0];
        string negative = Two(node, "negative", "Minimum", x, node.Number("zero", 0));
        string power = Two(node, "shifted", "Sub", One(node, "power", "Exp", negative), node.Number("one", 1));
        string sum = Two(node, beta == 1 ? null : "sum", "AddV2", One(node, "positive", "Relu", x), Two(node, "curve", "Mul", power, node.Number("alpha", alpha)));
        return beta == 1 ? sum : Two(node, null, "Mul", sum, node.Number("beta", beta));
    }
}
