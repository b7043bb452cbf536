using ResNetMl.Networks;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Writes activations: one operator where ONNX has it, else its formula.</summary>
internal static class ActivationExport
{
    internal static void Write(OnnxGraph graph, string output, string input, Activation activation)
    {
        switch (activation.Kind)
        {
            case ActivationKind.LeakyRelu:
                graph.Node("LeakyRelu", output, [input], Attribute("alpha", activation.Alpha));
                break;
            case ActivationKind.Elu:
                graph.Node("Elu", output, [input], Attribute("alpha", activation.Alpha));
                break;
            case ActivationKind.Selu:
                graph.Node("Selu", output, [input], Attribute("alpha", activation.Alpha), Attribute("gamma", activation.Beta));
                break;
            case ActivationKind.HardSigmoid:
                graph.Node("HardSigmoid", output, [input], Attribute("alpha", activation.Alpha), Attribute("beta", activation.Beta));
                break;
            case ActivationKind.HardSwish when graph.Opset < 14:
                string gate = graph.Part("HardSigmoid", $"{output}/gate", [input], Attribute("alpha", 1f / 6), Attribute("beta", 0.5f));
                graph.Node("Mul", output, [input, gate]);
                break;
            case ActivationKind.Silu:
                graph.Node("Mul", output, [input, graph.Part("Sigmoid", $"{output}/gate", [input])]);
                break;
            case ActivationKind.Gelu when graph.Opset < 20:
                Gelu(graph, output, input);
                break;
            case ActivationKind.Clip:
                Clip(graph, output, input, activation);
                break;
            case ActivationKind.Affine:
                Affine(graph, output, input, activation);
                break;
            default:
                graph.Node(NameOf(activation.Kind), output, [input]);
                break;
        }
    }

    private static string NameOf(ActivationKind kind) => kind switch
    {
        ActivationKind.Negate => "Neg",
        _ => kind.ToString(),
    };

    // x/2·(1 + erf(x/√2))
    private static void Gelu(OnnxGraph graph, string output, string input)
    {
        if (graph.Opset < 9)
        {
            throw new InterchangeException($"{output}: expected opset 9 or newer for Gelu, whose formula needs Erf, got opset {graph.Opset}.");
        }

        string scaled = graph.Part("Div", $"{output}/scaled", [input, graph.Scalar($"{output}/sqrt2", MathF.Sqrt(2))]);
        string erf = graph.Part("Erf", $"{output}/erf", [scaled]);
        string sum = graph.Part("Add", $"{output}/sum", [erf, graph.Scalar($"{output}/one", 1)]);
        string product = graph.Part("Mul", $"{output}/product", [input, sum]);
        graph.Node("Mul", output, [product, graph.Scalar($"{output}/half", 0.5f)]);
    }

    private static void Clip(OnnxGraph graph, string output, string input, Activation activation)
    {
        bool hasLeast = activation.Alpha > float.MinValue;
        bool hasMost = activation.Beta < float.MaxValue;
        if (graph.Opset < 11)
        {
            graph.Node("Clip", output, [input], [.. hasLeast ? [Attribute("min", activation.Alpha)] : Array.Empty<Generated.AttributeProto>(),
                .. hasMost ? [Attribute("max", activation.Beta)] : Array.Empty<Generated.AttributeProto>()]);
            return;
        }

        string least = hasLeast ? graph.Scalar($"{output}/min", activation.Alpha) : "";
        string[] inputs = hasMost ? [input, least, graph.Scalar($"{output}/max", activation.Beta)] : hasLeast ? [input, least] : [input];
        graph.Node("Clip", output, inputs);
    }

    private static void Affine(OnnxGraph graph, string output, string input, Activation activation)
    {
        if (activation.Beta == 0)
        {
            graph.Node("Mul", output, [input, graph.Scalar($"{output}/alpha", activation.Alpha)]);
            return;
        }

        string product = activation.Alpha == 1
            ? input
            : graph.Part("Mul", $"{output}/product", [input, graph.Scalar($"{output}/alpha", activation.Alpha)]);
        graph.Node("Add", output, [product, graph.Scalar($"{output}/beta", activation.Beta)]);
    }
}
