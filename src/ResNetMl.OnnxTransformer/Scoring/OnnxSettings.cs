namespace ResNetMl.Transforms.Onnx;

/// <summary>How a model is used: what a transformer keeps of its options, and saves.</summary>
internal sealed record OnnxSettings
{
    /// <summary>The model's inputs to feed; none for all.</summary>
    internal IReadOnlyList<string> InputColumns { get; init; } = [];

    /// <summary>The model's outputs to compute; none for all.</summary>
    internal IReadOnlyList<string> OutputColumns { get; init; } = [];

    /// <inheritdoc cref="OnnxOptions.ShapeDictionary"/>
    internal IReadOnlyDictionary<string, int[]> Shapes { get; init; } = new Dictionary<string, int[]>();

    /// <inheritdoc cref="OnnxOptions.RecursionLimit"/>
    internal int RecursionLimit { get; init; } = 100;

    /// <inheritdoc cref="OnnxOptions.InterOpNumThreads"/>
    internal int? InterOpNumThreads { get; init; }

    /// <inheritdoc cref="OnnxOptions.IntraOpNumThreads"/>
    internal int? IntraOpNumThreads { get; init; }

    /// <inheritdoc cref="OnnxOptions.MaximumBatchRows"/>
    internal int? MaximumBatchRows { get; init; }

    /// <summary>The GPU asked for; not saved, for it belongs to a machine.</summary>
    internal int? GpuDeviceId { get; init; }

    /// <inheritdoc cref="OnnxOptions.FallbackToCpu"/>
    internal bool FallbackToCpu { get; init; }

    /// <summary>What the context said of sessions when the model was opened; null where it said nothing.</summary>
    internal OnnxSessionOptions? Session { get; init; }

    internal static OnnxSettings Of(OnnxOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.RecursionLimit, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.InterOpNumThreads ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpNumThreads ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumBatchRows ?? 1, nameof(options));
        return new OnnxSettings
        {
            InputColumns = Names(options.InputColumns, "input"),
            OutputColumns = Names(options.OutputColumns, "output"),
            Shapes = options.ShapeDictionary?.ToDictionary(pair => pair.Key, pair => (int[])pair.Value.Clone(), StringComparer.Ordinal) ?? [],
            RecursionLimit = options.RecursionLimit,
            InterOpNumThreads = options.InterOpNumThreads,
            IntraOpNumThreads = options.IntraOpNumThreads,
            MaximumBatchRows = options.MaximumBatchRows,
            GpuDeviceId = options.GpuDeviceId,
            FallbackToCpu = options.FallbackToCpu,
        };
    }

    private static string[] Names(string[]? names, string kind)
    {
        string[] copy = [.. names ?? []];
        string? wrong = copy.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || copy.Count(other => other == name) > 1);
        return wrong is null && !copy.Contains(null!)
            ? copy
            : throw new ArgumentException($"Expected different names of {kind}s that are not empty, got {string.Join(", ", copy.Select(name => $"'{name}'"))}.");
    }
}
