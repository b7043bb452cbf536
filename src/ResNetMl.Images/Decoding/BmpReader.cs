using System.Buffers.Binary;
using System.Numerics;

namespace ResNetMl.Images;

/// <summary>Uncompressed Windows bitmaps: 1, 4 and 8 bits with a palette; 16, 24 and 32 bits, with channel masks where given.</summary>
/// <remarks>
/// Layout: BITMAPFILEHEADER (14 bytes), then BITMAPCOREHEADER (12 bytes) or BITMAPINFOHEADER (40) to BITMAPV5HEADER (124), the palette,
/// and rows padded to 4 bytes, bottom-up unless the height is negative. Run-length and embedded JPEG/PNG forms are refused by name.
/// </remarks>
internal static class BmpReader
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;
    private const uint UncompressedRgb = 0;
    private const uint ChannelMasks = 3;
    private const uint ChannelMasksWithAlpha = 6;

    internal static ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, string name)
    {
        Layout layout = ReadLayout(encoded, name);
        return new ImageHeader(ImageFormat.Bmp, layout.Width, layout.Height, Orientation: 1);
    }

    internal static RgbImage Decode(ReadOnlySpan<byte> encoded, string name, DecodingOptions options)
    {
        Layout layout = ReadLayout(encoded, name);
        PixelLimit.Check(name, layout.Width, layout.Height, options);
        long rowBytes = (((long)layout.Width * layout.BitsPerPixel) + 31) / 32 * 4;
        long needed = layout.PixelOffset + (rowBytes * layout.Height);
        if (needed > encoded.Length)
        {
            throw Damaged(name, $"{layout.Width}×{layout.Height} pixels end at byte {needed:N0}, the file at {encoded.Length:N0}");
        }

        var pixels = new byte[layout.Width * layout.Height * RgbImage.Channels];
        for (int row = 0; row < layout.Height; row++)
        {
            int storedRow = layout.TopDown ? row : layout.Height - 1 - row;
            ReadOnlySpan<byte> source = encoded.Slice((int)(layout.PixelOffset + (storedRow * rowBytes)), (int)rowBytes);
            Span<byte> target = pixels.AsSpan(row * layout.Width * RgbImage.Channels, layout.Width * RgbImage.Channels);
            if (layout.BitsPerPixel <= 8)
            {
                ReadPaletteRow(source, encoded, layout, target, name);
            }
            else
            {
                ReadDirectRow(source, layout, target);
            }
        }

        return new RgbImage(layout.Width, layout.Height, pixels);
    }

    private static Layout ReadLayout(ReadOnlySpan<byte> encoded, string name)
    {
        if (encoded.Length < FileHeaderBytes + CoreHeaderBytes)
        {
            throw Damaged(name, $"the file ends at byte {encoded.Length}, inside the header");
        }

        uint pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(encoded[10..]);
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(encoded[FileHeaderBytes..]);
        ReadOnlySpan<byte> header = encoded[FileHeaderBytes..];
        if (headerBytes is not (CoreHeaderBytes or 40 or 52 or 56 or 64 or 108 or 124) || header.Length < headerBytes)
        {
            throw Damaged(name, $"a header of {headerBytes:N0} bytes is unknown or cut short");
        }

        if (pixelOffset > encoded.Length)
        {
            throw Damaged(name, $"the pixels start at byte {pixelOffset:N0}, the file ends at {encoded.Length:N0}");
        }

        return headerBytes == CoreHeaderBytes
            ? ReadCoreHeader(header, pixelOffset, name)
            : ReadInfoHeader(header, (int)headerBytes, pixelOffset, name);
    }

    private static Layout ReadCoreHeader(ReadOnlySpan<byte> header, uint pixelOffset, string name)
    {
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        CheckDepth(bits, name);
        int paletteStart = FileHeaderBytes + CoreHeaderBytes;
        return new Layout
        {
            Width = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]),
            Height = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
            TopDown = false,
            BitsPerPixel = bits,
            PixelOffset = pixelOffset,
            PaletteStart = paletteStart,
            PaletteEntryBytes = 3,
            PaletteEntries = PaletteEntries(bits, 0, paletteStart, 3, pixelOffset, name),
            Masks = DefaultMasks(bits),
        };
    }

    private static Layout ReadInfoHeader(ReadOnlySpan<byte> header, int headerBytes, uint pixelOffset, string name)
    {
        int width = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        int height = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[14..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        uint colours = BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
        CheckDepth(bits, name);
        if (width < 1 || height is 0 or int.MinValue)
        {
            throw Damaged(name, $"its size is {width}×{height}");
        }

        bool masked = compression is ChannelMasks or ChannelMasksWithAlpha;
        if (compression != UncompressedRgb && !(masked && bits is 16 or 32))
        {
            throw new ImageFormatException(
                name, $"expected an uncompressed BMP, got compression {compression} at {bits} bits a pixel. Save the image as PNG or uncompressed BMP.");
        }

        // Masks follow a 40-byte header; longer headers contain them at the same place.
        int maskBytes = headerBytes > 40 || !masked ? 0 : compression == ChannelMasksWithAlpha ? 16 : 12;
        (uint, uint, uint) masks = DefaultMasks(bits);
        if (masked)
        {
            if (header.Length < 52)
            {
                throw Damaged(name, "the file ends inside the channel masks");
            }

            masks = (
                BinaryPrimitives.ReadUInt32LittleEndian(header[40..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[44..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[48..]));
        }

        int paletteStart = FileHeaderBytes + headerBytes + maskBytes;
        return new Layout
        {
            Width = width,
            Height = Math.Abs(height),
            TopDown = height < 0,
            BitsPerPixel = bits,
            PixelOffset = pixelOffset,
            PaletteStart = paletteStart,
            PaletteEntryBytes = 4,
            PaletteEntries = PaletteEntries(bits, colours, paletteStart, 4, pixelOffset, name),
            Masks = masks,
        };
    }

    private static void CheckDepth(int bits, string name)
    {
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw Damaged(name, $"{bits} bits a pixel is none of 1, 4, 8, 16, 24 and 32");
        }
    }

    private static int PaletteEntries(int bits, uint declared, int start, int entryBytes, uint pixelOffset, string name)
    {
        if (bits > 8)
        {
            return 0;
        }

        uint entries = declared == 0 ? 1u << bits : declared;
        if (entries > 1u << bits || start + (entries * entryBytes) > pixelOffset)
        {
            throw Damaged(name, $"a palette of {entries:N0} colours does not fit before the pixels at byte {pixelOffset:N0}");
        }

        return (int)entries;
    }

    private static (uint Red, uint Green, uint Blue) DefaultMasks(int bits) =>
        bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0x00FF0000u, 0x0000FF00u, 0x000000FFu);

    private static void ReadPaletteRow(ReadOnlySpan<byte> source, ReadOnlySpan<byte> encoded, Layout layout, Span<byte> target, string name)
    {
        int bits = layout.BitsPerPixel;
        int mask = (1 << bits) - 1;
        for (int column = 0; column < layout.Width; column++)
        {
            int bit = column * bits;
            int colour = (source[bit >> 3] >> (8 - bits - (bit & 7))) & mask;
            if (colour >= layout.PaletteEntries)
            {
                throw Damaged(name, $"a pixel uses colour {colour} of a palette of {layout.PaletteEntries}");
            }

            int entry = layout.PaletteStart + (colour * layout.PaletteEntryBytes);
            target[column * 3] = encoded[entry + 2];
            target[(column * 3) + 1] = encoded[entry + 1];
            target[(column * 3) + 2] = encoded[entry];
        }
    }

    private static void ReadDirectRow(ReadOnlySpan<byte> source, Layout layout, Span<byte> target)
    {
        int bytes = layout.BitsPerPixel / 8;
        for (int column = 0; column < layout.Width; column++)
        {
            ReadOnlySpan<byte> stored = source.Slice(column * bytes, bytes);
            uint value = bytes switch
            {
                2 => BinaryPrimitives.ReadUInt16LittleEndian(stored),
                3 => (uint)(stored[0] | (stored[1] << 8) | (stored[2] << 16)),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(stored),
            };
            target[column * 3] = Channel(value, layout.Masks.Red);
            target[(column * 3) + 1] = Channel(value, layout.Masks.Green);
            target[(column * 3) + 2] = Channel(value, layout.Masks.Blue);
        }
    }

    /// <summary>The bits under a mask, scaled from 0…largest to 0…255 and rounded.</summary>
    private static byte Channel(uint value, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        int shift = BitOperations.TrailingZeroCount(mask);
        ulong largest = mask >> shift;
        ulong amount = (value & mask) >> shift;
        return (byte)(((amount * 255) + (largest / 2)) / largest);
    }

    private static ImageFormatException Damaged(string name, string detail) =>
        new(name, $"expected a whole BMP image, got a damaged one ({detail}). Replace the file or leave it out.");

    private readonly struct Layout
    {
        internal required int Width { get; init; }

        internal required int Height { get; init; }

        internal required bool TopDown { get; init; }

        internal required int BitsPerPixel { get; init; }

        internal required uint PixelOffset { get; init; }

        internal required int PaletteStart { get; init; }

        internal required int PaletteEntryBytes { get; init; }

        internal required int PaletteEntries { get; init; }

        internal required (uint Red, uint Green, uint Blue) Masks { get; init; }
    }
}
