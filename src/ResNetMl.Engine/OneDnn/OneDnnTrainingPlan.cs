using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Operations forward and backward on oneDNN's primitives and the engine's own passes, all on the same OpenMP threads.</summary>
internal sealed unsafe class OneDnnTrainingPlan : TrainingPlan
{
    private readonly TrainingPlanBuilder _builder;

    internal OneDnnTrainingPlan(
        OneDnnLibrary library, OperationList operations, StateDictionary weights, int batchSize, CompileOptions options)
    {
        State = new ParameterArena(operations.State, weights);
        _builder = new TrainingPlanBuilder(library, operations, State, batchSize, options);
    }

    /// <inheritdoc/>
    public override OperationList Operations => _builder.Operations;

    /// <inheritdoc/>
    public override int BatchSize => _builder.BatchSize;

    /// <inheritdoc/>
    public override ParameterArena State { get; }

    /// <inheritdoc/>
    public override ParallelRunner Parallel => _builder.Runner;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> InputGradients => _builder.InputGradients;

    /// <summary>Primitives chosen: what they do and the implementation's name.</summary>
    internal IReadOnlyList<(string What, string Implementation)> Implementations => _builder.Implementations;

    /// <summary>The forward half of a step.</summary>
    internal WorkList ForwardWorks => _builder.Forward;

    /// <summary>The backward half of a step.</summary>
    internal WorkList BackwardWorks => _builder.Gradients.Works;

    /// <inheritdoc/>
    public override Tensor Forward(StepContext context, params ReadOnlySpan<Tensor> inputs)
    {
        Plan.CheckInputs(Operations, BatchSize, inputs);
        _builder.Runner.Claim();
        _builder.Step.Context = context;
        for (int i = 0; i < inputs.Length; i++)
        {
            CopyFrom(inputs[i], _builder.Inputs[i]);
        }

        _builder.Forward.Run();
        return _builder.Output;
    }

    /// <inheritdoc/>
    public override void Backward(Tensor outputGradient)
    {
        if (outputGradient.Shape != _builder.Output.Shape)
        {
            throw new ArgumentException(
                $"The output's gradient has its shape, {_builder.Output.Shape}; got {outputGradient.Shape}.", nameof(outputGradient));
        }

        _builder.Runner.Claim();
        CopyFrom(outputGradient, _builder.OutputGradient);
        _builder.Gradients.Works.Run();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _builder.Dispose();
        }
    }

    private void CopyFrom(Tensor source, Tensor target)
    {
        fixed (float* from = source.Span)
        {
            ElementwisePasses.Copy(_builder.Runner, from, (float*)target.Address, target.Shape.ElementCount);
        }
    }
}
