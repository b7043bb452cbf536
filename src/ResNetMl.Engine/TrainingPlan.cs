using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>What makes the random numbers of one step: the same context gives the same dropout mask.</summary>
/// <param name="Seed">The training's seed.</param>
/// <param name="Step">Optimiser updates made before this one.</param>
public readonly record struct StepContext(ulong Seed, long Step);

/// <summary>
/// Operations with buffers to run them forward and backward on a batch, and the fp32 master weights. One user at a time; a step allocates
/// nothing on the managed heap.
/// </summary>
public abstract class TrainingPlan : IDisposable
{
    /// <summary>The operations it runs.</summary>
    public abstract OperationList Operations { get; }

    /// <summary>Images in a step.</summary>
    public abstract int BatchSize { get; }

    /// <summary>
    /// Master weights, gradients and buffers. The optimiser writes the values between <see cref="Backward"/> and the next
    /// <see cref="Forward"/>, which reads them anew.
    /// </summary>
    public abstract ParameterArena State { get; }

    /// <summary>The threads the plan computes with, for passes over <see cref="State"/>.</summary>
    public abstract ParallelRunner Parallel { get; }

    /// <summary>
    /// After <see cref="Backward"/>, ∂loss/∂input for each input of the list; empty unless
    /// <see cref="CompileOptions.ComputesInputGradients"/> was set. Overwritten by the next step.
    /// </summary>
    public abstract IReadOnlyList<Tensor> InputGradients { get; }

    /// <summary>Computes the list's first output with batch statistics, and moves the running ones.</summary>
    /// <param name="context">Seeds dropout.</param>
    /// <param name="inputs">One fp32 tensor for each input of the list, with <see cref="BatchSize"/> as its first axis.</param>
    /// <returns>The first output, a classifier's logits [N, classes]; the plan owns it and the next step overwrites it.</returns>
    /// <exception cref="ArgumentException">An input's shape is not the plan's.</exception>
    public abstract Tensor Forward(StepContext context, params ReadOnlySpan<Tensor> inputs);

    /// <summary>Computes the gradient of every parameter, overwriting those of the step before.</summary>
    /// <param name="outputGradient">∂loss/∂output, in the shape that the last <see cref="Forward"/> returned.</param>
    public abstract void Backward(Tensor outputGradient);

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
