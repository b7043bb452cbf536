using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What of a network a training moves, as its options say: the fixed part before it, its operations, and each parameter's learning rate.</summary>
internal sealed class LearnedPart
{
    private readonly Dictionary<string, double> _factors = new(StringComparer.Ordinal);

    internal LearnedPart(NetworkDefinition definition, TrainerOptions options)
    {
        Whole = definition;
        bool Learns(Node node) =>
            options.TrainedLayers?.Contains(node.Name) != false && !(options.FreezesBatchNorm && node.Layer is BatchNorm);

        if (options.TrainedLayers is not null && !definition.Nodes.Any(node => node.Layer.Parameters.Count > 0 && Learns(node)))
        {
            throw new ArgumentException(
                $"{definition.Name}: TrainerOptions.TrainedLayers expected names of its layers, got none that has parameters and may learn. " +
                $"Its last layer is '{LayerSelection.Head(definition).Names[0]}'.");
        }

        // A fixed part that only normalises or reshapes the input saves nothing, and its answers would take the memory of all images.
        NetworkSplit split = NetworkSplit.Of(definition, Learns);
        Split = split.Fixed is { MultiplyAdds: > 0 } ? split : null;
        Definition = Split?.Learned ?? definition;
        Operations = Lowering.ForTraining(Definition, node => !Learns(node));
        foreach (Node node in Definition.Nodes)
        {
            double factor = !Learns(node) ? 0 : options.LearningRateFactors.FirstOrDefault(entry => entry.Layers.Contains(node.Name))?.Factor ?? 1;
            foreach (ParameterSpec spec in node.Layer.Parameters)
            {
                _factors[$"{node.Name}.{spec.Name}"] = factor;
            }
        }
    }

    /// <summary>The whole network.</summary>
    internal NetworkDefinition Whole { get; }

    /// <summary>The fixed part and the rest; null where training begins with the first convolution or linear layer.</summary>
    internal NetworkSplit? Split { get; }

    /// <summary>The rest, or the whole network.</summary>
    internal NetworkDefinition Definition { get; }

    /// <summary>What a training plan runs: <see cref="Definition"/> with its frozen layers marked.</summary>
    internal OperationList Operations { get; }

    /// <summary>What a parameter's learning rate is multiplied by; 0: it stays.</summary>
    /// <param name="parameter">Its whole name.</param>
    internal double FactorOf(string parameter) => _factors[parameter];

    /// <summary>The whole network's weights: those that were trained, and the first ones of all others.</summary>
    internal StateDictionary Complete(StateDictionary initialWeights, StateDictionary trained)
    {
        var all = new StateDictionary();
        foreach (ParameterSpec spec in Whole.State)
        {
            all.Add(spec.Name, trained.TryGetValue(spec.Name, out Tensor? tensor) ? tensor : initialWeights[spec.Name].Clone());
        }

        return all;
    }
}
