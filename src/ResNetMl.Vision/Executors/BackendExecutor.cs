using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Scores with a backend of the engine: the network is lowered to fused operations and compiled.</summary>
/// <param name="backend">oneDNN or the managed kernels.</param>
public sealed class BackendExecutor(IBackend backend) : IExecutor
{
    /// <summary>What compiles and computes; it can train, too.</summary>
    public IBackend Backend { get; } = backend ?? throw new ArgumentNullException(nameof(backend));

    /// <inheritdoc/>
    public string Name => Backend.Name;

    /// <inheritdoc/>
    public string Description => Backend.Description;

    /// <inheritdoc/>
    public bool Supports(Precision precision) => Backend.Supports(precision);

    /// <inheritdoc/>
    public PreparedNetwork Prepare(NetworkDefinition definition, StateDictionary weights, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(definition, weights);
        return new Compiled(Backend.Compile(operations, folded, options));
    }

    private sealed class Compiled(CompiledNetwork network) : PreparedNetwork
    {
        public override ScoringPlan CreatePlan(int batchSize) => new Planned(network.CreatePlan(batchSize));

        protected override void Dispose(bool disposing) => network.Dispose();
    }

    private sealed class Planned(Plan plan) : ScoringPlan
    {
        public override int BatchSize => plan.BatchSize;

        public override IReadOnlyList<Tensor> Outputs => plan.Outputs;

        public override Tensor Run(params ReadOnlySpan<Tensor> inputs) => plan.Run(inputs);

        protected override void Dispose(bool disposing) => plan.Dispose();
    }
}
