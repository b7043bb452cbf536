using System.Text;

namespace ResNetMl.Images;

/// <summary>Tells formats apart by their first bytes. Only what is recognised here is ever handed to native code.</summary>
internal static class ImageSignature
{
    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    // Little-endian and big-endian TIFF (42) and BigTIFF (43).
    private static ReadOnlySpan<byte> TiffLittle => "II*\0"u8;

    private static ReadOnlySpan<byte> TiffBig => "MM\0*"u8;

    private static ReadOnlySpan<byte> BigTiffLittle => "II+\0"u8;

    private static ReadOnlySpan<byte> BigTiffBig => "MM\0+"u8;

    /// <exception cref="ImageFormatException">No known format starts so.</exception>
    internal static ImageFormat Recognise(ReadOnlySpan<byte> encoded, string name)
    {
        if (encoded.StartsWith(Jpeg))
        {
            return ImageFormat.Jpeg;
        }

        if (encoded.StartsWith(Png))
        {
            return ImageFormat.Png;
        }

        if (encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8))
        {
            return ImageFormat.Gif;
        }

        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        if (encoded.StartsWith(TiffLittle) || encoded.StartsWith(TiffBig) || encoded.StartsWith(BigTiffLittle) || encoded.StartsWith(BigTiffBig))
        {
            return ImageFormat.Tiff;
        }

        if (encoded.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        throw new ImageFormatException(
            name,
            $"expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got {Describe(encoded)}. Replace the file or leave it out.");
    }

    private static string Describe(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return "an empty file (0 bytes)";
        }

        ReadOnlySpan<byte> start = encoded[..Math.Min(encoded.Length, 16)];
        foreach (byte value in start)
        {
            if (value is (< 0x20 or > 0x7E) and not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return $"bytes that start {Convert.ToHexString(start)}";
            }
        }

        string text = Encoding.ASCII.GetString(start).ReplaceLineEndings(" ").Trim();
        return $"text that starts \"{text}\"";
    }
}
