using ResNetMl.Engine.Kernels;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Managed;

/// <summary>An operation of a plan: it adds its works to the forward half, and in training to the backward half.</summary>
/// <param name="builder">Takes the works.</param>
/// <param name="operation">The operation.</param>
internal abstract class Step(WorkBuilder builder, Operation operation)
{
    private protected WorkBuilder Builder { get; } = builder;

    private protected int OutputIndex => operation.Output;

    private protected Slot Output => Builder.Values[operation.Output];

    private protected ImageLayout OutputLayout => Builder.Layouts[operation.Output];

    /// <summary>Adds what computes the output.</summary>
    internal abstract void AddForward();

    /// <summary>Adds what computes the gradients of inputs and parameters from the output's.</summary>
    /// <param name="gradients">Where they lie.</param>
    /// <param name="outputGradient">∂loss/∂output, complete; nobody reads it afterwards.</param>
    internal abstract void AddBackward(GradientSlots gradients, Slot outputGradient);

    private protected int InputIndex(int index) => operation.Inputs[index];

    private protected Slot Input(int index) => Builder.Values[operation.Inputs[index]];

    private protected ImageLayout InputLayout(int index) => Builder.Layouts[operation.Inputs[index]];
}

/// <summary>Chooses the step that does an operation.</summary>
internal static class Steps
{
    /// <summary>The step of an operation in a training plan.</summary>
    internal static Step ForTraining(WorkBuilder builder, Operation operation, IParameters parameters) => operation switch
    {
        ConvolutionOperation convolution => new TrainingConvolutionStep(builder, convolution, parameters),
        BatchNormOperation batchNorm => new BatchNormStep(builder, batchNorm, parameters, isTraining: true),
        LinearOperation linear => new TrainingLinearStep(builder, linear, parameters),
        LayerOperation layer => new GeneralStep(builder, layer, layer.Layer, layer.State, layer.Salt, parameters, isTraining: true),
        _ => WithoutParameters(builder, operation, parameters, isTraining: true),
    };

    /// <summary>The step of an operation in a plan for scoring.</summary>
    internal static Step ForInference(WorkBuilder builder, Operation operation, PreparedWeights weights) => operation switch
    {
        ConvolutionOperation convolution => new InferenceConvolutionStep(builder, convolution, weights),
        BatchNormOperation batchNorm => new BatchNormStep(builder, batchNorm, weights, isTraining: false),
        LinearOperation linear => new InferenceLinearStep(builder, linear, weights),
        LayerOperation layer => new GeneralStep(builder, layer, layer.Layer, layer.State, layer.Salt, weights, isTraining: false),
        _ => WithoutParameters(builder, operation, weights, isTraining: false),
    };

    private static Step WithoutParameters(WorkBuilder builder, Operation operation, IParameters parameters, bool isTraining) => operation switch
    {
        ActivationOperation { Layer.Kind: ActivationKind.Relu } => new ActivationStep(builder, operation),
        ActivationOperation activation =>
            new GeneralStep(builder, activation, activation.Layer, [], salt: 0, parameters, isTraining),
        AddOperation add => new AddStep(builder, add),
        PoolOperation pool => new PoolStep(builder, pool),
        GlobalAveragePoolOperation => new GlobalAveragePoolStep(builder, operation),
        FlattenOperation => new FlattenStep(builder, operation),
        DropoutOperation dropout => new DropoutStep(builder, dropout),
        ZeroPadShortcutOperation shortcut => new ZeroPadShortcutStep(builder, shortcut),
        _ => throw new NotSupportedException($"{operation.Name}: the managed backend has no {operation.GetType().Name}."),
    };
}
