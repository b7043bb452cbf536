using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Builds a plan for scoring: values share memory once they are read, weights are prepared once.</summary>
internal sealed unsafe class ScoringPlanBuilder : PlanBuilder
{
    private readonly PreparedWeights _weights;
    private readonly Dictionary<int, Operation> _lastReaders = [];
    private readonly HashSet<int> _outputs;

    /// <summary>Builds a run.</summary>
    /// <param name="library">The library.</param>
    /// <param name="operations">What the plan runs.</param>
    /// <param name="weights">The compiled network's weights.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="threadCount">Threads that compute.</param>
    internal ScoringPlanBuilder(
        OneDnnLibrary library, OperationList operations, PreparedWeights weights, int batchSize, int threadCount)
        : base(library, operations, batchSize, threadCount)
    {
        _weights = Own(weights.Share());
        _outputs = [.. operations.Outputs];
        foreach (Operation operation in operations.Operations)
        {
            foreach (int input in operation.Inputs)
            {
                _lastReaders[input] = operation;
            }
        }

        Inputs = [.. operations.Inputs.Select(NewInput)];
        var step = new StepHolder();
        foreach (Operation operation in operations.Operations)
        {
            PlanOperation.Create(this, operation, step);
            foreach (int input in operation.Inputs.Distinct())
            {
                if (ReferenceEquals(_lastReaders[input], operation) && !_outputs.Contains(input))
                {
                    Forget(input);
                }
            }
        }

        Outputs = [.. operations.Outputs.Select(NewOutput)];
        FinishScratchpads();
    }

    /// <inheritdoc/>
    internal override bool IsTraining => false;

    /// <summary>The inputs; each run points them to the caller's tensors.</summary>
    internal IReadOnlyList<Memory> Inputs { get; }

    /// <summary>The outputs, row-major.</summary>
    internal IReadOnlyList<Tensor> Outputs { get; }

    /// <inheritdoc/>
    internal override Memory WeightAs(string name, MemoryDescriptor plain, MemoryDescriptor wanted, WorkList works) =>
        _weights.As(this, name, plain, wanted);

    /// <inheritdoc/>
    internal override float* AddressOf(string name) => _weights.AddressOf(name);

    /// <inheritdoc/>
    internal override float* GradientAddressOf(string name) =>
        throw new InvalidOperationException($"{name} has no gradient in a plan for scoring.");

    /// <inheritdoc/>
    internal override bool IsLastReader(Operation operation, int value) =>
        ReferenceEquals(_lastReaders[value], operation) && !_outputs.Contains(value) && operation.Inputs.Count(input => input == value) == 1;

    private Memory NewInput(int value)
    {
        Memory memory = NewMemory(PlainDescriptorOf(ShapeOf(value)), null);
        SetPlainInput(value, memory);
        return memory;
    }

    private Tensor NewOutput(int value)
    {
        var output = new Tensor(ShapeOf(value));
        AddReorder(Forward, Read(value).Memory, NewMemory(PlainDescriptorOf(output.Shape), (void*)output.Address), "output");
        return output;
    }
}
