using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>8-bit pixels → encoded bytes. Many threads may encode at once.</summary>
public static class ImageEncoder
{
    /// <summary>Encodes a picture as well as its format can: JPEG at quality 100 without transparency, PNG and WebP without loss.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="format"><see cref="ImageFormat.Jpeg"/>, <see cref="ImageFormat.Png"/> or <see cref="ImageFormat.WebP"/>.</param>
    /// <exception cref="NotSupportedException">Another format.</exception>
    /// <exception cref="ImageFormatException">The picture is larger than the format allows: a side of 65,535 (JPEG) or 16,383 pixels (WebP).</exception>
    /// <exception cref="DllNotFoundException">libvips is not here; the message says how to get it.</exception>
    public static byte[] Encode(BgraImage image, ImageFormat format)
    {
        ArgumentNullException.ThrowIfNull(image);
        return format switch
        {
            ImageFormat.Jpeg => VipsEncoder.Encode("jpegsave_buffer", Bands(image, RgbImage.Channels), "JPEG", ("Q", "100")),
            ImageFormat.Png => VipsEncoder.Encode("pngsave_buffer", Bands(image, BandsNeeded(image)), "PNG"),
            ImageFormat.WebP => VipsEncoder.Encode("webpsave_buffer", Bands(image, BandsNeeded(image)), "WebP", ("lossless", "true"), ("exact", "true")),
            _ => throw new NotSupportedException($"Images are written as Jpeg, Png or WebP, not as {format}."),
        };
    }

    private static int BandsNeeded(BgraImage image)
    {
        for (int i = 3; i < image.Data.Length; i += BgraImage.Channels)
        {
            if (image.Data[i] != byte.MaxValue)
            {
                return 4;
            }
        }

        return RgbImage.Channels;
    }

    /// <summary>[H, W, RGB] or [H, W, RGBA].</summary>
    private static PixelBuffer Bands(BgraImage image, int bands)
    {
        var samples = new byte[checked(image.Width * image.Height * bands)];
        for (int from = 0, to = 0; from < image.Data.Length; from += BgraImage.Channels, to += bands)
        {
            samples[to] = image.Data[from + 2];
            samples[to + 1] = image.Data[from + 1];
            samples[to + 2] = image.Data[from];
            if (bands == 4)
            {
                samples[to + 3] = image.Data[from + 3];
            }
        }

        return new PixelBuffer(samples, image.Width, image.Height, bands);
    }
}
