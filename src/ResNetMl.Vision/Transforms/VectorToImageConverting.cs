using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Makes images of vectors of pixels.</summary>
public sealed class VectorToImageConvertingEstimator : ImageEstimator<VectorToImageConvertingTransformer>
{
    internal VectorToImageConvertingEstimator(VectorColumn column)
        : base(new VectorToImageConvertingTransformer([column]))
    {
    }
}

/// <summary>Makes images of vectors of pixels.</summary>
public sealed class VectorToImageConvertingTransformer : ImageTransformer
{
    internal const string LoaderName = "VectorToImageConverting";

    internal VectorToImageConvertingTransformer(IReadOnlyList<VectorColumn> columns)
        : base(LoaderName, columns)
    {
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<VectorColumn>(reader, columns => new VectorToImageConvertingTransformer(columns));
    }
}

/// <summary>Vectors to images.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of vectors.</param>
/// <param name="Width">Pixels in a row of the images.</param>
/// <param name="Height">Rows of the images.</param>
/// <param name="Colors">The channels that the vectors hold.</param>
/// <param name="Order">Their order.</param>
/// <param name="Interleaved">Vectors are [H, W, C] instead of [C, H, W].</param>
/// <param name="Scale">Multiplied by first.</param>
/// <param name="Offset">Subtracted last.</param>
/// <param name="DefaultAlpha">The alpha of every pixel where vectors hold none.</param>
/// <param name="DefaultRed">The red of every pixel where vectors hold none.</param>
/// <param name="DefaultGreen">The green of every pixel where vectors hold none.</param>
/// <param name="DefaultBlue">The blue of every pixel where vectors hold none.</param>
internal sealed record VectorColumn(
    string Output,
    string Input,
    int Width,
    int Height,
    ImagePixelExtractingEstimator.ColorBits Colors,
    ImagePixelExtractingEstimator.ColorsOrder Order,
    bool Interleaved,
    float Scale,
    float Offset,
    int DefaultAlpha,
    int DefaultRed,
    int DefaultGreen,
    int DefaultBlue) : ImageColumn(Output, Input)
{
    internal override void Check()
    {
        _ = new ImageDataViewType(Height, Width);
        ColorChannels.Check(Colors, Order);
        if (!float.IsFinite(Offset) || !float.IsFinite(Scale) || Scale == 0)
        {
            throw new ArgumentException($"Expected a finite offset and a finite scale other than 0, got {Offset} and {Scale}.");
        }

        if (Array.Exists([DefaultAlpha, DefaultRed, DefaultGreen, DefaultBlue], value => value is < byte.MinValue or > byte.MaxValue))
        {
            throw new ArgumentException(
                $"Expected default channels from 0 to 255, got alpha {DefaultAlpha}, red {DefaultRed}, green {DefaultGreen}, blue {DefaultBlue}.");
        }
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input)
    {
        long size = (long)Height * Width * ColorChannels.Count(Colors);
        return input.Type is VectorDataViewType vector && vector.Size == size && ItemTypes.Contains(vector.ItemType)
            ? new ImageDataViewType(Height, Width)
            : throw Unexpected(
                input.Name,
                $"vectors of {size:N0} elements ({Height}×{Width}×{ColorChannels.Count(Colors)}) of Single, Double or Byte",
                input.Type.ToString()!,
                "Give the vectors' length by [VectorType], and the channels they hold.");
    }

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input) => input.Kind == SchemaShape.Column.VectorKind.Vector && ItemTypes.Contains(input.ItemType)
        ? ImageShape()
        : throw Unexpected(input.Name, "vectors of a known length of Single, Double or Byte", input.ToString(), "Give the vectors' length by [VectorType].");

    internal override BlockColumn Map(Block input, DataViewSchema.Column column)
    {
        Type item = ((VectorDataViewType)column.Type).ItemType.RawType;
        return item == typeof(float) ? Map<float>(input, column, value => value)
            : item == typeof(double) ? Map<double>(input, column, value => (float)value)
            : Map<byte>(input, column, value => value);
    }

    private static DataViewType[] ItemTypes { get; } = [NumberDataViewType.Single, NumberDataViewType.Double, NumberDataViewType.Byte];

    private BlockColumn<MLImage?> Map<T>(Block input, DataViewSchema.Column column, Func<T, float> toSingle)
        => new(ParallelRows.Map(input.RowCount, row => Convert(input.Values<VBuffer<T>>(column.Index)[row], toSingle)));

    private MLImage? Convert<T>(VBuffer<T> vector, Func<T, float> toSingle)
    {
        // What ExtractPixels makes of a missing image: a vector that stores nothing.
        if (vector.GetValues().IsEmpty)
        {
            return null;
        }

        var values = new T[vector.Length];
        vector.CopyTo(values);
        var pixels = new byte[Width * Height * 4];
        for (int i = 0; i < pixels.Length; i += 4)
        {
            pixels[i] = (byte)DefaultBlue;
            pixels[i + 1] = (byte)DefaultGreen;
            pixels[i + 2] = (byte)DefaultRed;
            pixels[i + 3] = (byte)DefaultAlpha;
        }

        int[] bytes = ColorChannels.BytesOf(Colors, Order);
        int pixelCount = Width * Height;
        (int channelStep, int pixelStep) = Interleaved ? (1, bytes.Length) : (pixelCount, 1);
        for (int channel = 0; channel < bytes.Length; channel++)
        {
            int from = channel * channelStep;
            for (int to = bytes[channel]; to < pixels.Length; to += 4, from += pixelStep)
            {
                float value = MathF.Round((toSingle(values[from]) * Scale) - Offset);
                pixels[to] = float.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(value, byte.MinValue, byte.MaxValue);
            }
        }

        MLImage image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, pixels);
        image.Tag = nameof(VectorToImageConvertingTransformer);
        return image;
    }
}
