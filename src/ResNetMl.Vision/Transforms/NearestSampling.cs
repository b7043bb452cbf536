using ResNetMl.Data;

namespace ResNetMl.Transforms.Image;

/// <summary>Squashes an image by taking one source pixel for each new one, as Skia does without a filter; alpha is kept.</summary>
/// <remarks>
/// The source pixel is the one under the new pixel's centre. Where the centre falls on the border of two, Skia takes the first of them, and
/// PIL (<see cref="Images.ResizeFilter.Nearest"/>) the second: halving takes pixels 0, 2, 4, …
/// </remarks>
internal static class NearestSampling
{
    internal static MLImage Resize(MLImage image, int width, int height)
    {
        ReadOnlySpan<byte> source = image.Pixels;
        int[] columns = Positions(image.Width, width);
        int[] rows = Positions(image.Height, height);
        var target = new byte[width * height * 4];
        for (int row = 0, to = 0; row < height; row++)
        {
            ReadOnlySpan<byte> from = source.Slice(rows[row] * image.Width * 4, image.Width * 4);
            for (int column = 0; column < width; column++, to += 4)
            {
                from.Slice(columns[column] * 4, 4).CopyTo(target.AsSpan(to, 4));
            }
        }

        return MLImage.CreateFromPixels(width, height, image.PixelFormat, target);
    }

    /// <summary>⌈(i + ½)·from/to⌉ − 1, in single precision as Skia computes it: for some sizes its rounding decides which pixel a border's is.</summary>
    private static int[] Positions(int from, int to)
    {
        float scale = (float)from / to;
        var positions = new int[to];
        for (int i = 0; i < to; i++)
        {
            float centre = (i + 0.5f) * scale;
            positions[i] = Math.Clamp((int)MathF.Ceiling(centre) - 1, 0, from - 1);
        }

        return positions;
    }
}
