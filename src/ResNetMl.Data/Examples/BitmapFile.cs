using System.Buffers.Binary;
using ResNetMl.Images;

namespace ResNetMl.Data;

/// <summary>Writes pixels as a Windows bitmap of 24 bits a pixel: without loss, and read by everything that reads images.</summary>
/// <remarks>BITMAPFILEHEADER and BITMAPINFOHEADER (Windows GDI); rows from the bottom up, blue green red, padded to four bytes.</remarks>
public static class BitmapFile
{
    private const int FileHeaderLength = 14;
    private const int InfoHeaderLength = 40;

    /// <summary>The whole file.</summary>
    /// <param name="image">The pixels.</param>
    public static byte[] Encode(RgbImage image)
    {
        int rowLength = ((image.Width * RgbImage.Channels) + 3) / 4 * 4;
        int dataStart = FileHeaderLength + InfoHeaderLength;
        var file = new byte[checked(dataStart + (rowLength * image.Height))];

        file[0] = (byte)'B';
        file[1] = (byte)'M';
        WriteInt32(file, 2, file.Length);
        WriteInt32(file, 10, dataStart);
        WriteInt32(file, 14, InfoHeaderLength);
        WriteInt32(file, 18, image.Width);
        WriteInt32(file, 22, image.Height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        WriteInt32(file, 34, rowLength * image.Height);

        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> source = image.Data.AsSpan(y * image.Width * RgbImage.Channels, image.Width * RgbImage.Channels);
            Span<byte> target = file.AsSpan(dataStart + ((image.Height - 1 - y) * rowLength));
            for (int offset = 0; offset < source.Length; offset += RgbImage.Channels)
            {
                target[offset] = source[offset + 2];
                target[offset + 1] = source[offset + 1];
                target[offset + 2] = source[offset];
            }
        }

        return file;
    }

    private static void WriteInt32(byte[] file, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
}
