using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What a file from elsewhere may not say of itself. What is given here goes before what the file says.</summary>
public sealed record ModelReaderOptions
{
    /// <summary>One name a class, in the order of the outputs; null for the file's own.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>What every image goes through before the network; null for the file's own.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>The network whose weights the file holds; null where the file says it or its tensors' names tell.</summary>
    public NetworkDefinition? Definition { get; init; }

    /// <summary>Shape of one image, [C, H, W]; null for the file's own, or where that is open, for what <see cref="Preprocessing"/> gives.</summary>
    public Shape? InputShape { get; init; }
}
