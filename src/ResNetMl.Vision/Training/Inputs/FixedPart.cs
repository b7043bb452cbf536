using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>The part of a network that a training leaves as it is, ready to run: as in scoring, batch norm folded, nothing kept for gradients.</summary>
internal sealed class FixedPart : IDisposable
{
    private readonly CompiledNetwork _network;
    private readonly Plan _plan;

    // For each value of the boundary the plan's output, or −1 for the image itself.
    private readonly int[] _outputs;

    internal FixedPart(NetworkSplit split, StateDictionary weights, IBackend backend, CompileOptions compile, int batchSize)
    {
        NetworkDefinition definition = split.Fixed!;
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(definition, weights);
        _network = backend.Compile(operations, folded, compile);
        _plan = _network.CreatePlan(batchSize);
        List<string> made = [.. definition.Outputs];
        _outputs = [.. split.Boundary.Select(name => made.IndexOf(name))];
        Values = [.. _outputs.Select(output => output < 0 ? new Tensor(definition.Inputs[0].Shape.With(0, batchSize)) : _plan.Outputs[output])];
    }

    /// <summary>What the last run made, one tensor for each value of the boundary.</summary>
    internal Tensor[] Values { get; }

    /// <summary>Computes the boundary.</summary>
    /// <param name="images">A full batch.</param>
    internal void Run(Tensor images)
    {
        _plan.Run(images);
        for (int i = 0; i < _outputs.Length; i++)
        {
            Values[i] = _outputs[i] < 0 ? images : _plan.Outputs[_outputs[i]];
        }
    }

    public void Dispose()
    {
        _plan.Dispose();
        _network.Dispose();
    }
}
