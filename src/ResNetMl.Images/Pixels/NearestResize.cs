namespace ResNetMl.Images;

/// <summary>Each new pixel is the source pixel under its centre.</summary>
internal static class NearestResize
{
    internal static void Resize(PixelBuffer source, PixelRectangle part, PixelBuffer target)
    {
        int channels = source.Channels;
        double stepDown = (double)part.Height / target.Height;
        double stepRight = (double)part.Width / target.Width;

        // PIL adds the step pixel by pixel instead of multiplying, which decides the pixels whose centre falls on a border.
        double y = stepDown * 0.5;
        for (int row = 0; row < target.Height; row++, y += stepDown)
        {
            ReadOnlySpan<byte> from = source.Row(part.Top + Math.Min((int)y, part.Height - 1));
            Span<byte> to = target.Row(row);
            double x = stepRight * 0.5;
            for (int column = 0; column < target.Width; column++, x += stepRight)
            {
                int sourceColumn = part.Left + Math.Min((int)x, part.Width - 1);
                from.Slice(sourceColumn * channels, channels).CopyTo(to[(column * channels)..]);
            }
        }
    }
}
