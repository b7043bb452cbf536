namespace ResNetMl.Engine;

/// <summary>What compiling depends on besides the operations and the weights.</summary>
public sealed record CompileOptions
{
    /// <summary>Threads that compute; 0 is one a core of this machine. Results are reproducible for the same number.</summary>
    public int Threads { get; init; }

    /// <summary>In what numbers the layers compute.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Whether a training plan also computes gradients of its inputs (explanations and tests; training does without).</summary>
    public bool ComputesInputGradients { get; init; }

    /// <summary><see cref="Threads"/> with 0 replaced by this machine's number.</summary>
    public int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}
