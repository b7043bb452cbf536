using ResNetMl.Tensors;

namespace ResNetMl.Images;

/// <summary>The preprocessing of a network that is trained from scratch: its input's size, normalised by the training images themselves.</summary>
public static class TrainingPreprocessing
{
    /// <summary>Most images whose pixels are counted; more would change the third digit.</summary>
    public const int MostImages = 2000;

    /// <summary>From this side on images are resized a little larger and cropped, as ImageNet networks do (256 → 224).</summary>
    private const int SmallestCroppedSide = 65;
    private const double ResizeOverCrop = 256.0 / 224.0;

    /// <summary>Chooses size and channels by a network's input, and mean and deviation by the images.</summary>
    /// <param name="inputShape">[1, C, H, W] or [C, H, W] with 1 channel (grey) or 3 (RGB).</param>
    /// <param name="source">The training images; up to <see cref="MostImages"/> of them, evenly spread, are decoded; unreadable ones are passed over.</param>
    /// <param name="progress">Told how many images are decoded, from the decoding threads.</param>
    /// <param name="cancellationToken">Stops the measuring.</param>
    /// <returns>Small inputs are resized straight to their size; from 65 pixels on the shorter side is resized to 256/224 of it and the middle cropped.</returns>
    /// <exception cref="ArgumentException">The shape is not that of images with 1 or 3 channels.</exception>
    /// <exception cref="DatasetException">None of the images can be read.</exception>
    /// <exception cref="OperationCanceledException">The measuring was stopped.</exception>
    public static Preprocessing For(
        Shape inputShape, IExampleSource source, IProgress<LoadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (inputShape.Rank is not (3 or 4) || inputShape[^3] is not (1 or 3))
        {
            throw new ArgumentException(
                $"Network input: expected [channels, height, width] with 1 channel (grey) or 3 (RGB), got {inputShape}. Give the network such an input.");
        }

        var size = new ImageSize(inputShape[^2], inputShape[^1]);
        ChannelOrder order = inputShape[^3] == 1 ? ChannelOrder.Grey : ChannelOrder.Rgb;
        Preprocessing unscaled = Math.Min(size.Height, size.Width) < SmallestCroppedSide
            ? Make(new ResizeExactly(size.Height, size.Width), crop: null)
            : Make(new ResizeShorterSide((int)Math.Round(Math.Max(size.Height, size.Width) * ResizeOverCrop)), size);
        (float[] mean, float[] deviation) = Measure(unscaled, source, progress, cancellationToken);
        return new Preprocessing(unscaled.Resize, unscaled.Crop, order, mean, deviation);

        Preprocessing Make(ResizeRule resize, ImageSize? crop)
        {
            int channels = inputShape[^3];
            return new Preprocessing(resize, crop, order, new float[channels], [.. Enumerable.Repeat(1f, channels)]);
        }
    }

    /// <summary>Mean and standard deviation of each channel over all pixels of a sample, on the scale where 255 is 1, to four digits.</summary>
    private static (float[] Mean, float[] Deviation) Measure(
        Preprocessing unscaled, IExampleSource source, IProgress<LoadingProgress>? progress, CancellationToken cancellationToken)
    {
        int images = Math.Min(source.Count, MostImages);
        int[] sample = [.. Enumerable.Range(0, images).Select(i => (int)((long)i * source.Count / images)).Distinct()];
        using IExampleSource sampled = source.Subset(sample);
        DecodedExamples examples = DecodedExamples.Load(sampled, unscaled, options: null, progress, cancellationToken);
        using var loader = new BatchLoader(examples, BatchLoaderOptions.Evaluation(Math.Min(64, examples.Count)));
        int channels = unscaled.Channels;
        var sums = new double[channels];
        var squares = new double[channels];
        long pixels = 0;
        loader.Start(epochs: 1);
        while (loader.Next(cancellationToken) is { } batch)
        {
            int area = batch.Images.Shape[2] * batch.Images.Shape[3];
            pixels += (long)batch.Count * area;
            for (int map = 0; map < batch.Count * channels; map++)
            {
                foreach (float value in batch.Images.Span.Slice(map * area, area))
                {
                    sums[map % channels] += value;
                    squares[map % channels] += (double)value * value;
                }
            }
        }

        double[] means = [.. sums.Select(sum => sum / pixels)];
        return (
            [.. means.Select(mean => (float)Math.Round(mean, 4))],
            [.. squares.Zip(means, (square, mean) => (float)Math.Max(Math.Round(Math.Sqrt(Math.Max(0, (square / pixels) - (mean * mean))), 4), 1e-3))]);
    }
}
