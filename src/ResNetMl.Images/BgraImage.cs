namespace ResNetMl.Images;

/// <summary>A picture with transparency: 8-bit blue, green, red and alpha, interleaved, rows from the top, no padding between rows.</summary>
/// <remarks>Alpha is straight: colours are as they would be without it, also where a pixel is wholly transparent.</remarks>
public sealed class BgraImage
{
    /// <summary>Bytes per pixel: B, G, R, A.</summary>
    public const int Channels = 4;

    /// <summary>Wraps pixels; the array is kept, not copied.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="data">height · width · 4 bytes: [H, W, BGRA].</param>
    /// <exception cref="ArgumentException">The array's length is not height · width · 4.</exception>
    public BgraImage(int width, int height, byte[] data)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(data);
        long expected = (long)width * height * Channels;
        if (data.Length != expected)
        {
            throw new ArgumentException($"A {width}×{height} BGRA image holds {expected} bytes, got {data.Length}.", nameof(data));
        }

        Width = width;
        Height = height;
        Data = data;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The pixels, [H, W, BGRA]: blue of (row, column) lies at 4 · (row · <see cref="Width"/> + column).</summary>
    public byte[] Data { get; }

    /// <summary>Size, for messages: <c>500×375</c> (width×height).</summary>
    public override string ToString() => $"{Width}×{Height}";
}
