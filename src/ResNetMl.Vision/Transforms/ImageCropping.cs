using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Transforms.Image;

/// <summary>Cuts a part of one size out of images, without resizing. ML.NET has no such transform.</summary>
public sealed class ImageCroppingEstimator : ImageEstimator<ImageCroppingTransformer>
{
    internal ImageCroppingEstimator(CroppingColumn column)
        : base(new ImageCroppingTransformer([column]))
    {
    }
}

/// <summary>Cuts a part of one size out of images, without resizing.</summary>
public sealed class ImageCroppingTransformer : ImageTransformer
{
    internal const string LoaderName = "ImageCropping";

    internal ImageCroppingTransformer(IReadOnlyList<CroppingColumn> columns)
        : base(LoaderName, columns)
    {
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<CroppingColumn>(reader, columns => new ImageCroppingTransformer(columns));
    }
}

/// <summary>Images to parts of them.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of images.</param>
/// <param name="Width">Pixels in a row of the part.</param>
/// <param name="Height">Rows of the part.</param>
/// <param name="Anchor">The end or the middle that is kept; along the other side, the middle.</param>
internal sealed record CroppingColumn(string Output, string Input, int Width, int Height, ImageResizingEstimator.Anchor Anchor)
    : ImageColumn(Output, Input)
{
    internal override void Check()
    {
        _ = new ImageDataViewType(Height, Width);
        if (!Enum.IsDefined(Anchor))
        {
            throw new ArgumentException($"Expected an Anchor that exists, got {Anchor}.");
        }
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input)
    {
        ImageDataViewType image = RequireImage(input);
        return !image.IsKnownSize || (image.Width >= Width && image.Height >= Height)
            ? new ImageDataViewType(Height, Width)
            : throw Unexpected(
                input.Name, $"images of at least {Width}×{Height} pixels (width×height) to crop", $"{image.Width}×{image.Height}", "Resize them first.");
    }

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input)
    {
        RequireImage(input);
        return ImageShape();
    }

    internal override BlockColumn Map(Block input, DataViewSchema.Column column) => MapImages<MLImage?>(input, column, null, Crop);

    private MLImage Crop(MLImage image, string name)
    {
        if (image.Width == Width && image.Height == Height)
        {
            return image;
        }

        if (image.Width < Width || image.Height < Height)
        {
            throw new ImageFormatException(
                name,
                $"expected at least {Width}×{Height} pixels, the size of the crop, got {image.Width}×{image.Height}. Resize first, or leave it out.");
        }

        int left = Start(image.Width - Width, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right);
        int top = Start(image.Height - Height, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom);
        ReadOnlySpan<byte> source = image.Pixels;
        var part = new byte[Width * Height * 4];
        for (int row = 0; row < Height; row++)
        {
            source.Slice((((top + row) * image.Width) + left) * 4, Width * 4).CopyTo(part.AsSpan(row * Width * 4));
        }

        MLImage cropped = MLImage.CreateFromPixels(Width, Height, image.PixelFormat, part);
        cropped.Tag = image.Tag;
        return cropped;
    }

    private int Start(int excess, ImageResizingEstimator.Anchor first, ImageResizingEstimator.Anchor last)
        => Anchor == first ? 0 : Anchor == last ? excess : excess / 2;
}
