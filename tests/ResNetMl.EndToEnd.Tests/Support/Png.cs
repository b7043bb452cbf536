using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>Writes PNG files by the specification (https://www.w3.org/TR/png-3): signature, IHDR, IDAT, IEND.</summary>
internal static class Png
{
    private const byte GreyColour = 0;
    private const byte RgbColour = 2;

    /// <summary>An RGB picture of one colour under noise of ±40.</summary>
    internal static byte[] Speckled(int width, int height, int seed, int red, int green, int blue)
    {
        var random = new Random(seed);
        int[] colour = [red, green, blue];
        return Encode(width, height, bitDepth: 8, RgbColour, rowBytes: width * 3, (row, _) =>
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (byte)Math.Clamp(colour[i % 3] + random.Next(-40, 41), 0, 255);
            }
        });
    }

    /// <summary>A black picture of 1-bit grey, which compresses to a thousandth.</summary>
    internal static byte[] Black(int width, int height) =>
        Encode(width, height, bitDepth: 1, GreyColour, rowBytes: (width + 7) / 8, (_, _) => { });

    private static byte[] Encode(int width, int height, byte bitDepth, byte colourType, int rowBytes, Action<Span<byte>, int> fillRow)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            // The first byte of a row names its filter: 0 is none.
            var row = new byte[1 + rowBytes];
            for (int y = 0; y < height; y++)
            {
                fillRow(row.AsSpan(1), y);
                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = bitDepth;
        header[9] = colourType;
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string kind, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(kind), .. body];
        var length = new byte[4];
        var checksum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32(named));
        return [.. length, .. named, .. checksum];
    }

    /// <summary>CRC-32 with the reflected polynomial 0xEDB88320, bit by bit.</summary>
    private static uint Crc32(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
