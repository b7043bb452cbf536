using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A backbone with a linear head behind it: as a model has it, and as fine-tuning trains it, with the scaling of features between them.</summary>
/// <remarks>
/// In fine-tuning the scaling is a batch norm that keeps its statistics, so that the head learns at the same rates on any backbone; afterwards it is folded into the
/// head.
/// </remarks>
internal sealed class HeadedNetwork
{
    private readonly Backbone _backbone;
    private readonly string _scaling;

    public HeadedNetwork(Backbone backbone, int classes)
    {
        _backbone = backbone;
        NetworkDefinition trunk = backbone.Definition;
        Head = FreeName(trunk, "fc");
        _scaling = FreeName(trunk, "scaling");
        int features = backbone.FeatureCount;
        Definition = new NetworkDefinition(
            trunk.Name, trunk.Inputs, [.. trunk.Nodes, new Node(Head, new Linear(features, classes), [trunk.Outputs[0]])], [Head]);
        Scaled = new NetworkDefinition(
            trunk.Name,
            trunk.Inputs,
            [
                .. trunk.Nodes,
                new Node($"{_scaling}.maps", new Reshape([features, 1, 1]), [trunk.Outputs[0]]),
                new Node(_scaling, new BatchNorm(features, Epsilon: 0), [$"{_scaling}.maps"]),
                new Node($"{_scaling}.rows", new Flatten(), [_scaling]),
                new Node(Head, new Linear(features, classes), [$"{_scaling}.rows"]),
            ],
            [Head]);
    }

    /// <summary>Name of the head's node.</summary>
    public string Head { get; }

    /// <summary>Backbone and head.</summary>
    public NetworkDefinition Definition { get; }

    /// <summary>Backbone, scaling and head.</summary>
    public NetworkDefinition Scaled { get; }

    /// <summary>The weights of <see cref="Definition"/>.</summary>
    /// <param name="backbone">The backbone's, by name; others are left out.</param>
    /// <param name="head">A head of features as they are.</param>
    public StateDictionary Weights(StateDictionary backbone, SoftmaxHead head)
    {
        StateDictionary weights = OfBackbone(backbone);
        AddHead(weights, head);
        return weights;
    }

    /// <summary>The weights of <see cref="Scaled"/>.</summary>
    /// <param name="head">A head of scaled features.</param>
    /// <param name="scaling">The scaling.</param>
    public StateDictionary ScaledWeights(SoftmaxHead head, FeatureScaling scaling)
    {
        StateDictionary weights = OfBackbone(_backbone.Weights);
        int features = _backbone.FeatureCount;
        var parts = new Dictionary<string, float[]>
        {
            // A feature without deviation has factor 0: weight 0 over any variance.
            ["weight"] = [.. scaling.Factor.Select(factor => factor > 0 ? 1f : 0)],
            ["bias"] = new float[features],
            ["running_mean"] = [.. scaling.Mean.Select(mean => (float)mean)],
            ["running_var"] = [.. scaling.Factor.Select(factor => factor > 0 ? (float)(1 / (factor * factor)) : 1)],
        };
        foreach (ParameterSpec spec in new BatchNorm(features).Parameters)
        {
            weights.Add($"{_scaling}.{spec.Name}", new Tensor(spec.Shape, parts[spec.Name]));
        }

        AddHead(weights, head);
        return weights;
    }

    /// <summary>The head of scaled features in weights of <see cref="Scaled"/>.</summary>
    public SoftmaxHead HeadOf(StateDictionary scaledWeights)
    {
        Tensor weight = scaledWeights[$"{Head}.weight"];
        var head = new SoftmaxHead(weight.Shape[0], weight.Shape[1]);
        weight.Span.CopyTo(head.Weight);
        scaledWeights[$"{Head}.bias"].Span.CopyTo(head.Bias);
        return head;
    }

    private static string FreeName(NetworkDefinition trunk, string name)
    {
        string free = name;
        for (int number = 2; trunk.Nodes.Any(node => node.Name == free || node.Name.StartsWith($"{free}.", StringComparison.Ordinal)); number++)
        {
            free = $"{name}{number}";
        }

        return free;
    }

    private StateDictionary OfBackbone(StateDictionary source)
    {
        var weights = new StateDictionary();
        foreach (ParameterSpec spec in _backbone.Definition.State)
        {
            weights.Add(spec.Name, source[spec.Name]);
        }

        return weights;
    }

    private void AddHead(StateDictionary weights, SoftmaxHead head)
    {
        weights.Add($"{Head}.weight", new Tensor([head.Classes, head.FeatureCount], head.Weight));
        weights.Add($"{Head}.bias", new Tensor([head.Classes], head.Bias));
    }
}
