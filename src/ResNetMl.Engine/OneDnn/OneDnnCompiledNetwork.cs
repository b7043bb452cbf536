using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Operations with their weights prepared for oneDNN.</summary>
internal sealed class OneDnnCompiledNetwork : CompiledNetwork
{
    private readonly OneDnnLibrary _library;
    private readonly PreparedWeights _weights;
    private readonly int _threadCount;

    internal OneDnnCompiledNetwork(OneDnnLibrary library, OperationList operations, StateDictionary weights, CompileOptions options)
    {
        _library = library;
        Operations = operations;
        _weights = new PreparedWeights(library, operations, weights);
        _threadCount = options.EffectiveThreads;
    }

    /// <inheritdoc/>
    public override OperationList Operations { get; }

    /// <inheritdoc/>
    public override Plan CreatePlan(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        return new OneDnnPlan(new ScoringPlanBuilder(_library, Operations, _weights, batchSize, _threadCount));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weights.Dispose();
        }
    }
}

/// <summary>A compiled network with buffers for a batch.</summary>
internal sealed unsafe class OneDnnPlan : Plan
{
    private readonly ScoringPlanBuilder _builder;

    internal OneDnnPlan(ScoringPlanBuilder builder) => _builder = builder;

    /// <inheritdoc/>
    public override OperationList Operations => _builder.Operations;

    /// <inheritdoc/>
    public override int BatchSize => _builder.BatchSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Outputs => _builder.Outputs;

    /// <summary>Primitives chosen: what they do and the implementation's name.</summary>
    internal IReadOnlyList<(string What, string Implementation)> Implementations => _builder.Implementations;

    /// <summary>Bytes that all values together take.</summary>
    internal long ValueBytes => _builder.Pool.TotalBytes;

    /// <summary>What a run does.</summary>
    internal WorkList Works => _builder.Forward;

    /// <inheritdoc/>
    public override Tensor Run(params ReadOnlySpan<Tensor> inputs)
    {
        CheckInputs(Operations, BatchSize, inputs);
        _builder.Runner.Claim();
        for (int i = 0; i < inputs.Length; i++)
        {
            // Read as single precision, which refuses other element types; tensors do not move.
            fixed (float* address = inputs[i].Span)
            {
                _builder.Inputs[i].PointTo(address);
            }
        }

        _builder.Forward.Run();
        foreach (Tensor input in inputs)
        {
            GC.KeepAlive(input);
        }

        return _builder.Outputs[0];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _builder.Dispose();
        }
    }
}
