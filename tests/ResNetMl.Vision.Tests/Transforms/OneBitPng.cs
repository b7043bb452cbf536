using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ResNetMl.Vision.Tests.ImageTransforms;

/// <summary>Black PNGs of one bit a pixel: a few kilobytes that decode to hundreds of megabytes.</summary>
internal static class OneBitPng
{
    // PNG specification, third edition: signature, IHDR (width, height, bit depth 1, greyscale), zlib rows behind a filter byte, IEND.
    public static byte[] Black(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(new byte[height * (1 + ((width + 7) / 8))]);
        }

        return [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", header), .. Chunk("IDAT", rows.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. content];
        var chunk = new byte[named.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ResNetMl.Data.Crc32.Of(named));
        return chunk;
    }
}
