namespace ResNetMl.Images;

/// <summary>How the first pass over a source decodes and keeps its images.</summary>
public sealed record LoadingOptions
{
    /// <summary>All cores, 4 GiB, bad images left out.</summary>
    public static LoadingOptions Default { get; } = new();

    /// <summary>Threads that decode; 0 is one a core. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Most bytes of 8-bit pixels that are kept; images beyond it are decoded again whenever they are needed. Default 4 GiB.</summary>
    public long MemoryBudgetBytes { get; init; } = 4L << 30;

    /// <summary>Whether the first bad image stops the pass with its <see cref="ImageFormatException"/>, instead of being reported and left out.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether images are kept before the crop, for <see cref="RandomResizedCrop"/>; other uses then crop the middle when they read.</summary>
    public bool KeepUncropped { get; init; }

    /// <summary>Bounds on single images.</summary>
    public DecodingOptions Decoding { get; init; } = DecodingOptions.Default;

    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;
}

/// <summary>How far a first pass is.</summary>
/// <param name="Done">Images looked at.</param>
/// <param name="Total">Images in all.</param>
/// <param name="Bad">Of those looked at, images left out.</param>
public readonly record struct LoadingProgress(int Done, int Total, int Bad);
