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

    /// <summary>Bounds on single images.</summary>
    public DecodingOptions Decoding { get; init; } = DecodingOptions.Default;
}
