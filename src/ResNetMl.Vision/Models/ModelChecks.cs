using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Whether a network, its preprocessing and its labels fit each other.</summary>
internal static class ModelChecks
{
    /// <summary>Classes that a classifier tells apart.</summary>
    /// <exception cref="ArgumentException">The network is no image classifier.</exception>
    internal static int Classes(NetworkDefinition definition)
    {
        Shape input = definition.Inputs[0].Shape;
        Shape output = definition.ShapeOf(definition.Outputs[0]);
        bool isClassifier = definition.Inputs.Count == 1 && definition.Outputs.Count == 1 && input.Rank == 4 && output.Rank == 2;
        return isClassifier
            ? output[1]
            : throw new ArgumentException(
                $"Network '{definition.Name}': expected a classifier with one input [1, C, H, W] and one output [1, classes], " +
                $"got {definition.Inputs.Count} inputs {input} and {definition.Outputs.Count} outputs {output}.");
    }

    internal static void CheckParts(NetworkDefinition definition, Preprocessing preprocessing, IReadOnlyList<string> labels)
    {
        int classes = Classes(definition);
        if (labels.Count != classes)
        {
            throw new ArgumentException($"Network '{definition.Name}' tells {classes} classes apart, got {labels.Count} labels. Give one label a class.");
        }

        string? twice = labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The label '{twice}' is given twice; each class has its own.");
        }

        Shape input = definition.Inputs[0].Shape;
        if (preprocessing.OutputSize is not { } size || size.Height != input[2] || size.Width != input[3] || preprocessing.Channels != input[1])
        {
            string got = preprocessing.OutputSize is { } other
                ? $"[1, {preprocessing.Channels}, {other.Height}, {other.Width}]"
                : $"{preprocessing.Channels} channels and the size that each image has";
            throw new ArgumentException(
                $"Network '{definition.Name}' reads {input}, its preprocessing gives {got}. " +
                "Set the crop or resize to the network's size, or define the network for that input shape.");
        }
    }

    /// <summary>The tensors that the definition names, in its order.</summary>
    internal static StateDictionary SelectState(NetworkDefinition definition, StateDictionary weights)
    {
        var state = new StateDictionary();
        foreach (ParameterSpec spec in definition.State)
        {
            if (!weights.TryGetValue(spec.Name, out Tensor? tensor) || tensor.Shape != spec.Shape || tensor.ElementType != ElementType.Float32)
            {
                throw new ArgumentException(
                    $"Network '{definition.Name}': expected weights '{spec.Name}' of Float32 {spec.Shape}, got {tensor?.ToString() ?? "none"}. " +
                    "The weights are of another network.");
            }

            state.Add(spec.Name, tensor);
        }

        return state;
    }
}
