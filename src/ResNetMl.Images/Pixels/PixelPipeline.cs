namespace ResNetMl.Images;

/// <summary>The 8-bit stages of a preprocessing, with buffers kept from image to image; for one user at a time.</summary>
internal sealed class PixelPipeline(Preprocessing preprocessing)
{
    private readonly ResizeScratch _resize = new();

    /// <summary>Channel order → resize → crop.</summary>
    /// <returns>A buffer that the caller owns, of exactly the result's size.</returns>
    /// <exception cref="ImageFormatException">The image is smaller than the crop.</exception>
    internal PixelBuffer Prepare(RgbImage image, string name)
    {
        PixelBuffer uncropped = PrepareUncropped(image, name);
        if (preprocessing.Crop is not { } crop || (crop.Width == uncropped.Width && crop.Height == uncropped.Height))
        {
            return uncropped;
        }

        var cropped = new PixelBuffer(new byte[crop.Width * crop.Height * uncropped.Channels], crop.Width, crop.Height, uncropped.Channels);
        CropMiddle(uncropped, cropped);
        return cropped;
    }

    /// <summary>Channel order → resize, for augmentations that choose their own crop; still checks that the crop would fit.</summary>
    internal PixelBuffer PrepareUncropped(RgbImage image, string name)
    {
        PixelBuffer pixels = OrderAndResize(image);
        if (preprocessing.Crop is { } crop && (crop.Width > pixels.Width || crop.Height > pixels.Height))
        {
            throw new ImageFormatException(
                name,
                $"expected at least {crop} pixels, the size of the crop, got {pixels.Width}×{pixels.Height}. " +
                "Use a preprocessing that resizes first, or leave it out.");
        }

        return pixels;
    }

    /// <summary>Copies the middle of an image, at offsets rounded down, into a smaller one.</summary>
    internal static void CropMiddle(PixelBuffer source, PixelBuffer target)
    {
        int left = (source.Width - target.Width) / 2;
        int top = (source.Height - target.Height) / 2;
        for (int row = 0; row < target.Height; row++)
        {
            source.Row(top + row).Slice(left * source.Channels, target.Width * source.Channels).CopyTo(target.Row(row));
        }
    }

    private PixelBuffer OrderAndResize(RgbImage image)
    {
        PixelBuffer pixels = ChannelOrders.Apply(image, preprocessing.ChannelOrder);
        if (preprocessing.Resize?.SizeFor(image.Width, image.Height) is not { } size || (size.Width == pixels.Width && size.Height == pixels.Height))
        {
            return pixels;
        }

        var resized = new PixelBuffer(new byte[checked(size.Width * size.Height * pixels.Channels)], size.Width, size.Height, pixels.Channels);
        _resize.Resize(pixels, new PixelRectangle(0, 0, pixels.Width, pixels.Height), resized, preprocessing.Filter);
        return resized;
    }
}
