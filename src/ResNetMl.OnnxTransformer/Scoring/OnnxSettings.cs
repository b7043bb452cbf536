using ResNetMl.Runtime;

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

    /// <summary>What options say.</summary>
    /// <exception cref="ArgumentException">They contradict themselves.</exception>
    internal static OnnxSettings Of(OnnxOptions options) => new OnnxSettings
    {
        InputColumns = [.. options.InputColumns ?? []],
        OutputColumns = [.. options.OutputColumns ?? []],
        Shapes = options.ShapeDictionary?.ToDictionary(pair => pair.Key, pair => (int[])pair.Value.Clone(), StringComparer.Ordinal) ?? [],
        RecursionLimit = options.RecursionLimit,
        InterOpNumThreads = options.InterOpNumThreads,
        IntraOpNumThreads = options.IntraOpNumThreads,
        MaximumBatchRows = options.MaximumBatchRows,
        GpuDeviceId = options.GpuDeviceId,
        FallbackToCpu = options.FallbackToCpu,
    }.Checked();

    /// <summary>These settings, and what a context says where they say nothing.</summary>
    internal OnnxSettings In(IHostEnvironment environment)
    {
        OnnxSettings settings = this with { Session = OnnxSessionOptionsExtensions.Find(environment)?.Copy() ?? Session };
        return GpuDeviceId is null && environment is MLContext { GpuDeviceId: { } gpu } context
            ? settings with { GpuDeviceId = gpu, FallbackToCpu = FallbackToCpu || context.FallbackToCpu }
            : settings;
    }

    /// <summary>These settings.</summary>
    /// <exception cref="ArgumentException">They contradict themselves.</exception>
    internal OnnxSettings Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RecursionLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(InterOpNumThreads ?? 0, nameof(InterOpNumThreads));
        ArgumentOutOfRangeException.ThrowIfNegative(IntraOpNumThreads ?? 0, nameof(IntraOpNumThreads));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumBatchRows ?? 1, nameof(MaximumBatchRows));
        CheckNames(InputColumns, "input");
        CheckNames(OutputColumns, "output");
        return this;
    }

    private static void CheckNames(IReadOnlyList<string> names, string kind)
    {
        if (names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            throw new ArgumentException($"Expected different names of {kind}s that are not empty, got {string.Join(", ", names.Select(name => $"'{name}'"))}.");
        }
    }
}
