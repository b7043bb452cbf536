namespace ResNetMl.Images;

/// <summary>Fills a batch: pixels → augmented → normalised planes, and labels. One for each thread; its buffers are kept.</summary>
internal sealed class BatchAssembler
{
    private readonly DecodedExamples _examples;
    private readonly PixelPipeline _pipeline;
    private readonly AugmentedImage _augmented;
    private readonly Augmentation[] _augmentations;
    private readonly ulong _seed;
    private readonly int _views;

    internal BatchAssembler(DecodedExamples examples, BatchLoaderOptions options)
    {
        _examples = examples;
        _pipeline = new PixelPipeline(examples.Preprocessing);
        _augmented = new AugmentedImage(examples.OutputSize, examples.Preprocessing.Filter);
        _augmentations = [.. options.Augmentations];
        _seed = options.Seed;
        _views = options.Views;
    }

    internal void Fill(Batch batch)
    {
        Preprocessing preprocessing = _examples.Preprocessing;
        int imageLength = preprocessing.Channels * _examples.OutputSize.Height * _examples.OutputSize.Width;
        Span<float> images = batch.Images.Span;
        Span<int> labels = batch.WritableLabels;
        ReadOnlySpan<int> positions = batch.Positions;
        for (int row = 0; row < positions.Length; row++)
        {
            PixelBuffer pixels = Augment(_examples.GetPixels(positions[row], _pipeline), positions[row], batch.Epoch);
            preprocessing.NormaliseTo(pixels.Span, images.Slice(row * imageLength, imageLength));
            labels[row] = _examples.GetLabelIndex(positions[row]);
        }

        images[(positions.Length * imageLength)..].Clear();
        labels[positions.Length..].Fill(-1);
    }

    private PixelBuffer Augment(PixelBuffer pixels, int position, int epoch)
    {
        bool isOutputSize = pixels.Width == _examples.OutputSize.Width && pixels.Height == _examples.OutputSize.Height;
        if (_augmentations.Length == 0 && isOutputSize)
        {
            return pixels;
        }

        // By the index in the source: leaving out a bad image changes no other image's numbers.
        var random = CounterRandom.For(_seed, _views > 0 ? epoch % _views : epoch, _examples.GetSourceIndex(position));
        _augmented.Load(pixels);
        foreach (Augmentation augmentation in _augmentations)
        {
            augmentation.Apply(_augmented, ref random);
        }

        _augmented.CropMiddle();
        return _augmented.Pixels;
    }
}
