namespace ResNetMl.Images;

/// <summary>The check of a header's size that precedes every allocation for pixels.</summary>
internal static class PixelLimit
{
    internal static void Check(string name, long width, long height, DecodingOptions options)
    {
        if (width < 1 || height < 1)
        {
            throw new ImageFormatException(name, $"expected at least one pixel, got {width}×{height}. Replace the file or leave it out.");
        }

        if (width * height > options.MaxPixels)
        {
            throw new ImageFormatException(
                name,
                $"expected at most {options.MaxPixels:N0} pixels, got {width}×{height} = {width * height:N0}. " +
                "Raise the pixel limit (MaxPixels) if the image is wanted, or leave it out.");
        }
    }
}
