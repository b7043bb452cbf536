namespace ResNetMl.Images;

/// <summary>One image under augmentation: two buffers that swap roles; for one user at a time, allocating nothing once they are grown.</summary>
internal sealed class AugmentedImage
{
    private readonly ResizeScratch _resize = new();
    private readonly ImageSize _outputSize;
    private readonly ResizeFilter _filter;
    private byte[] _spare = [];
    private byte[] _current = [];
    private int _channels;

    internal AugmentedImage(ImageSize outputSize, ResizeFilter filter)
    {
        _outputSize = outputSize;
        _filter = filter;
    }

    internal int Width { get; private set; }

    internal int Height { get; private set; }

    internal PixelBuffer Pixels => new(_current, Width, Height, _channels);

    /// <summary>Starts from a copy of an image.</summary>
    internal void Load(PixelBuffer source)
    {
        _channels = source.Channels;
        Grow(ref _current, source.ByteCount);
        source.Span.CopyTo(_current);
        Width = source.Width;
        Height = source.Height;
    }

    internal void FlipHorizontally()
    {
        PixelBuffer pixels = Pixels;
        for (int row = 0; row < Height; row++)
        {
            Span<byte> line = pixels.Row(row);
            if (_channels == 1)
            {
                line.Reverse();
                continue;
            }

            for (int left = 0, right = line.Length - 3; left < right; left += 3, right -= 3)
            {
                (line[left], line[right]) = (line[right], line[left]);
                (line[left + 1], line[right + 1]) = (line[right + 1], line[left + 1]);
                (line[left + 2], line[right + 2]) = (line[right + 2], line[left + 2]);
            }
        }
    }

    /// <summary>Each new pixel (row, column) is the old pixel (row + down, column + right) of the padded image.</summary>
    internal void Shift(int down, int right, PadMode mode)
    {
        Grow(ref _spare, Height * Width * _channels);
        PixelBuffer source = Pixels;
        var target = new PixelBuffer(_spare, Width, Height, _channels);
        for (int row = 0; row < Height; row++)
        {
            Span<byte> to = target.Row(row);
            int sourceRow = Inside(row + down, Height, mode);
            if (sourceRow < 0)
            {
                to.Clear();
                continue;
            }

            ShiftRow(source.Row(sourceRow), to, right, mode);
        }

        (_current, _spare) = (_spare, _current);
    }

    /// <summary>Keeps the middle of the output's size, where the image is larger.</summary>
    internal void CropMiddle()
    {
        if (Width == _outputSize.Width && Height == _outputSize.Height)
        {
            return;
        }

        Grow(ref _spare, _outputSize.Height * _outputSize.Width * _channels);
        PixelPipeline.CropMiddle(Pixels, new PixelBuffer(_spare, _outputSize.Width, _outputSize.Height, _channels));
        (_current, _spare) = (_spare, _current);
        Width = _outputSize.Width;
        Height = _outputSize.Height;
    }

    /// <summary>Resizes a part of the image to the output's size.</summary>
    internal void CropAndResize(PixelRectangle part)
    {
        Grow(ref _spare, _outputSize.Height * _outputSize.Width * _channels);
        _resize.Resize(Pixels, part, new PixelBuffer(_spare, _outputSize.Width, _outputSize.Height, _channels), _filter);
        (_current, _spare) = (_spare, _current);
        Width = _outputSize.Width;
        Height = _outputSize.Height;
    }

    internal void Blacken(PixelRectangle part)
    {
        PixelBuffer pixels = Pixels;
        for (int row = part.Top; row < part.Top + part.Height; row++)
        {
            pixels.Row(row).Slice(part.Left * _channels, part.Width * _channels).Clear();
        }
    }

    private void ShiftRow(ReadOnlySpan<byte> from, Span<byte> to, int right, PadMode mode)
    {
        int firstInside = Math.Clamp(-right, 0, Width);
        int lastInside = Math.Clamp(Width - right, firstInside, Width);
        from[((firstInside + right) * _channels)..((lastInside + right) * _channels)].CopyTo(to[(firstInside * _channels)..]);
        for (int column = 0; column < Width; column++)
        {
            if (column == firstInside)
            {
                column = lastInside;
                if (column == Width)
                {
                    return;
                }
            }

            int sourceColumn = Inside(column + right, Width, mode);
            for (int channel = 0; channel < _channels; channel++)
            {
                to[(column * _channels) + channel] = sourceColumn < 0 ? (byte)0 : from[(sourceColumn * _channels) + channel];
            }
        }
    }

    /// <summary>The position inside that a position beyond the border stands for; −1 for black.</summary>
    private static int Inside(int position, int length, PadMode mode)
    {
        if ((uint)position < (uint)length)
        {
            return position;
        }

        switch (mode)
        {
            case PadMode.Zero:
                return -1;
            case PadMode.Edge:
                return Math.Clamp(position, 0, length - 1);
            default:
                // Mirrored again and again: a period of two lengths less the two border pixels that are not repeated.
                int period = Math.Max((2 * length) - 2, 1);
                int within = ((position % period) + period) % period;
                return within < length ? within : period - within;
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }
    }
}
