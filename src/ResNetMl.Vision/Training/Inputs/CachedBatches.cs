using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Batches of what the fixed part made once of every view of every image, in the order in which a loader would give them.</summary>
/// <remarks>A view is what augmentation makes of an image in one epoch; epoch e shows view e mod views.</remarks>
internal sealed class CachedBatches : BatchSource
{
    private readonly DecodedExamples _examples;
    private readonly BatchLoaderOptions _options;
    private readonly FixedPart _part;
    private readonly Action<int, int>? _progress;
    private readonly float[]?[][] _values;
    private readonly int[] _order;
    private readonly int[] _labels;
    private readonly int _remainder;
    private int _view;
    private int _step;

    /// <summary>Takes no memory yet: views are computed when an epoch needs them first.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="options">Batch size, order, augmentation, views, remainder.</param>
    /// <param name="part">Computes the values; of the same batch size.</param>
    /// <param name="progress">Told, while a view is computed, how many of its images are done, and of how many.</param>
    internal CachedBatches(DecodedExamples examples, BatchLoaderOptions options, FixedPart part, Action<int, int>? progress)
    {
        _examples = examples;
        _options = options;
        _part = part;
        _progress = progress;
        _values = new float[]?[ViewsOf(options)][];
        _order = new int[examples.Count];
        _labels = new int[options.BatchSize];
        _remainder = examples.Count % options.BatchSize;
        StepsPerEpoch = (examples.Count / options.BatchSize) + (_remainder > 0 && options.LastBatch != LastBatch.Drop ? 1 : 0);
        Inputs = [.. part.Values.Select(value => new Tensor(value.Shape))];
    }

    internal override int BatchSize => _options.BatchSize;

    internal override int StepsPerEpoch { get; }

    internal override Tensor[] Inputs { get; }

    internal override ReadOnlySpan<int> Labels => _labels;

    internal override int Count => _step == StepsPerEpoch && _remainder > 0 && _options.LastBatch != LastBatch.Drop ? _remainder : BatchSize;

    /// <summary>Bytes that the values of all views take; <see cref="long.MaxValue"/> where there are ever new views.</summary>
    internal static long BytesFor(int examples, BatchLoaderOptions options, IEnumerable<Shape> valueShapes) =>
        options.Augmentations.Count > 0 && options.Views == 0
            ? long.MaxValue
            : valueShapes.Sum(shape => shape.ElementCount / shape[0]) * sizeof(float) * examples * ViewsOf(options);

    internal override void Start(int epoch, int step)
    {
        _view = epoch % _values.Length;
        _step = step;
        for (int position = 0; position < _order.Length; position++)
        {
            _order[position] = position;
        }

        if (_options.Shuffle)
        {
            BatchLoader.Shuffle(_order, _options.Seed, epoch);
        }
    }

    internal override bool Next(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (_step == StepsPerEpoch)
        {
            return false;
        }

        float[]?[] view = _values[_view] ??= Compute(_view, token);
        int first = _step++ * BatchSize;
        for (int row = 0; row < BatchSize; row++)
        {
            bool isExample = row < Count;
            int position = isExample ? _order[first + row] : -1;
            _labels[row] = isExample ? _examples.GetLabelIndex(position) : -1;
            int offset = 0;
            foreach (Tensor input in Inputs)
            {
                int length = input.Span.Length / BatchSize;
                Span<float> target = input.Span.Slice(row * length, length);
                if (isExample)
                {
                    view[position].AsSpan(offset, length).CopyTo(target);
                }
                else
                {
                    target.Clear();
                }

                offset += length;
            }
        }

        return true;
    }

    public override void Dispose()
    {
        // Holds managed memory alone: the fixed part belongs to whoever made it.
    }

    private static int ViewsOf(BatchLoaderOptions options) => options.Augmentations.Count == 0 ? 1 : Math.Max(1, options.Views);

    /// <summary>The values of all examples in one view, in the examples' order.</summary>
    private float[]?[] Compute(int view, CancellationToken token)
    {
        var values = new float[]?[_examples.Count];
        int length = Inputs.Sum(input => input.Span.Length / BatchSize);
        using var loader = new BatchLoader(_examples, _options with { Shuffle = false, LastBatch = LastBatch.Padded });
        loader.Start(epoch: view, epochs: 1);
        while (loader.Next(token) is { } batch)
        {
            _part.Run(batch.Images);
            for (int row = 0; row < batch.Count; row++)
            {
                var kept = new float[length];
                int offset = 0;
                foreach (Tensor value in _part.Values)
                {
                    int part = value.Span.Length / BatchSize;
                    value.Span.Slice(row * part, part).CopyTo(kept.AsSpan(offset));
                    offset += part;
                }

                values[batch.Positions[row]] = kept;
            }

            _progress?.Invoke(Math.Min((batch.Step + 1) * BatchSize, _examples.Count), _examples.Count);
        }

        return values;
    }
}
