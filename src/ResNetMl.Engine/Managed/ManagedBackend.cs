using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <summary>The operators in C#, on whatever vectors the CPU has: the same contract everywhere .NET runs. fp32 only.</summary>
internal sealed class ManagedBackend : IBackend
{
    private readonly SimdLevel _level;

    /// <summary>The backend on the CPU's widest vectors, or on given ones.</summary>
    internal ManagedBackend(SimdLevel? level = null) => _level = level ?? SimdLevels.Best;

    /// <inheritdoc/>
    public string Name => "managed";

    /// <inheritdoc/>
    public string Description => $"managed kernels, {SimdLevels.Describe(_level)}";

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision is Precision.Auto or Precision.Float32;

    /// <inheritdoc/>
    public CompiledNetwork Compile(OperationList operations, StateDictionary weights, CompileOptions options)
    {
        Check(options);
        return new ManagedCompiledNetwork(operations, weights, _level, options.EffectiveThreads);
    }

    /// <inheritdoc/>
    public TrainingPlan CreateTrainingPlan(OperationList operations, StateDictionary weights, int batchSize, CompileOptions options)
    {
        Check(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        return new ManagedTrainingPlan(operations, weights, batchSize, _level, options);
    }

    private void Check(CompileOptions options)
    {
        if (!Supports(options.Precision))
        {
            throw new NotSupportedException(
                $"The {Name} backend computes in fp32 only, asked for {options.Precision}. " +
                "The onednn backend computes in bf16 on CPUs that have it; or ask for fp32 or auto.");
        }
    }
}
