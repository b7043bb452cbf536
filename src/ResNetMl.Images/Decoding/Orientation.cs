namespace ResNetMl.Images;

/// <summary>Turns a picture upright as its EXIF orientation asks.</summary>
internal static class Orientation
{
    /// <summary>The upright picture; the same object when it already is.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">
    /// EXIF 2.3, tag 0x0112: which side of the scene the stored first row and first column are. 1 top-left (upright), 2 top-right,
    /// 3 bottom-right, 4 bottom-left, 5 left-top, 6 right-top, 7 right-bottom, 8 left-bottom. Others mean nothing and are taken as 1.
    /// </param>
    internal static PixelBuffer Apply(PixelBuffer image, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return image;
        }

        bool exchanged = orientation >= 5;
        int width = exchanged ? image.Height : image.Width;
        int height = exchanged ? image.Width : image.Height;
        int channels = image.Channels;
        var turned = new byte[image.ByteCount];
        ReadOnlySpan<byte> source = image.Span;
        int to = 0;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                (int sourceRow, int sourceColumn) = orientation switch
                {
                    2 => (row, width - 1 - column),
                    3 => (height - 1 - row, width - 1 - column),
                    4 => (height - 1 - row, column),
                    5 => (column, row),
                    6 => (width - 1 - column, row),
                    7 => (width - 1 - column, height - 1 - row),
                    _ => (column, height - 1 - row),
                };
                source.Slice(((sourceRow * image.Width) + sourceColumn) * channels, channels).CopyTo(turned.AsSpan(to, channels));
                to += channels;
            }
        }

        return new PixelBuffer(turned, width, height, channels);
    }
}
