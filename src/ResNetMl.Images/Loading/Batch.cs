using ResNetMl.Tensors;

namespace ResNetMl.Images;

/// <summary>Normalised images and their labels, owned by the loader and valid until its next batch is asked for.</summary>
public sealed class Batch
{
    private readonly Tensor _full;
    private readonly Tensor? _smaller;
    private readonly int[] _labels;
    private readonly int[] _positions;

    internal Batch(Shape shape, int smallerSize)
    {
        _full = new Tensor(shape);
        _smaller = smallerSize > 0 ? new Tensor(shape.With(0, smallerSize)) : null;
        _labels = new int[shape[0]];
        _positions = new int[shape[0]];
        Images = _full;
    }

    /// <summary>The images, [N, C, H, W], normalised.</summary>
    public Tensor Images { get; private set; }

    /// <summary>Label index of each image; −1 for rows that only pad the batch.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Images.Shape[0]);

    /// <summary>Position of each image in the <see cref="DecodedExamples"/>; without padding rows.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>Images that are examples; fewer than N only where the batch is padded.</summary>
    public int Count { get; private set; }

    /// <summary>Pass over the examples, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Step within the epoch, from 0.</summary>
    public int Step { get; private set; }

    /// <summary>Takes on a step's place and examples; the images are filled in afterwards.</summary>
    internal void Assign(int epoch, int step, ReadOnlySpan<int> positions)
    {
        Epoch = epoch;
        Step = step;
        Count = positions.Length;
        positions.CopyTo(_positions);
        Images = _smaller is not null && positions.Length == _smaller.Shape[0] ? _smaller : _full;
    }

    /// <summary>Labels of all rows, to be written.</summary>
    internal Span<int> WritableLabels => _labels;
}
