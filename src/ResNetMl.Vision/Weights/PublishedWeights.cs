using ResNetMl.Images;
using ResNetMl.Networks;

namespace ResNetMl.Vision;

/// <summary>A file of published ImageNet weights: a classifier of 1000 classes in ONNX, known by its content.</summary>
public sealed record PublishedWeights
{
    /// <summary>What it is asked for by: <c>resnet50-v2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The network's name in <see cref="NetworkCatalog"/>: <c>resnet50-v2</c>; <c>resnet18</c> for <c>resnet18-v1</c>, where the stride's place makes no difference.</summary>
    public required string Architecture { get; init; }

    /// <summary>The name that ML.NET's enumeration of architectures has for it, or would have: <c>ResnetV250</c>; null for another file of the same architecture.</summary>
    public string? TrainerArchitecture { get; init; }

    /// <summary>Layers on the longest way, as the papers count them: 18 to 152.</summary>
    public required int Depth { get; init; }

    /// <summary>v1 is post-activation (He et al. 2015), v2 is pre-activation (He et al. 2016).</summary>
    public required ActivationOrder Order { get; init; }

    /// <summary>The file's published name: <c>resnet50-v2-7.onnx</c>.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Share of ImageNet's 50,000 validation images whose class is the highest score, as published; 0 to 1.</summary>
    public required double Top1 { get; init; }

    /// <summary>Share of ImageNet's 50,000 validation images whose class is among the five highest scores, as published; 0 to 1.</summary>
    public required double Top5 { get; init; }

    /// <summary>Whether its numbers are 8-bit integers: for ONNX Runtime, which has the operators; it cannot be trained on.</summary>
    public bool IsQuantised { get; init; }

    /// <summary>The licence, as an SPDX identifier.</summary>
    public required string License { get; init; }

    /// <summary>Where the file is published.</summary>
    public required Uri Source { get; init; }

    /// <summary>What an image goes through before the network: that of all published here.</summary>
    public Preprocessing Preprocessing { get; init; } = Preprocessing.ImageNet;

    internal bool HasName(string name) =>
        Is(Name, name) || Is(File, name) || Is(Path.GetFileNameWithoutExtension(File), name) || (TrainerArchitecture is not null && Is(TrainerArchitecture, name));

    internal bool HasArchitecture(string name) => TrainerArchitecture is not null && Is(Architecture, name);

    /// <summary>Names that a user's own file of this architecture may have.</summary>
    internal IEnumerable<string> OwnNames => TrainerArchitecture is null ? [Name] : new[] { Name, Architecture, TrainerArchitecture }.Distinct(StringComparer.Ordinal);

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
