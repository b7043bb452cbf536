using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>Encoded bytes → 8-bit RGB pixels, the same for every caller. Many threads may decode at once.</summary>
/// <remarks>
/// EXIF orientation is applied; ICC profiles are ignored except for CMYK; alpha is dropped, not blended; 16 bits become 8 by v/257,
/// rounded. Damage anywhere in the file is an error, never a grey patch.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>File name endings, lower case with the dot, under which the readable formats are kept.</summary>
    public static IReadOnlyList<string> FileExtensions { get; } =
        [".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"];

    /// <summary>The libvips in use, for reports: its version and file.</summary>
    /// <exception cref="DllNotFoundException">libvips is not here; the message says how to get it.</exception>
    public static string NativeLibraryDescription => $"libvips {LibVipsLibrary.Version} ({LibVipsLibrary.FilePath})";

    /// <summary>Whether a file's name ends as an image's does; says nothing about its content.</summary>
    /// <param name="path">A path or name.</param>
    public static bool HasImageExtension(string path) =>
        FileExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Decodes an image.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="name">Where the bytes came from, for error messages; usually a path.</param>
    /// <param name="options">Bounds; null for <see cref="DecodingOptions.Default"/>.</param>
    /// <exception cref="ImageFormatException">The bytes are no whole image of a known format, or it is larger than the limit.</exception>
    /// <exception cref="DllNotFoundException">libvips is not here; the message says how to get it.</exception>
    public static RgbImage Decode(ReadOnlyMemory<byte> encoded, string name, DecodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= DecodingOptions.Default;
        ImageFormat format = ImageSignature.Recognise(encoded.Span, name);
        if (format == ImageFormat.Png)
        {
            PngStructure.Check(encoded.Span, name);
        }

        return format == ImageFormat.Bmp
            ? BmpReader.Decode(encoded.Span, name, options)
            : VipsDecoder.Decode(format, encoded, name, options);
    }

    /// <summary>Decodes an image with its transparency.</summary>
    /// <remarks>As <see cref="Decode"/>, but for alpha: it is kept beside colours that are not multiplied by it; where there is none, it is 255.</remarks>
    /// <inheritdoc cref="Decode"/>
    public static BgraImage DecodeWithAlpha(ReadOnlyMemory<byte> encoded, string name, DecodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= DecodingOptions.Default;
        options = options with { MaxPixels = Math.Min(options.MaxPixels, Array.MaxLength / BgraImage.Channels) };
        ImageFormat format = ImageSignature.Recognise(encoded.Span, name);
        if (format == ImageFormat.Png)
        {
            PngStructure.Check(encoded.Span, name);
        }

        if (format == ImageFormat.Bmp)
        {
            RgbImage opaque = BmpReader.Decode(encoded.Span, name, options);
            var bgra = new byte[opaque.Width * opaque.Height * BgraImage.Channels];
            PixelConversion.ToBgra(opaque.Data, RgbImage.Channels, bytesPerSample: 1, bgra);
            return new BgraImage(opaque.Width, opaque.Height, bgra);
        }

        return VipsDecoder.DecodeWithAlpha(format, encoded, name, options);
    }

    /// <summary>All bytes of a file, which may be empty; a pipe, a folder or a dangling link is an error, not a wait.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Bounds; null for <see cref="DecodingOptions.Default"/>.</param>
    /// <exception cref="ImageFormatException">The file cannot be read or is larger than <see cref="DecodingOptions.MaxEncodedBytes"/>.</exception>
    public static byte[] ReadFile(string path, DecodingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RegularFile.ReadAll(path, (options ?? DecodingOptions.Default).MaxEncodedBytes, mayBeEmpty: true);
    }

    /// <summary>Decodes an image file; a pipe, a folder or a dangling link is an error, not a wait.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Bounds; null for <see cref="DecodingOptions.Default"/>.</param>
    /// <exception cref="ImageFormatException">The file cannot be read, is no whole image of a known format, or is larger than a limit.</exception>
    /// <exception cref="DllNotFoundException">libvips is not here; the message says how to get it.</exception>
    public static RgbImage DecodeFile(string path, DecodingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= DecodingOptions.Default;
        return Decode(RegularFile.ReadAll(path, options.MaxEncodedBytes), path, options);
    }

    /// <summary>Reads format, size and orientation without decoding pixels, whatever the size.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="name">Where the bytes came from, for error messages; usually a path.</param>
    /// <exception cref="ImageFormatException">The header is damaged or of no known format.</exception>
    public static ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ImageFormat format = ImageSignature.Recognise(encoded.Span, name);
        return format == ImageFormat.Bmp
            ? BmpReader.ReadHeader(encoded.Span, name)
            : VipsDecoder.ReadHeader(format, encoded, name);
    }
}
