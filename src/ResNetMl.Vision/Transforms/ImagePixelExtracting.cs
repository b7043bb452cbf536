using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Makes vectors of the pixels of images, such as networks take.</summary>
public sealed class ImagePixelExtractingEstimator : ImageEstimator<ImagePixelExtractingTransformer>
{
    internal ImagePixelExtractingEstimator(PixelColumn column)
        : base(new ImagePixelExtractingTransformer([column]))
    {
    }

    /// <summary>Channels of an image.</summary>
    [Flags]
    public enum ColorBits : byte
    {
        /// <summary>Opacity.</summary>
        Alpha = 1,

        /// <summary>Red.</summary>
        Red = 2,

        /// <summary>Green.</summary>
        Green = 4,

        /// <summary>Blue.</summary>
        Blue = 8,

        /// <summary>Red, green and blue.</summary>
        Rgb = Red | Green | Blue,

        /// <summary>Red, green, blue and alpha.</summary>
        All = Alpha | Red | Green | Blue,
    }

    /// <summary>In which order channels stand in a vector; those not chosen are left out of it.</summary>
    public enum ColorsOrder : byte
    {
        /// <summary>Alpha, red, green, blue.</summary>
        ARGB = 1,

        /// <summary>Alpha, red, blue, green.</summary>
        ARBG = 2,

        /// <summary>Alpha, blue, red, green.</summary>
        ABRG = 3,

        /// <summary>Alpha, blue, green, red.</summary>
        ABGR = 4,

        /// <summary>Alpha, green, red, blue.</summary>
        AGRB = 5,

        /// <summary>Alpha, green, blue, red.</summary>
        AGBR = 6,
    }
}

/// <summary>Makes vectors of the pixels of images, such as networks take.</summary>
public sealed class ImagePixelExtractingTransformer : ImageTransformer
{
    internal const string LoaderName = "ImagePixelExtracting";

    internal ImagePixelExtractingTransformer(IReadOnlyList<PixelColumn> columns)
        : base(LoaderName, columns)
    {
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<PixelColumn>(reader, columns => new ImagePixelExtractingTransformer(columns));
    }
}

/// <summary>Images to vectors.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of images.</param>
/// <param name="Colors">The channels.</param>
/// <param name="Order">Their order.</param>
/// <param name="Interleave">[H, W, C] instead of [C, H, W].</param>
/// <param name="Offset">Subtracted first.</param>
/// <param name="Scale">Multiplied by last.</param>
/// <param name="AsFloat">Single instead of Byte.</param>
/// <param name="Mean">Instead of offset and scale: subtracted from x/255, one a channel.</param>
/// <param name="StandardDeviation">Divided by after <paramref name="Mean"/>, one a channel.</param>
internal sealed record PixelColumn(
    string Output,
    string Input,
    ImagePixelExtractingEstimator.ColorBits Colors,
    ImagePixelExtractingEstimator.ColorsOrder Order,
    bool Interleave,
    float Offset,
    float Scale,
    bool AsFloat,
    float[]? Mean,
    float[]? StandardDeviation) : ImageColumn(Output, Input)
{
    internal override void Check()
    {
        ColorChannels.Check(Colors, Order);
        if (!float.IsFinite(Offset) || !float.IsFinite(Scale) || Scale == 0)
        {
            throw new ArgumentException($"Expected a finite offset and a finite scale other than 0, got {Offset} and {Scale}.");
        }

        int channels = ColorChannels.Count(Colors);
        if ((Mean is null) != (StandardDeviation is null)
            || (Mean is not null && (Mean.Length != channels || !Array.TrueForAll(Mean, float.IsFinite)))
            || (StandardDeviation is not null
                && (StandardDeviation.Length != channels || !Array.TrueForAll(StandardDeviation, value => float.IsFinite(value) && value > 0))))
        {
            throw new ArgumentException(
                $"Expected {channels} finite means and {channels} positive standard deviations, one for each channel extracted, got " +
                $"[{string.Join(", ", Mean ?? [])}] and [{string.Join(", ", StandardDeviation ?? [])}].");
        }
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input)
    {
        ImageDataViewType image = RequireImage(input);
        if (!image.IsKnownSize)
        {
            throw Unexpected(input.Name, "images of one size", image.ToString(), "Resize or crop them first, or give their [ImageType] a height and width.");
        }

        int channels = ColorChannels.Count(Colors);
        return new VectorDataViewType(
            AsFloat ? NumberDataViewType.Single : NumberDataViewType.Byte,
            Interleave ? [image.Height, image.Width, channels] : [channels, image.Height, image.Width]);
    }

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input)
    {
        RequireImage(input);
        return new SchemaShape.Column(
            Output, SchemaShape.Column.VectorKind.Vector, AsFloat ? NumberDataViewType.Single : NumberDataViewType.Byte, isKey: false);
    }

    internal override BlockColumn Map(Block input, DataViewSchema.Column column)
    {
        var size = (ImageDataViewType)column.Type;
        int count = size.Height * size.Width * ColorChannels.Count(Colors);
        if (!AsFloat)
        {
            return MapImages(input, column, new VBuffer<byte>(count, 0, null, null), (image, name) => Extract(image, name, size, Bytes));
        }

        float[][] values = ValuesOfBytes();
        return MapImages(input, column, new VBuffer<float>(count, 0, null, null), (image, name) => Extract(image, name, size, values));
    }

    /// <summary>A byte as it is, for each channel.</summary>
    private static byte[][] Bytes { get; } = [.. Enumerable.Repeat<byte[]>([.. Enumerable.Range(0, 256).Select(value => (byte)value)], 4)];

    /// <summary>What each of the 256 values of a channel becomes, for each channel extracted.</summary>
    /// <remarks>In single precision and in this order of operations: so do PyTorch and <see cref="Images.Preprocessing"/>, to the last bit.</remarks>
    private float[][] ValuesOfBytes()
    {
        var values = new float[ColorChannels.Count(Colors)][];
        for (int channel = 0; channel < values.Length; channel++)
        {
            values[channel] = new float[256];
            for (int value = 0; value < 256; value++)
            {
                values[channel][value] = Mean is null
                    ? (value - Offset) * Scale
                    : ((value / 255f) - Mean[channel]) / StandardDeviation![channel];
            }
        }

        return values;
    }

    private VBuffer<T> Extract<T>(MLImage image, string name, ImageDataViewType size, T[][] valuesOfBytes)
    {
        if (image.Width != size.Width || image.Height != size.Height)
        {
            throw new InvalidOperationException(
                $"{name}: column '{Input}' holds images of {size.Width}×{size.Height} pixels (width×height), got one of {image.Width}×{image.Height}.");
        }

        ReadOnlySpan<byte> pixels = image.Pixels;
        int[] bytes = ColorChannels.BytesOf(Colors, Order, image.PixelFormat);
        int pixelCount = pixels.Length / 4;
        var vector = new T[pixelCount * bytes.Length];
        (int channelStep, int pixelStep) = Interleave ? (1, bytes.Length) : (pixelCount, 1);
        for (int channel = 0; channel < bytes.Length; channel++)
        {
            T[] values = valuesOfBytes[channel];
            int to = channel * channelStep;
            for (int from = bytes[channel]; from < pixels.Length; from += 4, to += pixelStep)
            {
                vector[to] = values[pixels[from]];
            }
        }

        return new VBuffer<T>(vector.Length, vector);
    }
}
