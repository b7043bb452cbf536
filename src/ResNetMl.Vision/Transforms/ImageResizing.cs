using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Transforms.Image;

/// <summary>Resizes images, all to one size, or each to one length of its shorter side.</summary>
public sealed class ImageResizingEstimator : ImageEstimator<ImageResizingTransformer>
{
    internal ImageResizingEstimator(ResizingColumn column)
        : base(new ImageResizingTransformer([column]))
    {
    }

    /// <summary>What happens to an image whose proportions are others than those asked for.</summary>
    public enum ResizingKind : byte
    {
        /// <summary>It is fitted into the size, and the rest is opaque black, on both sides alike.</summary>
        IsoPad = 0,

        /// <summary>It is made to cover the size, and what stands out is cut off; <see cref="Anchor"/> says where.</summary>
        IsoCrop = 1,

        /// <summary>It is squashed to the size.</summary>
        Fill = 2,
    }

    /// <summary>Which part of an image a crop keeps, along the side that is too long.</summary>
    public enum Anchor : byte
    {
        /// <summary>The right end; the middle where the image is too high.</summary>
        Right = 0,

        /// <summary>The left end; the middle where the image is too high.</summary>
        Left = 1,

        /// <summary>The upper end; the middle where the image is too wide.</summary>
        Top = 2,

        /// <summary>The lower end; the middle where the image is too wide.</summary>
        Bottom = 3,

        /// <summary>The middle.</summary>
        Center = 4,
    }
}

/// <summary>Resizes images, all to one size, or each to one length of its shorter side.</summary>
public sealed class ImageResizingTransformer : ImageTransformer
{
    internal const string LoaderName = "ImageResizing";

    internal ImageResizingTransformer(IReadOnlyList<ResizingColumn> columns)
        : base(LoaderName, columns)
    {
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader) => Load<ResizingColumn>(reader, columns => new ImageResizingTransformer(columns));
    }
}

/// <summary>Images to images of another size.</summary>
/// <param name="Output">The column that is added.</param>
/// <param name="Input">The column of images.</param>
/// <param name="Width">Pixels in a row of the result; unused where <paramref name="ShorterSide"/> is set.</param>
/// <param name="Height">Rows of the result; unused where <paramref name="ShorterSide"/> is set.</param>
/// <param name="Resizing">How proportions are changed.</param>
/// <param name="CropAnchor">What a crop keeps.</param>
/// <param name="Filter">How pixels are weighted; null for ML.NET's way.</param>
/// <param name="ShorterSide">The length of the shorter side where proportions are kept; needs a filter.</param>
internal sealed record ResizingColumn(
    string Output,
    string Input,
    int Width,
    int Height,
    ImageResizingEstimator.ResizingKind Resizing,
    ImageResizingEstimator.Anchor CropAnchor,
    ResizeFilter? Filter,
    int? ShorterSide) : ImageColumn(Output, Input)
{
    internal override void Check()
    {
        if (ShorterSide is { } length)
        {
            // Bounded so that no product of two sides overflows; how long the longer side becomes depends on the image.
            if (length is < 1 or > short.MaxValue || Filter is null)
            {
                throw new ArgumentOutOfRangeException("shorterSide", length, $"Expected a shorter side of 1 to {short.MaxValue} pixels.");
            }
        }
        else
        {
            _ = new ImageDataViewType(Height, Width);
        }

        if (!Enum.IsDefined(Resizing) || !Enum.IsDefined(CropAnchor) || Filter is { } filter && !Enum.IsDefined(filter))
        {
            throw new ArgumentException(
                $"Expected a ResizingKind, an Anchor and a ResizeFilter that exist, got {Resizing}, {CropAnchor} and {Filter}.");
        }
    }

    internal override DataViewType TypeFor(DataViewSchema.Column input)
    {
        RequireImage(input);
        return ShorterSide is null ? new ImageDataViewType(Height, Width) : new ImageDataViewType();
    }

    internal override SchemaShape.Column ShapeFor(SchemaShape.Column input)
    {
        RequireImage(input);
        return ImageShape();
    }

    internal override BlockColumn Map(Block input, DataViewSchema.Column column) => MapImages<MLImage?>(input, column, null, (image, name) =>
    {
        MLImage resized = Resize(image, name);
        if (!ReferenceEquals(resized, image))
        {
            resized.Tag = image.Tag;
        }

        return resized;
    });

    private MLImage Resize(MLImage image, string name)
    {
        if (Filter is { } filter)
        {
            return FilteredResize.Resize(image, name, this, filter);
        }

        // As ML.NET: an image of the right size is that image.
        return image.Width == Width && image.Height == Height ? image
            : Resizing == ImageResizingEstimator.ResizingKind.Fill ? NearestSampling.Resize(image, Width, Height)
            : CubicSampling.Draw(image, Width, Height, Placement.For(image.Width, image.Height, Width, Height, Resizing, CropAnchor));
    }
}
