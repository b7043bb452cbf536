using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Makes images grey.</summary>
public sealed class ImageGrayscalingEstimator : ImageEstimator<ImageGrayscalingTransformer>
{
    internal ImageGrayscalingEstimator(IReadOnlyList<GrayscalingColumn> columns)
        : base(new ImageGrayscalingTransformer(columns))
    {
    }
}

/// <summary>Makes images grey.</summary>
public sealed class ImageGrayscalingTransformer : ImageTransformer
{
    internal const string LoaderName = "ImageGrayscaling";

    internal ImageGrayscalingTransformer(IReadOnlyList<GrayscalingColumn> columns)
        : base(LoaderName, columns)
    {
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<GrayscalingColumn>(reader, columns => new ImageGrayscalingTransformer(columns));
    }
}

/// <summary>Images to grey ones: red, green and blue all 0.3 R + 0.59 G + 0.11 B, rounded; alpha stays.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of images.</param>
internal sealed record GrayscalingColumn(string Output, string Input) : ImageColumn(Output, Input)
{
    internal override void Check()
    {
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input) => RequireImage(input);

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input)
    {
        RequireImage(input);
        return ImageShape();
    }

    internal override BlockColumn Map(Block input, DataViewSchema.Column column) => MapImages<MLImage?>(input, column, null, (image, _) => Grey(image));

    private static MLImage Grey(MLImage image)
    {
        byte[] pixels = image.Pixels.ToArray();
        int red = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        for (int i = 0; i < pixels.Length; i += 4)
        {
            float luma = (0.3f * pixels[i + red]) + (0.59f * pixels[i + 1]) + (0.11f * pixels[i + 2 - red]);
            pixels.AsSpan(i, 3).Fill((byte)(luma + 0.5f));
        }

        MLImage grey = MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, pixels);
        grey.Tag = image.Tag;
        return grey;
    }
}
