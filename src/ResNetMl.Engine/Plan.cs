using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>A compiled network with buffers for a batch: one user at a time; running it allocates nothing on the managed heap.</summary>
public abstract class Plan : IDisposable
{
    /// <summary>The operations it runs.</summary>
    public abstract OperationList Operations { get; }

    /// <summary>Images in a batch.</summary>
    public abstract int BatchSize { get; }

    /// <summary>All outputs of the last run, in the list's order; the plan owns them and the next run overwrites them.</summary>
    public abstract IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">One fp32 tensor for each input of the list, with <see cref="BatchSize"/> as its first axis.</param>
    /// <returns>The first of <see cref="Outputs"/>: a classifier's logits [N, classes].</returns>
    /// <exception cref="ArgumentException">An input's shape is not the plan's.</exception>
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

    /// <summary>Refuses inputs whose number or shapes are not those of the list at this batch size.</summary>
    internal static void CheckInputs(OperationList operations, int batchSize, ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != operations.Inputs.Count)
        {
            throw new ArgumentException($"The plan has {operations.Inputs.Count} inputs, got {inputs.Length}.", nameof(inputs));
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            OperationValue value = operations.Values[operations.Inputs[i]];
            Shape shape = inputs[i].Shape;
            bool fits = shape.Rank == value.Shape.Rank && shape[0] == batchSize &&
                shape.AsSpan()[1..].SequenceEqual(value.Shape.AsSpan()[1..]);
            if (!fits)
            {
                throw new ArgumentException(
                    $"{value.Name}: expected {value.Shape.With(0, batchSize)}, got {shape}. A plan runs batches of the size it was created for.",
                    nameof(inputs));
            }
        }
    }
}
