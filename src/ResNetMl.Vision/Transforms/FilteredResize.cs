using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Transforms.Image;

/// <summary>Resizes with a filter of <see cref="ImageResizer"/>, bit for bit as PIL; alpha is dropped, and the result is opaque.</summary>
internal static class FilteredResize
{
    /// <param name="image">The image.</param>
    /// <param name="name">Names it in messages.</param>
    /// <param name="settings">Size, kind and anchor.</param>
    /// <param name="filter">How pixels are weighted.</param>
    internal static MLImage Resize(MLImage image, string name, ResizingColumn settings, ResizeFilter filter)
    {
        var source = new RgbImage(image.Width, image.Height, Rgb(image));
        (int width, int height) = SizeFor(image, settings);
        if ((long)width * height > DecodingOptions.Default.MaxPixels)
        {
            throw new ImageFormatException(
                name,
                $"expected proportions that give at most {DecodingOptions.Default.MaxPixels:N0} pixels, got {image.Width}×{image.Height}, resized " +
                $"{width}×{height}. Leave the image out.");
        }

        RgbImage resized = ImageResizer.Resize(source, width, height, filter);
        return settings.ShorterSide is not null
            ? Place(resized, 0, 0, width, height)
            : Place(
                resized,
                Start(settings.Width - width, settings, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right),
                Start(settings.Height - height, settings, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom),
                settings.Width,
                settings.Height);
    }

    /// <summary>The size before cropping or padding; a side that follows from the other is rounded, halves to even.</summary>
    private static (int Width, int Height) SizeFor(MLImage image, ResizingColumn settings)
    {
        if (settings.ShorterSide is { } length)
        {
            ImageSize size = new ResizeShorterSide(length).SizeFor(image.Width, image.Height);
            return (size.Width, size.Height);
        }

        if (settings.Resizing == ImageResizingEstimator.ResizingKind.Fill)
        {
            return (settings.Width, settings.Height);
        }

        bool isTooHigh = (long)settings.Width * image.Height > (long)settings.Height * image.Width;
        return isTooHigh == (settings.Resizing == ImageResizingEstimator.ResizingKind.IsoCrop)
            ? (settings.Width, Other(image.Height, settings.Width, image.Width))
            : (Other(image.Width, settings.Height, image.Height), settings.Height);
    }

    private static int Other(int side, int to, int from) => (int)Math.Clamp(Math.Round((double)to * side / from, MidpointRounding.ToEven), 1, int.MaxValue);

    /// <summary>Where the resized image begins on the result: half of what is free, negative where it is cropped, so that the crop begins at ⌊(w − W)/2⌋.</summary>
    private static int Start(int free, ResizingColumn settings, ImageResizingEstimator.Anchor first, ImageResizingEstimator.Anchor last)
        => free >= 0 ? free / 2
            : settings.CropAnchor == first ? 0
            : settings.CropAnchor == last ? free
            : -(-free / 2);

    /// <summary>Red, green and blue of each pixel.</summary>
    internal static byte[] Rgb(MLImage image)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        int red = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        var rgb = new byte[pixels.Length / 4 * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = pixels[from + red];
            rgb[to + 1] = pixels[from + 1];
            rgb[to + 2] = pixels[from + 2 - red];
        }

        return rgb;
    }

    /// <summary>The part of an image that lies on an opaque black canvas.</summary>
    private static MLImage Place(RgbImage image, int left, int top, int width, int height)
    {
        var canvas = new byte[width * height * 4];
        for (int row = 0, to = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++, to += 4)
            {
                canvas[to + 3] = byte.MaxValue;
                int x = column - left;
                int y = row - top;
                if (x >= 0 && x < image.Width && y >= 0 && y < image.Height)
                {
                    int from = ((y * image.Width) + x) * 3;
                    canvas[to] = image.Data[from + 2];
                    canvas[to + 1] = image.Data[from + 1];
                    canvas[to + 2] = image.Data[from];
                }
            }
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, canvas);
    }
}
