namespace ResNetMl.Engine;

/// <summary>Operations and weights made ready by a backend: immutable, shared by all threads.</summary>
public abstract class CompiledNetwork : IDisposable
{
    /// <summary>The operations it runs.</summary>
    public abstract OperationList Operations { get; }

    /// <summary>Adds the buffers for a batch of a given size.</summary>
    /// <param name="batchSize">Images in a batch, ≥ 1.</param>
    /// <returns>A plan for one user at a time; it keeps what it needs of the compiled network.</returns>
    public abstract Plan CreatePlan(int batchSize);

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
