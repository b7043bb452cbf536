using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Batches of what the learned part of a network reads: the images themselves, or what the fixed part makes of them.</summary>
internal abstract class BatchSource : IDisposable
{
    /// <summary>Rows in a batch.</summary>
    internal abstract int BatchSize { get; }

    /// <summary>Batches in one pass over the examples.</summary>
    internal abstract int StepsPerEpoch { get; }

    /// <summary>The batch's values, one tensor for each input of the learned part; valid until the next batch.</summary>
    internal abstract Tensor[] Inputs { get; }

    /// <summary>A class index for each row; −1 in padding.</summary>
    internal abstract ReadOnlySpan<int> Labels { get; }

    /// <summary>Rows that are examples; further ones are padding.</summary>
    internal abstract int Count { get; }

    /// <summary>Begins one epoch.</summary>
    /// <param name="epoch">Which, from 0.</param>
    /// <param name="step">First step, from 0.</param>
    internal abstract void Start(int epoch, int step);

    /// <summary>Goes to the next batch.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <returns>False after the epoch's last.</returns>
    internal abstract bool Next(CancellationToken token);

    public abstract void Dispose();
}

/// <summary>Batches of images as the loader makes them.</summary>
internal sealed class ImageBatches(BatchLoader loader) : BatchSource
{
    private readonly Tensor[] _inputs = new Tensor[1];
    private Batch? _batch;

    internal override int BatchSize => loader.Shape[0];

    internal override int StepsPerEpoch => loader.StepsPerEpoch;

    internal override Tensor[] Inputs => _inputs;

    internal override ReadOnlySpan<int> Labels => _batch!.Labels;

    internal override int Count => _batch!.Count;

    internal override void Start(int epoch, int step) => loader.Start(epoch, step, epochs: 1);

    internal override bool Next(CancellationToken token)
    {
        _batch = loader.Next(token);
        if (_batch is not null)
        {
            _inputs[0] = _batch.Images;
        }

        return _batch is not null;
    }

    public override void Dispose() => loader.Dispose();
}

/// <summary>Batches of images sent through the fixed part each time.</summary>
internal sealed class FixedPartBatches(BatchLoader loader, FixedPart part) : BatchSource
{
    private Batch? _batch;

    internal override int BatchSize => loader.Shape[0];

    internal override int StepsPerEpoch => loader.StepsPerEpoch;

    internal override Tensor[] Inputs => part.Values;

    internal override ReadOnlySpan<int> Labels => _batch!.Labels;

    internal override int Count => _batch!.Count;

    internal override void Start(int epoch, int step) => loader.Start(epoch, step, epochs: 1);

    internal override bool Next(CancellationToken token)
    {
        _batch = loader.Next(token);
        if (_batch is not null)
        {
            part.Run(_batch.Images);
        }

        return _batch is not null;
    }

    public override void Dispose() => loader.Dispose();
}
