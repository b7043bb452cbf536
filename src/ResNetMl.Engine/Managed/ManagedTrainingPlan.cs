using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <inheritdoc/>
internal sealed class ManagedTrainingPlan : TrainingPlan
{
    private readonly WorkBuilder _builder;
    private readonly EnterPass[] _inputs;
    private readonly EnterPass _outputGradient;
    private readonly Tensor[] _outputs;
    private readonly Tensor[] _inputGradients;
    private readonly int _forwardWorks;
    private bool _isDisposed;

    internal ManagedTrainingPlan(
        OperationList operations, StateDictionary weights, int batchSize, SimdLevel level, CompileOptions options)
    {
        State = new ParameterArena(operations.State, weights);
        _builder = new WorkBuilder(operations, batchSize, level, options.EffectiveThreads);
        var parameters = new ArenaParameters(State);
        _inputs = Border.AddInputs(_builder);
        List<Step> steps = [.. operations.Operations.Select(operation => Steps.ForTraining(_builder, operation, parameters))];
        steps.ForEach(step => step.AddForward());
        _outputs = [.. operations.Outputs.Select(value => Border.AddLeave(_builder, value, _builder.Values[value]))];
        _forwardWorks = _builder.Count;

        var gradients = new GradientSlots(_builder, options.ComputesInputGradients);
        int output = operations.Outputs[0];
        _outputGradient = Border.AddEnter(_builder, _builder.Layouts[output], gradients.TargetOf(output).Slot);
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int made = operations.Operations[i].Output;
            if (gradients.IsNeeded(made) && gradients.Find(made) is { } gradient)
            {
                steps[i].AddBackward(gradients, gradient);
            }
        }

        _inputGradients = options.ComputesInputGradients ? [.. operations.Inputs.Select(value => AddInputGradient(gradients, value))] : [];
        _builder.Finish();
    }

    /// <inheritdoc/>
    public override OperationList Operations => _builder.Operations;

    /// <inheritdoc/>
    public override int BatchSize => _builder.BatchSize;

    /// <inheritdoc/>
    public override ParameterArena State { get; }

    /// <inheritdoc/>
    public override ParallelRunner Parallel => _builder.Team;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> InputGradients => _inputGradients;

    /// <summary>Milliseconds that each kind of work took since this was set to an empty dictionary; null measures nothing.</summary>
    internal Dictionary<string, double>? Milliseconds
    {
        get => _builder.Milliseconds;
        set => _builder.Milliseconds = value;
    }

    /// <inheritdoc/>
    public override Tensor Forward(StepContext context, params ReadOnlySpan<Tensor> inputs)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Plan.CheckInputs(Operations, BatchSize, inputs);
        _builder.Context = context;
        Border.Point(_inputs, inputs);
        _builder.Run(0, _forwardWorks);
        GC.KeepAlive(this);
        return _outputs[0];
    }

    /// <inheritdoc/>
    public override void Backward(Tensor outputGradient)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (outputGradient.Shape != _outputs[0].Shape)
        {
            throw new ArgumentException(
                $"outputGradient: expected {_outputs[0].Shape}, the shape of the output, got {outputGradient.Shape}.", nameof(outputGradient));
        }

        _outputGradient.Point(outputGradient);
        _builder.Run(_forwardWorks, _builder.Count);

        // The works hold addresses only: nothing else keeps the arena's memory while they run.
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _builder.Dispose();
        }
    }

    /// <summary>The tensor that receives an input's gradient; zeros for ever where the output does not depend on the input.</summary>
    private Tensor AddInputGradient(GradientSlots gradients, int value) => gradients.Find(value) is { } slot
        ? Border.AddLeave(_builder, value, slot)
        : new Tensor(Border.ShapeOf(_builder, value));
}
