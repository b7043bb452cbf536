using System.Buffers.Binary;

namespace ResNetMl.Images;

/// <summary>The outermost check of a PNG: its chunks follow one another to the end chunk. The decoder below checks what they hold.</summary>
/// <remarks>PNG specification, third edition, section 5: 8 bytes of signature, then chunks of length (4, big-endian), name (4), content, CRC (4).</remarks>
internal static class PngStructure
{
    private const int SignatureBytes = 8;
    private const int ChunkFrameBytes = 12;

    /// <exception cref="ImageFormatException">The file ends before the end chunk: libpng stops reading after the last row and would not notice.</exception>
    internal static void Check(ReadOnlySpan<byte> encoded, string name)
    {
        long at = SignatureBytes;
        while (at + ChunkFrameBytes <= encoded.Length)
        {
            ReadOnlySpan<byte> chunk = encoded[(int)at..];
            if (chunk[4..].StartsWith("IEND"u8))
            {
                return;
            }

            at += ChunkFrameBytes + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        throw new ImageFormatException(
            name, $"expected a whole PNG image, got a damaged one (it ends at byte {encoded.Length:N0} without an end chunk). Replace the file or leave it out.");
    }
}
