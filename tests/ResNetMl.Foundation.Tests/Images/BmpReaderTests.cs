using System.Buffers.Binary;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Images;

// Witness: the layout of BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER, and arithmetic on a few pixels.
public class BmpReaderTests
{
    private const int FileHeader = 14;

    [Fact]
    public void Sixteen_bits_without_masks_are_five_of_each_channel()
    {
        // 0 rrrrr ggggg bbbbb: red 31 → 255, green 16 → round(16 · 255/31) = 132, blue 1 → 8.
        byte[] file = Info(width: 2, height: 1, bits: 16, compression: 0, palette: [], pixels: [0x00, 0x7C, 0x01, 0x02]);

        Assert.Equal([255, 0, 0, 0, 132, 8], ImageDecoder.Decode(file, "x").Data);
    }

    [Fact]
    public void Channel_masks_say_where_the_bits_are()
    {
        // 5-6-5: green 63 → 255, red 31 and blue 31 → 255.
        byte[] file = Info(width: 2, height: 1, bits: 16, compression: 3, palette: [0x00, 0xF8, 0, 0, 0xE0, 0x07, 0, 0, 0x1F, 0x00, 0, 0], pixels: [0xE0, 0x07, 0x1F, 0xF8]);

        Assert.Equal([0, 255, 0, 255, 0, 255], ImageDecoder.Decode(file, "x").Data);
    }

    [Fact]
    public void A_negative_height_means_rows_from_the_top()
    {
        byte[] file = Info(width: 1, height: -2, bits: 24, compression: 0, palette: [], pixels: [3, 2, 1, 0, 6, 5, 4, 0]);

        RgbImage image = ImageDecoder.Decode(file, "x");

        Assert.Equal("1×2", image.ToString());
        Assert.Equal([1, 2, 3, 4, 5, 6], image.Data);
        Assert.Equal(new ImageHeader(ImageFormat.Bmp, Width: 1, Height: 2, Orientation: 1), ImageDecoder.ReadHeader(file, "x"));
    }

    [Fact]
    public void The_oldest_header_has_16_bit_sizes_and_palette_entries_of_three_bytes()
    {
        byte[] file =
        [
            .. "BM"u8, .. new byte[8], FileHeader + 12 + 6, 0, 0, 0,
            12, 0, 0, 0, 9, 0, 1, 0, 1, 0, 1, 0,
            30, 20, 10, 60, 50, 40,
            0b0101_0000, 0b1000_0000, 0, 0,
        ];

        byte[] a = [10, 20, 30];
        byte[] b = [40, 50, 60];
        Assert.Equal([.. a, .. b, .. a, .. b, .. a, .. a, .. a, .. a, .. b], ImageDecoder.Decode(file, "x").Data);
    }

    [Theory]
    [InlineData(1, 1, 8, 1, "x: expected an uncompressed BMP, got compression 1 at 8 bits a pixel. Save the image as PNG or uncompressed BMP.")]
    [InlineData(1, 1, 24, 3, "x: expected an uncompressed BMP, got compression 3 at 24 bits a pixel. Save the image as PNG or uncompressed BMP.")]
    [InlineData(1, 1, 12, 0, "x: expected a whole BMP image, got a damaged one (12 bits a pixel is none of 1, 4, 8, 16, 24 and 32). Replace the file or leave it out.")]
    [InlineData(0, 1, 24, 0, "x: expected a whole BMP image, got a damaged one (its size is 0×1). Replace the file or leave it out.")]
    [InlineData(1, int.MinValue, 24, 0, "x: expected a whole BMP image, got a damaged one (its size is 1×-2147483648). Replace the file or leave it out.")]
    [InlineData(5, 1, 24, 0, "x: expected a whole BMP image, got a damaged one (5×1 pixels end at byte 70, the file at 58). Replace the file or leave it out.")]
    [InlineData(int.MaxValue, int.MaxValue, 24, 0, "x: expected at most 100,000,000 pixels, got 2147483647×2147483647 = 4,611,686,014,132,420,609. Raise the pixel limit (MaxPixels) if the image is wanted, or leave it out.")]
    [InlineData(1, 1, 8, 0, "x: expected a whole BMP image, got a damaged one (a palette of 256 colours does not fit before the pixels at byte 54). Replace the file or leave it out.")]
    public void What_is_not_read_is_refused_saying_why(int width, int height, int bits, int compression, string message)
    {
        byte[] file = Info(width, height, bits, compression, palette: [], pixels: new byte[4]);

        Assert.Equal(message, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file, "x")).Message);
    }

    [Fact]
    public void A_pixel_beyond_the_palette_is_damage()
    {
        byte[] file = Info(width: 1, height: 1, bits: 8, compression: 0, palette: [1, 2, 3, 0], pixels: [1, 0, 0, 0], colours: 1);

        Assert.Equal(
            "x: expected a whole BMP image, got a damaged one (a pixel uses colour 1 of a palette of 1). Replace the file or leave it out.",
            Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file, "x")).Message);
    }

    [Fact]
    public void A_tiff_of_floating_point_numbers_is_refused()
    {
        // 2×2 single-precision samples, written by PIL (mode F).
        byte[] file = Convert.FromBase64String(
            "SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAgAAAAIBAwABAAAAIAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAhgAAABYBBAABAAAAAgAAABcBBAAB" +
            "AAAAEAAAABwBAwABAAAAAQAAAFMBAwABAAAAAwAAAAAAAAAAAAA/AACAPwAAAEAAAEBA");

        Assert.Equal(
            "x: expected 8 or 16 bits per channel without sign, got another number format. Convert the image to 8 bits per channel.",
            Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file, "x")).Message);
    }

    /// <summary>A bitmap with a 40-byte header; masks, where the compression asks for them, are given as the palette.</summary>
    private static byte[] Info(int width, int height, int bits, int compression, byte[] palette, byte[] pixels, int colours = 0)
    {
        var header = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(header, header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), height);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(14), (short)bits);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), compression);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(32), colours);
        byte[] file = [.. "BM"u8, .. new byte[12], .. header, .. palette, .. pixels];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), FileHeader + header.Length + palette.Length);
        return file;
    }
}
