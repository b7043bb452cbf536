using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>What a file of another program holds: a network and its weights, and what else it says of itself.</summary>
/// <param name="Definition">The network.</param>
/// <param name="Weights">Every parameter and buffer that the definition names.</param>
public sealed record ImportedNetwork(NetworkDefinition Definition, StateDictionary Weights)
{
    /// <summary>
    /// Whether axis 0 of the file's inputs counts images. Where it does not, the file has no batch: the definition's values have an axis of length 1 before
    /// those of the file, and are fed so. False for some ONNX graphs alone.
    /// </summary>
    public bool HasBatchAxis { get; init; } = true;

    /// <summary>Class names in the order of the outputs; null where the file does not say them.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>What every image goes through before the network; null where the file does not say it: it is never guessed.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>As what labels and preprocessing were recognised by the tensors' names and shapes; null where the file said them, or nobody.</summary>
    public string? RecognizedAs { get; init; }

    /// <summary>The same network with a new head, to fine-tune on other classes; all other weights are shared with this one.</summary>
    /// <param name="classes">How many classes, ≥ 2.</param>
    /// <param name="seed">What the head's first weights follow from (<see cref="InitialState"/>).</param>
    /// <returns>The network without labels, which were those of the old classes; the preprocessing stays.</returns>
    /// <exception cref="ArgumentException">The network has no head that could be replaced; the message says what it ends with.</exception>
    public ImportedNetwork WithClasses(int classes, long seed)
    {
        NetworkDefinition definition = ClassifierHead.Replace(Definition, classes, out string head);
        var weights = new StateDictionary();
        Node node = definition.Nodes.Single(candidate => candidate.Name == head);
        StateDictionary fresh = InitialState.Create(
            new NetworkDefinition(head, [new NetworkInput("input", definition.ShapeOf(node.Inputs[0]))], [node with { Inputs = ["input"] }], [head]), seed);
        foreach (ParameterSpec parameter in definition.State)
        {
            weights.Add(parameter.Name, fresh.TryGetValue(parameter.Name, out Tensor? tensor) ? tensor : Weights[parameter.Name]);
        }

        return this with { Definition = definition, Weights = weights, Labels = null, RecognizedAs = null };
    }

    /// <summary>The same network without its head, to make features [N, F] (<see cref="ClassifierHead.Remove(NetworkDefinition, out string?)"/>); all weights are shared with this one.</summary>
    /// <param name="head">Name of the node that was the head; null where the file had none and is used whole.</param>
    /// <returns>The network without labels: features have none; the preprocessing stays.</returns>
    /// <exception cref="ArgumentException">The network makes neither rows nor feature maps; the message says what it ends with.</exception>
    public ImportedNetwork WithoutClassifier(out string? head)
    {
        NetworkDefinition definition = ClassifierHead.Remove(Definition, out head);
        var weights = new StateDictionary();
        foreach (ParameterSpec parameter in definition.State)
        {
            weights.Add(parameter.Name, Weights[parameter.Name]);
        }

        return this with { Definition = definition, Weights = weights, Labels = null };
    }
}
