using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <inheritdoc/>
internal sealed class ManagedPlan : Plan
{
    private readonly WorkBuilder _builder;
    private readonly PreparedWeights _weights;
    private readonly EnterPass[] _inputs;
    private readonly Tensor[] _outputs;
    private bool _isDisposed;

    internal ManagedPlan(OperationList operations, PreparedWeights weights, int batchSize, SimdLevel level, int threads)
    {
        _weights = weights;
        bool isHeld = false;
        weights.Memory.DangerousAddRef(ref isHeld);
        _builder = new WorkBuilder(operations, batchSize, level, threads);
        _inputs = Border.AddInputs(_builder);
        foreach (Operation operation in operations.Operations)
        {
            Steps.ForInference(_builder, operation, weights).AddForward();
        }

        _outputs = [.. operations.Outputs.Select(value => Border.AddLeave(_builder, value, _builder.Values[value]))];
        _builder.Finish();
    }

    /// <inheritdoc/>
    public override OperationList Operations => _builder.Operations;

    /// <inheritdoc/>
    public override int BatchSize => _builder.BatchSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Outputs => _outputs;

    /// <summary>Milliseconds that each kind of work took since this was set to an empty dictionary; null measures nothing.</summary>
    internal Dictionary<string, double>? Milliseconds
    {
        get => _builder.Milliseconds;
        set => _builder.Milliseconds = value;
    }

    /// <inheritdoc/>
    public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckInputs(Operations, BatchSize, inputs);
        Border.Point(_inputs, inputs);
        _builder.Run(0, _builder.Count);

        // The works hold addresses only: nothing else keeps their memory while they run.
        GC.KeepAlive(this);
        return _outputs[0];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _builder.Dispose();
            _weights.Memory.DangerousRelease();
        }
    }
}
