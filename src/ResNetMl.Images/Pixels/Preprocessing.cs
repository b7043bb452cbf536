using System.Text.Json.Serialization;
using ResNetMl.Tensors;

namespace ResNetMl.Images;

/// <summary>Which channels a network is fed, in their order.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel: (19595·R + 38470·G + 7471·B + 32768) / 65536, the luma of ITU-R BT.601 as PIL's mode L has it.</summary>
    Grey,
}

/// <summary>Rows and columns of a part of an image.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Pixels in a row, at least 1.</param>
public sealed record ImageSize(int Height, int Width)
{
    /// <summary>For messages: <c>224×224</c> (width×height).</summary>
    public override string ToString() => $"{Width}×{Height}";
}

/// <summary>How large an image is made before the crop.</summary>
public abstract record ResizeRule
{
    private protected ResizeRule()
    {
    }

    /// <summary>The size that an image of a given size is resized to.</summary>
    /// <param name="width">Its pixels in a row.</param>
    /// <param name="height">Its rows.</param>
    public abstract ImageSize SizeFor(int width, int height);
}

/// <summary>The shorter side becomes <paramref name="Length"/>, the other round(Length · longer/shorter), halves to even.</summary>
/// <param name="Length">Pixels, at least 1.</param>
public sealed record ResizeShorterSide(int Length) : ResizeRule
{
    /// <inheritdoc/>
    public override ImageSize SizeFor(int width, int height)
    {
        // Python's round, with which the published preprocessing is written, also takes halves to even.
        int longer = (int)Math.Round((double)Length * Math.Max(width, height) / Math.Min(width, height), MidpointRounding.ToEven);
        return width <= height ? new ImageSize(longer, Length) : new ImageSize(Length, longer);
    }
}

/// <summary>Both sides are set; the image is squashed if its proportions differ.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Pixels in a row, at least 1.</param>
public sealed record ResizeExactly(int Height, int Width) : ResizeRule
{
    /// <inheritdoc/>
    public override ImageSize SizeFor(int width, int height) => new(Height, Width);
}

/// <summary>Everything between a decoded image and a network's input: resize → crop → channel order → (x/255 − mean)/standardDeviation.</summary>
/// <remarks>
/// Immutable and compared by value; a model carries its own. The crop is taken from the middle at offsets rounded down. JSON:
/// <c>{"resize": null | {"shorterSide": 256} | {"height": 299, "width": 299}, "crop": null | {"height": 224, "width": 224}, "channelOrder": "RGB",
/// "mean": [0.485, 0.456, 0.406], "standardDeviation": [0.229, 0.224, 0.225]}</c> and, where not bilinear, <c>"filter"</c>.
/// </remarks>
[JsonConverter(typeof(PreprocessingJsonConverter))]
public sealed record Preprocessing
{
    private readonly float[] _mean;
    private readonly float[] _standardDeviation;

    /// <summary>Describes a preprocessing.</summary>
    /// <param name="resize">The size before the crop; null leaves the image as it is.</param>
    /// <param name="crop">The middle part that is kept; null keeps all.</param>
    /// <param name="channelOrder">Which channels, in what order.</param>
    /// <param name="mean">One number a channel, in the channels' order, on the scale where 255 is 1.</param>
    /// <param name="standardDeviation">One positive number a channel, on the same scale.</param>
    /// <param name="filter">How pixels are weighted in resizing.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the means and deviations do not fit the channels.</exception>
    public Preprocessing(
        ResizeRule? resize,
        ImageSize? crop,
        ChannelOrder channelOrder,
        IReadOnlyList<float> mean,
        IReadOnlyList<float> standardDeviation,
        ResizeFilter filter = ResizeFilter.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        PreprocessingChecks.Check(resize, crop, channelOrder, mean, standardDeviation, filter);
        Resize = resize;
        Crop = crop;
        ChannelOrder = channelOrder;
        _mean = [.. mean];
        _standardDeviation = [.. standardDeviation];
        Filter = filter;
    }

    /// <summary>ImageNet classifiers of torchvision and the ONNX Model Zoo: shorter side 256, crop 224×224, RGB, the ImageNet mean and deviation.</summary>
    public static Preprocessing ImageNet { get; } = new(
        new ResizeShorterSide(256), new ImageSize(224, 224), ChannelOrder.Rgb, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>The published CIFAR-10 residual networks: 32×32, RGB, the ImageNet mean and deviation, no crop.</summary>
    public static Preprocessing Cifar { get; } = new(
        new ResizeExactly(32, 32), null, ChannelOrder.Rgb, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Fashion-MNIST and alike: 28×28, one grey channel; mean and deviation of the 60,000 training images.</summary>
    public static Preprocessing FashionMnist { get; } = new(
        new ResizeExactly(28, 28), null, ChannelOrder.Grey, [0.2860f], [0.3530f]);

    /// <summary>The size before the crop; null leaves the image as it is.</summary>
    public ResizeRule? Resize { get; }

    /// <summary>The middle part that is kept; null keeps all.</summary>
    public ImageSize? Crop { get; }

    /// <summary>Which channels, in what order.</summary>
    public ChannelOrder ChannelOrder { get; }

    /// <summary>Subtracted after division by 255; one number a channel, in the channels' order.</summary>
    public IReadOnlyList<float> Mean => _mean;

    /// <summary>Divided by last; one positive number a channel, in the channels' order.</summary>
    public IReadOnlyList<float> StandardDeviation => _standardDeviation;

    /// <summary>How pixels are weighted in resizing.</summary>
    public ResizeFilter Filter { get; }

    /// <summary>Channels of the result: 1 for <see cref="ChannelOrder.Grey"/>, else 3.</summary>
    public int Channels => ChannelOrder == ChannelOrder.Grey ? 1 : RgbImage.Channels;

    /// <summary>Rows and columns of every result; null where they depend on the image.</summary>
    public ImageSize? OutputSize => Crop ?? (Resize is ResizeExactly exact ? new ImageSize(exact.Height, exact.Width) : null);

    /// <summary>Reads the JSON form; every part is required except <c>filter</c>, and nothing else is accepted.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">Says which part is wrong, what was expected and what was found.</exception>
    public static Preprocessing FromJson(string json) => PreprocessingJson.Read(json);

    /// <summary>The JSON form; <see cref="FromJson"/> gives back an equal preprocessing.</summary>
    public string ToJson() => PreprocessingJson.Write(this);

    /// <summary>Prepares one image as a batch of one.</summary>
    /// <param name="image">The decoded image.</param>
    /// <returns>[1, C, H, W].</returns>
    /// <exception cref="ImageFormatException">The image is smaller than the crop.</exception>
    public Tensor Apply(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        PixelBuffer pixels = new PixelPipeline(this).Prepare(image, "image");
        var tensor = new Tensor([1, Channels, pixels.Height, pixels.Width]);
        NormaliseTo(pixels.Span, tensor.Span);
        return tensor;
    }

    /// <summary>The 8-bit part alone: resize, crop and channel order, without normalising.</summary>
    /// <param name="image">The decoded image.</param>
    /// <returns>The pixels as RGB (a grey channel repeated), to look at.</returns>
    /// <exception cref="ImageFormatException">The image is smaller than the crop.</exception>
    public RgbImage ApplyToPixels(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        PixelBuffer pixels = new PixelPipeline(this).Prepare(image, "image");
        if (ChannelOrder == ChannelOrder.Rgb)
        {
            return new RgbImage(pixels.Width, pixels.Height, pixels.Span.ToArray());
        }

        var rgb = new byte[pixels.Width * pixels.Height * RgbImage.Channels];
        for (int i = 0; i < pixels.Width * pixels.Height; i++)
        {
            for (int channel = 0; channel < RgbImage.Channels; channel++)
            {
                rgb[(i * 3) + channel] = pixels.Channels == 1 ? pixels.Data[i] : pixels.Data[(i * 3) + 2 - channel];
            }
        }

        return new RgbImage(pixels.Width, pixels.Height, rgb);
    }

    /// <inheritdoc/>
    public bool Equals(Preprocessing? other) =>
        other is not null
        && Equals(Resize, other.Resize)
        && Crop == other.Crop
        && ChannelOrder == other.ChannelOrder
        && Filter == other.Filter
        && _mean.AsSpan().SequenceEqual(other._mean)
        && _standardDeviation.AsSpan().SequenceEqual(other._standardDeviation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Resize, Crop, ChannelOrder, Filter, _mean[0], _standardDeviation[0]);

    /// <summary>The JSON form.</summary>
    public override string ToString() => ToJson();

    /// <summary>[H, W, C] bytes → [C, H, W] numbers.</summary>
    internal void NormaliseTo(ReadOnlySpan<byte> pixels, Span<float> planes) =>
        Normalisation.Normalise(pixels, Channels, _mean, _standardDeviation, planes);
}
