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
}
