namespace ResNetMl.Images;

/// <summary>A decoded picture: 8-bit red, green and blue, interleaved, rows from the top, no padding between rows.</summary>
public sealed class RgbImage
{
    /// <summary>Bytes per pixel: R, G, B.</summary>
    public const int Channels = 3;

    /// <summary>Wraps pixels; the array is kept, not copied.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="data">height · width · 3 bytes: [H, W, RGB].</param>
    /// <exception cref="ArgumentException">The array's length is not height · width · 3.</exception>
    public RgbImage(int width, int height, byte[] data)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(data);
        long expected = (long)width * height * Channels;
        if (data.Length != expected)
        {
            throw new ArgumentException($"A {width}×{height} RGB image holds {expected} bytes, got {data.Length}.", nameof(data));
        }

        Width = width;
        Height = height;
        Data = data;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The pixels, [H, W, RGB]: red of (row, column) lies at 3 · (row · <see cref="Width"/> + column).</summary>
    public byte[] Data { get; }

    /// <summary>Size, for messages: <c>500×375</c> (width×height).</summary>
    public override string ToString() => $"{Width}×{Height}";
}
