using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <inheritdoc/>
internal sealed class ManagedCompiledNetwork : CompiledNetwork
{
    private readonly SimdLevel _level;
    private readonly int _threads;
    private readonly PreparedWeights _weights;

    internal ManagedCompiledNetwork(OperationList operations, StateDictionary weights, SimdLevel level, int threads)
    {
        Operations = operations;
        _level = level;
        _threads = threads;
        _weights = new PreparedWeights(operations, weights, level);
    }

    /// <inheritdoc/>
    public override OperationList Operations { get; }

    /// <inheritdoc/>
    public override Plan CreatePlan(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        return new ManagedPlan(Operations, _weights, batchSize, _level, _threads);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _weights.Memory.Dispose();
}
