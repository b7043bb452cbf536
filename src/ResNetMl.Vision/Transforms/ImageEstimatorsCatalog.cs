using ResNetMl.Images;
using ResNetMl.Transforms.Image;
using static ResNetMl.Transforms.Image.ImagePixelExtractingEstimator;
using static ResNetMl.Transforms.Image.ImageResizingEstimator;

namespace ResNetMl;

/// <summary>Estimators that load images, change them, and make vectors of them.</summary>
/// <remarks>
/// <para>A row without an image (its path is empty) passes through as null, and becomes a vector of zeros. An image that cannot be decoded is
/// an <see cref="ImageFormatException"/> that names its path, never other pixels.</para>
/// <para>Images stand as their EXIF orientation says, also with ML.NET's own arguments; ML.NET leaves them as stored, so that a photograph taken
/// upright with a telephone lies on its side. Models score what one sees.</para>
/// </remarks>
public static class ImageEstimatorsCatalog
{
    /// <summary>Loads and decodes the image files that a column of paths names. Sizes differ by row.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="imageFolder">The folder that relative paths lie in; null or empty where they are the process's. Absolute paths stay.</param>
    /// <param name="inputColumnName">The column of paths; null for the name of the output column.</param>
    /// <exception cref="ArgumentException">There is no such folder.</exception>
    public static ImageLoadingEstimator LoadImages(
        this TransformsCatalog catalog, string outputColumnName, string? imageFolder, string? inputColumnName = null)
        => LoadImages(catalog, [new InputOutputColumnPair(outputColumnName, inputColumnName)], imageFolder);

    /// <summary>Loads and decodes the image files that several columns of paths name.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columns">The columns to make, each with the column of paths it is made from.</param>
    /// <param name="imageFolder">The folder that relative paths lie in; null or empty where they are the process's. Absolute paths stay.</param>
    /// <exception cref="ArgumentException">There is no such folder, or no column.</exception>
    public static ImageLoadingEstimator LoadImages(this TransformsCatalog catalog, InputOutputColumnPair[] columns, string? imageFolder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageLoadingEstimator(imageFolder, raw: false, columns);
    }

    /// <summary>Loads the bytes of the files that a column of paths names, encoded as they are: what the image classification trainer reads.</summary>
    /// <remarks>An empty path and an empty file give an empty vector; a file that is not there is an error.</remarks>
    /// <inheritdoc cref="LoadImages(TransformsCatalog, string, string, string)"/>
    public static ImageLoadingEstimator LoadRawImageBytes(
        this TransformsCatalog catalog, string outputColumnName, string? imageFolder, string? inputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageLoadingEstimator(imageFolder, raw: true, [new InputOutputColumnPair(outputColumnName, inputColumnName)]);
    }

    /// <summary>Resizes images to one size with ML.NET's filters.</summary>
    /// <remarks>
    /// <para><see cref="ResizingKind.Fill"/> takes the nearest pixel and keeps alpha; <see cref="ResizingKind.IsoPad"/> and
    /// <see cref="ResizingKind.IsoCrop"/> use Mitchell's cubic without antialiasing, and show what is transparent on black. Fine detail aliases
    /// when images are made much smaller: for networks trained on antialiased images, as published ones are, take the overload with a filter.</para>
    /// <para>An image of the right size stays as it is.</para>
    /// </remarks>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="imageWidth">Pixels in a row, at least 1.</param>
    /// <param name="imageHeight">Rows, at least 1.</param>
    /// <param name="inputColumnName">The column of images; null for the name of the output column.</param>
    /// <param name="resizing">What happens to images of other proportions.</param>
    /// <param name="cropAnchor">What is kept where images are cropped.</param>
    public static ImageResizingEstimator ResizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        int imageWidth,
        int imageHeight,
        string? inputColumnName = null,
        ResizingKind resizing = ResizingKind.IsoCrop,
        Anchor cropAnchor = Anchor.Center)
        => Resize(catalog, new ResizingColumn(
            outputColumnName, inputColumnName ?? outputColumnName, imageWidth, imageHeight, resizing, cropAnchor, Filter: null, ShorterSide: null));

    /// <summary>Resizes images to one size with a filter of one's choice: 8 bits, bit for bit as PIL. ML.NET has no such overload.</summary>
    /// <remarks>Alpha is dropped, not blended, and the result opaque. Where proportions are kept, the other side is rounded, halves to even.</remarks>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="imageWidth">Pixels in a row, at least 1.</param>
    /// <param name="imageHeight">Rows, at least 1.</param>
    /// <param name="filter">How pixels are weighted; <see cref="ResizeFilter.Bilinear"/> and <see cref="ResizeFilter.Bicubic"/> antialias.</param>
    /// <param name="inputColumnName">The column of images; null for the name of the output column.</param>
    /// <param name="resizing">What happens to images of other proportions.</param>
    /// <param name="cropAnchor">What is kept where images are cropped.</param>
    public static ImageResizingEstimator ResizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        int imageWidth,
        int imageHeight,
        ResizeFilter filter,
        string? inputColumnName = null,
        ResizingKind resizing = ResizingKind.IsoCrop,
        Anchor cropAnchor = Anchor.Center)
        => Resize(catalog, new ResizingColumn(
            outputColumnName, inputColumnName ?? outputColumnName, imageWidth, imageHeight, resizing, cropAnchor, filter, ShorterSide: null));

    /// <summary>
    /// Resizes images so that the shorter side has one length and the other round(length · longer/shorter), halves to even: the first step of
    /// most published preprocessings, with <c>CropImages</c> as the second. ML.NET has no such overload.
    /// </summary>
    /// <remarks>8 bits, bit for bit as PIL. Alpha is dropped, not blended, and the result opaque. Sizes differ by row.</remarks>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="shorterSide">Pixels, from 1 to 32,767.</param>
    /// <param name="inputColumnName">The column of images; null for the name of the output column.</param>
    /// <param name="filter">How pixels are weighted; <see cref="ResizeFilter.Bilinear"/> and <see cref="ResizeFilter.Bicubic"/> antialias.</param>
    public static ImageResizingEstimator ResizeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        int shorterSide,
        string? inputColumnName = null,
        ResizeFilter filter = ResizeFilter.Bilinear)
        => Resize(catalog, new ResizingColumn(
            outputColumnName, inputColumnName ?? outputColumnName, 0, 0, ResizingKind.Fill, Anchor.Center, filter, shorterSide));

    /// <summary>Cuts a part of one size out of images: by default the middle, at offsets rounded down. ML.NET has no such transform.</summary>
    /// <remarks>An image smaller than the part is an <see cref="ImageFormatException"/> that names it.</remarks>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="imageWidth">Pixels in a row of the part, at least 1.</param>
    /// <param name="imageHeight">Rows of the part, at least 1.</param>
    /// <param name="inputColumnName">The column of images; null for the name of the output column.</param>
    /// <param name="cropAnchor">The end that is kept along one side; along the other it is the middle.</param>
    public static ImageCroppingEstimator CropImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        int imageWidth,
        int imageHeight,
        string? inputColumnName = null,
        Anchor cropAnchor = Anchor.Center)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageCroppingEstimator(new CroppingColumn(outputColumnName, inputColumnName ?? outputColumnName, imageWidth, imageHeight, cropAnchor));
    }

    /// <summary>Makes images grey: red, green and blue become 0.3 R + 0.59 G + 0.11 B, rounded. They still have all channels; alpha stays.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="inputColumnName">The column of images; null for the name of the output column.</param>
    public static ImageGrayscalingEstimator ConvertToGrayscale(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null)
        => ConvertToGrayscale(catalog, [new InputOutputColumnPair(outputColumnName, inputColumnName)]);

    /// <summary>Makes the images of several columns grey.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columns">The columns to make, each with the column of images it is made from.</param>
    public static ImageGrayscalingEstimator ConvertToGrayscale(this TransformsCatalog catalog, params InputOutputColumnPair[] columns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new ImageGrayscalingEstimator([.. columns.Select(pair => new GrayscalingColumn(pair.OutputColumnName, pair.InputColumnName))]);
    }

    /// <summary>Makes vectors of pixels: (value − offset) · scale with value from 0 to 255, in planes [C, H, W] unless interleaved.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of vectors to make.</param>
    /// <param name="inputColumnName">The column of images, all of one size; null for the name of the output column.</param>
    /// <param name="colorsToExtract">The channels.</param>
    /// <param name="orderOfExtraction">Their order; those not extracted are left out of it.</param>
    /// <param name="interleavePixelColors">Whether the channels of a pixel stand together, [H, W, C].</param>
    /// <param name="offsetImage">Subtracted first, of every channel; without effect on bytes.</param>
    /// <param name="scaleImage">Multiplied by last, not 0; without effect on bytes.</param>
    /// <param name="outputAsFloatArray">Whether vectors are Single; otherwise Byte, the values as they are.</param>
    public static ImagePixelExtractingEstimator ExtractPixels(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        ColorBits colorsToExtract = ColorBits.Rgb,
        ColorsOrder orderOfExtraction = ColorsOrder.ARGB,
        bool interleavePixelColors = false,
        float offsetImage = 0,
        float scaleImage = 1,
        bool outputAsFloatArray = true)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImagePixelExtractingEstimator(new PixelColumn(
            outputColumnName, inputColumnName ?? outputColumnName, colorsToExtract, orderOfExtraction, interleavePixelColors,
            offsetImage, scaleImage, outputAsFloatArray, Mean: null, StandardDeviation: null));
    }

    /// <summary>
    /// Makes vectors of pixels normalised channel by channel, (value/255 − mean)/standardDeviation in single precision: how published networks are
    /// fed. ML.NET has one offset and one scale for all channels.
    /// </summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column of vectors of Single to make.</param>
    /// <param name="mean">One number for each channel extracted, in their order, on the scale where 255 is 1; ImageNet's RGB: 0.485, 0.456, 0.406.</param>
    /// <param name="standardDeviation">One positive number for each channel, on the same scale; ImageNet's RGB: 0.229, 0.224, 0.225.</param>
    /// <param name="inputColumnName">The column of images, all of one size; null for the name of the output column.</param>
    /// <param name="colorsToExtract">The channels.</param>
    /// <param name="orderOfExtraction">Their order; those not extracted are left out of it.</param>
    /// <param name="interleavePixelColors">Whether the channels of a pixel stand together, [H, W, C].</param>
    public static ImagePixelExtractingEstimator ExtractPixels(
        this TransformsCatalog catalog,
        string outputColumnName,
        IReadOnlyList<float> mean,
        IReadOnlyList<float> standardDeviation,
        string? inputColumnName = null,
        ColorBits colorsToExtract = ColorBits.Rgb,
        ColorsOrder orderOfExtraction = ColorsOrder.ARGB,
        bool interleavePixelColors = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        return new ImagePixelExtractingEstimator(new PixelColumn(
            outputColumnName, inputColumnName ?? outputColumnName, colorsToExtract, orderOfExtraction, interleavePixelColors,
            Offset: 0, Scale: 1, AsFloat: true, [.. mean], [.. standardDeviation]));
    }

    /// <summary>Makes images of vectors of pixels: a channel is value · scale − offset, rounded and held within 0 to 255.</summary>
    /// <remarks>
    /// Channels that the vectors lack have the default given here, as it is (ML.NET takes these defaults and does not use them, and makes images
    /// transparent where it scales). A vector that stores nothing, as <c>ExtractPixels</c> makes of a missing image, gives a missing image.
    /// </remarks>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="imageHeight">Rows, at least 1.</param>
    /// <param name="imageWidth">Pixels in a row, at least 1.</param>
    /// <param name="outputColumnName">The column of images to make.</param>
    /// <param name="inputColumnName">The column of vectors of Single, Double or Byte; null for the name of the output column.</param>
    /// <param name="colorsPresent">The channels that the vectors hold.</param>
    /// <param name="orderOfColors">Their order; those not present are left out of it.</param>
    /// <param name="interleavedColors">Whether the channels of a pixel stand together, [H, W, C], and not in planes, [C, H, W].</param>
    /// <param name="scaleImage">Multiplied by first, not 0.</param>
    /// <param name="offsetImage">Subtracted last.</param>
    /// <param name="defaultAlpha">0 to 255.</param>
    /// <param name="defaultRed">0 to 255.</param>
    /// <param name="defaultGreen">0 to 255.</param>
    /// <param name="defaultBlue">0 to 255.</param>
    public static VectorToImageConvertingEstimator ConvertToImage(
        this TransformsCatalog catalog,
        int imageHeight,
        int imageWidth,
        string outputColumnName,
        string? inputColumnName = null,
        ColorBits colorsPresent = ColorBits.Rgb,
        ColorsOrder orderOfColors = ColorsOrder.ARGB,
        bool interleavedColors = false,
        float scaleImage = 1,
        float offsetImage = 0,
        int defaultAlpha = 255,
        int defaultRed = 0,
        int defaultGreen = 0,
        int defaultBlue = 0)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new VectorToImageConvertingEstimator(new VectorColumn(
            outputColumnName, inputColumnName ?? outputColumnName, imageWidth, imageHeight, colorsPresent, orderOfColors, interleavedColors,
            scaleImage, offsetImage, defaultAlpha, defaultRed, defaultGreen, defaultBlue));
    }

    private static ImageResizingEstimator Resize(TransformsCatalog catalog, ResizingColumn column)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageResizingEstimator(column);
    }
}
