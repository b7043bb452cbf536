namespace ResNetMl.Engine.OneDnn;

/// <summary>One operation of a plan. Making it adds its work to the plan's forward list.</summary>
internal abstract class PlanOperation
{
    /// <summary>Adds the work that turns ∂loss/∂output, which the book has, into the gradients of inputs and parameters.</summary>
    /// <param name="gradients">The book; called from the last operation to the first.</param>
    internal abstract void AddBackward(GradientBook gradients);

    /// <summary>Makes an operation and adds its forward work.</summary>
    /// <param name="builder">The plan's.</param>
    /// <param name="operation">What it computes.</param>
    /// <param name="step">Seeds dropout; read when the work runs.</param>
    internal static PlanOperation Create(PlanBuilder builder, Operation operation, StepHolder step) => operation switch
    {
        ConvolutionOperation convolution => new PlanConvolution(builder, convolution),
        BatchNormOperation batchNorm => new PlanBatchNorm(builder, batchNorm),
        ActivationOperation { Layer.Kind: Networks.ActivationKind.Relu } activation => new PlanActivation(builder, activation),
        AddOperation add => new PlanAdd(builder, add),
        PoolOperation pool => new PlanPool(builder, pool),
        GlobalAveragePoolOperation pool => new PlanGlobalAveragePool(builder, pool),
        FlattenOperation flatten => new PlanFlatten(builder, flatten),
        LinearOperation linear => new PlanLinear(builder, linear),
        DropoutOperation dropout => new PlanDropout(builder, dropout, step),
        ZeroPadShortcutOperation shortcut => new PlanZeroPadShortcut(builder, shortcut),
        ActivationOperation activation => new PlanGeneral(builder, activation, activation.Layer, [], salt: 0, step),
        LayerOperation layer => new PlanGeneral(builder, layer, layer.Layer, layer.State, layer.Salt, step),
        _ => throw new NotSupportedException(
            $"oneDNN: {operation.Name} is a {operation.GetType().Name}, which this backend does not compute. Use the managed executor."),
    };
}

/// <summary>The context of the step that runs, for operations that draw random numbers.</summary>
internal sealed class StepHolder
{
    /// <summary>Seed and step.</summary>
    internal StepContext Context { get; set; }
}
