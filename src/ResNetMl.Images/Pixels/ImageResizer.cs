namespace ResNetMl.Images;

/// <summary>Resizes 8-bit pixels; bit for bit what PIL's <c>Image.resize</c> gives.</summary>
/// <remarks>
/// Two passes, rows then columns, with weights rounded to 22 fractional bits and the result of each pass rounded to 8 bits; a pass that
/// changes no length is left out.
/// </remarks>
public static class ImageResizer
{
    /// <summary>A resized copy.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">New pixels in a row, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="filter">How pixels are weighted.</param>
    public static RgbImage Resize(RgbImage image, int width, int height, ResizeFilter filter = ResizeFilter.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var source = new PixelBuffer(image.Data, image.Width, image.Height, RgbImage.Channels);
        var target = new PixelBuffer(new byte[checked(width * height * RgbImage.Channels)], width, height, RgbImage.Channels);
        new ResizeScratch().Resize(source, new PixelRectangle(0, 0, image.Width, image.Height), target, filter);
        return new RgbImage(width, height, target.Data);
    }
}
