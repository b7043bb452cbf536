namespace ResNetMl.Images;

/// <summary>RGB pixels in the channels that a network is fed.</summary>
internal static class ChannelOrders
{
    /// <summary>The pixels in the given order; RGB is not copied.</summary>
    internal static PixelBuffer Apply(RgbImage image, ChannelOrder order)
    {
        if (order == ChannelOrder.Rgb)
        {
            return new PixelBuffer(image.Data, image.Width, image.Height, RgbImage.Channels);
        }

        int count = image.Width * image.Height;
        ReadOnlySpan<byte> rgb = image.Data;
        if (order == ChannelOrder.Grey)
        {
            var grey = new byte[count];
            for (int i = 0; i < grey.Length; i++)
            {
                // Rec. 601 luma weights in 16 fractional bits; equal channels come back unchanged.
                grey[i] = (byte)(((rgb[i * 3] * 19595) + (rgb[(i * 3) + 1] * 38470) + (rgb[(i * 3) + 2] * 7471) + 0x8000) >> 16);
            }

            return new PixelBuffer(grey, image.Width, image.Height, 1);
        }

        var bgr = new byte[rgb.Length];
        for (int i = 0; i < bgr.Length; i += 3)
        {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }

        return new PixelBuffer(bgr, image.Width, image.Height, RgbImage.Channels);
    }
}
