using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>How a model is made ready to score images.</summary>
public sealed record PredictorOptions
{
    /// <summary>Threads that compute and that decode; 0 is one a core of this machine.</summary>
    public int Threads { get; init; }

    /// <summary>In what numbers the layers compute.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Images scored together where there are many, ≥ 1.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Whether single images that several threads ask for at the same time are computed together; true.</summary>
    /// <remarks>
    /// Nobody waits for company: an image that comes while nothing is computed is computed at once. How many images are computed together changes
    /// the last bits of the probabilities; with false each is computed alone, and many threads get bit for bit what one would.
    /// </remarks>
    public bool CombinesConcurrentCalls { get; init; } = true;

    /// <summary>How many single images are computed together at most, ≥ 1.</summary>
    public int CombinedBatchSize { get; init; } = 16;

    /// <summary>Bounds on single images.</summary>
    public DecodingOptions Decoding { get; init; } = DecodingOptions.Default;
}
