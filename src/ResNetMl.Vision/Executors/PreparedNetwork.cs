using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A network made ready by an executor: immutable, its weights prepared once, shared by all threads.</summary>
public abstract class PreparedNetwork : IDisposable
{
    /// <summary>Adds the buffers for batches of one size.</summary>
    /// <param name="batchSize">Images in a batch, ≥ 1.</param>
    /// <returns>A plan for one user at a time; the prepared network must outlive it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed of.</exception>
    public abstract ScoringPlan CreatePlan(int batchSize);

    /// <summary>Frees the prepared weights once no plan uses them.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A prepared network with buffers for a batch: one user at a time.</summary>
public abstract class ScoringPlan : IDisposable
{
    /// <summary>Images in a batch.</summary>
    public abstract int BatchSize { get; }

    /// <summary>All outputs of the last run, fp32, in the definition's order; the plan owns them and the next run overwrites them.</summary>
    public abstract IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">One fp32 tensor for each input of the definition, in its order, with <see cref="BatchSize"/> as first axis.</param>
    /// <returns>The first of <see cref="Outputs"/>: a classifier's logits [N, classes].</returns>
    /// <exception cref="ArgumentException">The number of inputs or a shape is not the plan's.</exception>
    public abstract Tensor Run(params ReadOnlySpan<Tensor> inputs);

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
