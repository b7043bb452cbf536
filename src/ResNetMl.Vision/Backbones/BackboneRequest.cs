using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>Which backbone is wanted.</summary>
/// <param name="Architecture">The name under which weights are looked for, and after which the published preprocessing is chosen.</param>
internal sealed record BackboneRequest(string Architecture)
{
    /// <summary>A file to use instead of looking.</summary>
    public string? WeightsPath { get; init; }

    /// <summary>Where to look; null for the default places.</summary>
    public WeightsStore? Store { get; init; }

    /// <summary>What images are squashed to; null for the file's or the architecture's.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>All that images go through; null for the file's or the published one.</summary>
    public Preprocessing? Preprocessing { get; init; }
}
