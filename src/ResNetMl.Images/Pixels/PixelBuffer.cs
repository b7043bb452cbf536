namespace ResNetMl.Images;

/// <summary>8-bit pixels of 1 (grey), 3 or 4 channels: [H, W, C] in the first bytes of an array.</summary>
/// <param name="Data">At least Height · Width · Channels bytes.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1, 3, or 4 with alpha.</param>
internal readonly record struct PixelBuffer(byte[] Data, int Width, int Height, int Channels)
{
    internal int ByteCount => Width * Height * Channels;

    internal Span<byte> Span => Data.AsSpan(0, ByteCount);

    internal Span<byte> Row(int row) => Data.AsSpan(row * Width * Channels, Width * Channels);
}
