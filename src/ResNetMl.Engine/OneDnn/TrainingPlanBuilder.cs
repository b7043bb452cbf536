using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Builds a training plan: every value keeps its array for the backward half, weights are read anew from the master copy.</summary>
internal sealed unsafe class TrainingPlanBuilder : PlanBuilder
{
    private readonly ParameterArena _state;

    /// <summary>Builds both halves of a step.</summary>
    /// <param name="library">The library.</param>
    /// <param name="operations">What the plan runs.</param>
    /// <param name="state">Master weights, which outlive the builder.</param>
    /// <param name="batchSize">Images in a step.</param>
    /// <param name="options">Threads, and whether input gradients are wanted.</param>
    internal TrainingPlanBuilder(
        OneDnnLibrary library, OperationList operations, ParameterArena state, int batchSize, CompileOptions options)
        : base(library, operations, batchSize, options.EffectiveThreads)
    {
        _state = state;
        Inputs = [.. operations.Inputs.Select(NewInput)];
        PlanOperation[] planned = [.. operations.Operations.Select(operation => PlanOperation.Create(this, operation, Step))];
        Output = new Tensor(ShapeOf(operations.Outputs[0]));
        OutputGradient = new Tensor(Output.Shape);
        AddReorder(Forward, Read(operations.Outputs[0]).Memory, PlainMemoryOf(Output), "output");

        Gradients = new GradientBook(this, options.ComputesInputGradients);
        GradientPart outputGradient = Gradients.New(operations.Outputs[0]);
        AddReorder(Gradients.Works, PlainMemoryOf(OutputGradient), outputGradient.Array.Memory, "output gradient");
        Gradients.Give(operations.Outputs[0], outputGradient);
        for (int i = planned.Length - 1; i >= 0; i--)
        {
            if (Gradients.Has(operations.Operations[i].Output))
            {
                planned[i].AddBackward(Gradients);
            }
        }

        InputGradients = options.ComputesInputGradients ? [.. operations.Inputs.Select(NewInputGradient)] : [];
        FinishScratchpads();
    }

    /// <inheritdoc/>
    internal override bool IsTraining => true;

    /// <summary>The plan's copies of the inputs; backward reads them when the caller's may hold the next batch.</summary>
    internal IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>The first output, row-major.</summary>
    internal Tensor Output { get; }

    /// <summary>Where ∂loss/∂output is put before the backward half.</summary>
    internal Tensor OutputGradient { get; }

    /// <summary>∂loss/∂input for each input, or none.</summary>
    internal IReadOnlyList<Tensor> InputGradients { get; }

    /// <summary>Holds the backward half.</summary>
    internal GradientBook Gradients { get; }

    /// <summary>The step that runs.</summary>
    internal StepHolder Step { get; } = new();

    /// <inheritdoc/>
    internal override Memory WeightAs(string name, MemoryDescriptor plain, MemoryDescriptor wanted, WorkList works) =>
        Reading(works, NewMemory(plain, AddressOf(name)), wanted, name);

    /// <inheritdoc/>
    internal override float* AddressOf(string name)
    {
        ArenaEntry entry = _state.Find(name);
        Tensor holder = entry.Spec.Kind == Networks.StateKind.Parameter ? _state.Values : _state.BufferValues;
        return (float*)holder.Address + entry.Offset;
    }

    /// <inheritdoc/>
    internal override float* GradientAddressOf(string name) => (float*)_state.Gradients.Address + _state.Find(name).Offset;

    /// <inheritdoc/>
    internal override bool IsLastReader(Operation operation, int value) => false;

    private Memory PlainMemoryOf(Tensor tensor) => NewMemory(PlainDescriptorOf(tensor.Shape), (void*)tensor.Address);

    private Tensor NewInput(int value)
    {
        var copy = new Tensor(ShapeOf(value));
        SetPlainInput(value, PlainMemoryOf(copy));
        return copy;
    }

    private Tensor NewInputGradient(int value)
    {
        var gradient = new Tensor(ShapeOf(value));
        if (Gradients.Has(value))
        {
            GradientPart part = Gradients.Take(value);
            AddReorder(Gradients.Works, part.Array.Memory, PlainMemoryOf(gradient), "input gradient");
            Gradients.Release(part);
        }

        return gradient;
    }
}
