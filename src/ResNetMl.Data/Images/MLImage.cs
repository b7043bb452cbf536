using ResNetMl.Images;

namespace ResNetMl.Data;

/// <summary>An image in memory, 32 bits a pixel: the value of a column of <see cref="Transforms.Image.ImageDataViewType"/>.</summary>
/// <remarks>
/// <para>Pixels do not change once the image is made, and lie in managed memory: an image that is never disposed costs nothing but waiting for
/// the collector. Rows and blocks share pixels, never the object, so that whoever is given an image may dispose it.</para>
/// <para>Decoded images stand as their EXIF orientation says (ML.NET leaves them as stored), because everything else of this product decodes
/// so; alpha is straight: colours are not multiplied by it (ML.NET multiplies, which darkens what is transparent).</para>
/// </remarks>
public sealed class MLImage : IDisposable
{
    private readonly MLPixelFormat _pixelFormat;
    private readonly int _width;
    private readonly int _height;
    private byte[]? _pixels;
    private string? _tag;

    private MLImage(int width, int height, MLPixelFormat pixelFormat, byte[] pixels)
    {
        _width = width;
        _height = height;
        _pixelFormat = pixelFormat;
        _pixels = pixels;
    }

    /// <summary>How <see cref="Pixels"/> are ordered: <see cref="MLPixelFormat.Bgra32"/> for decoded images.</summary>
    public MLPixelFormat PixelFormat => Alive(_pixelFormat);

    /// <summary>The pixels, [H, W, 4]: rows from the top without padding, channels as <see cref="PixelFormat"/> says. Valid beyond <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Pixels => Alive(_pixels);

    /// <summary>A copy of the pixels without alpha, [H, W, BGR].</summary>
    public byte[] GetBGRPixels
    {
        get
        {
            ReadOnlySpan<byte> pixels = Pixels;
            (int blue, int red) = _pixelFormat == MLPixelFormat.Bgra32 ? (0, 2) : (2, 0);
            var bgr = new byte[pixels.Length / 4 * 3];
            for (int from = 0, to = 0; from < pixels.Length; from += 4, to += 3)
            {
                bgr[to] = pixels[from + blue];
                bgr[to + 1] = pixels[from + 1];
                bgr[to + 2] = pixels[from + red];
            }

            return bgr;
        }
    }

    /// <summary>A text that stays with the image: the path where it was loaded from a file, else what its maker set. Transforms pass it on.</summary>
    public string? Tag
    {
        get => Alive(_tag);
        set
        {
            Alive(_pixels);
            _tag = value;
        }
    }

    /// <summary>Pixels in a row, at least 1.</summary>
    public int Width => Alive(_width);

    /// <summary>Rows, at least 1.</summary>
    public int Height => Alive(_height);

    /// <summary>32.</summary>
    public int BitsPerPixel => Alive(32);

    /// <summary>Decodes an image: JPEG, PNG, WebP, GIF, TIFF or BMP, told by its first bytes.</summary>
    /// <param name="imageStream">Read from where it stands to its end, at most <see cref="DecodingOptions.MaxEncodedBytes"/>; left open.</param>
    /// <exception cref="ImageFormatException">The bytes are no whole image, or it is larger than <see cref="DecodingOptions.Default"/> allows.</exception>
    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        return CreateFromBytes(ReadToEnd(imageStream, DecodingOptions.Default.MaxEncodedBytes), "image stream");
    }

    /// <summary>Decodes an image file. <see cref="Tag"/> stays null.</summary>
    /// <param name="imagePath">The file; its name's ending does not matter.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImageFormatException">It is no whole image, or larger than <see cref="DecodingOptions.Default"/> allows.</exception>
    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        return Path.Exists(imagePath)
            ? CreateFromBytes(ImageDecoder.ReadFile(imagePath), imagePath)
            : throw new FileNotFoundException($"Image '{imagePath}' was not found.", imagePath);
    }

    /// <summary>Decodes an image that is in memory, such as an upload.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="name">What messages call it, such as a path.</param>
    /// <exception cref="ImageFormatException">The bytes are no whole image, or it is larger than <see cref="DecodingOptions.Default"/> allows.</exception>
    public static MLImage CreateFromBytes(ReadOnlyMemory<byte> encoded, string name)
    {
        BgraImage decoded = ImageDecoder.DecodeWithAlpha(encoded, name);
        return new MLImage(decoded.Width, decoded.Height, MLPixelFormat.Bgra32, decoded.Data);
    }

    /// <summary>Makes an image of pixels.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixelFormat">How the bytes of a pixel are ordered.</param>
    /// <param name="imagePixelData">width · height · 4 bytes, rows from the top; copied.</param>
    /// <exception cref="ArgumentException">A size is not positive, the format unknown, or the bytes too few or too many.</exception>
    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
        {
            throw new ArgumentException($"Expected pixels as Bgra32 or Rgba32, got {pixelFormat}.", nameof(pixelFormat));
        }

        if (width <= 0 || height <= 0)
        {
            throw new ArgumentException($"Expected an image of at least one pixel, got {width}×{height}.", width <= 0 ? nameof(width) : nameof(height));
        }

        long expected = (long)width * height * 4;
        return imagePixelData.Length == expected
            ? new MLImage(width, height, pixelFormat, imagePixelData.ToArray())
            : throw new ArgumentException(
                $"Expected {expected:N0} bytes for {width}×{height} pixels of 4, got {imagePixelData.Length:N0}.", nameof(imagePixelData));
    }

    /// <summary>Writes the image into a file, replacing one of that name only when all is on disk: JPEG at quality 100 (without alpha), PNG or WebP without loss.</summary>
    /// <param name="imagePath">Its ending says the format: .jpg, .jpeg, .png or .webp.</param>
    /// <exception cref="ArgumentException">Another ending.</exception>
    public void Save(string imagePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        byte[] pixels = Alive(_pixels)!;
        string extension = Path.GetExtension(imagePath);
        ImageFormat format = extension.ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" => ImageFormat.Jpeg,
            ".PNG" => ImageFormat.Png,
            ".WEBP" => ImageFormat.WebP,
            _ => throw new ArgumentException(
                $"Expected a path that ends in .jpg, .jpeg, .png or .webp, got '{imagePath}': images are not written as '{extension}'.", nameof(imagePath)),
        };
        byte[] encoded = ImageEncoder.Encode(new BgraImage(_width, _height, Bgra(pixels)), format);
        AtomicFile.Write(imagePath, stream => stream.Write(encoded));
    }

    /// <summary>Lets the pixels go; afterwards every member but this one throws <see cref="InvalidOperationException"/>.</summary>
    public void Dispose() => _pixels = null;

    /// <summary>Another object with the same pixels and tag, to be disposed on its own.</summary>
    internal MLImage Share() => new(_width, _height, _pixelFormat, Alive(_pixels)!) { _tag = _tag };

    private static ReadOnlyMemory<byte> ReadToEnd(Stream stream, long largest)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[81920];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + count > largest)
            {
                throw new ImageFormatException("image stream", $"expected at most {largest:N0} encoded bytes, got more. Save the image smaller.");
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private byte[] Bgra(byte[] pixels)
    {
        if (_pixelFormat == MLPixelFormat.Bgra32)
        {
            return pixels;
        }

        var bgra = (byte[])pixels.Clone();
        for (int i = 0; i < bgra.Length; i += 4)
        {
            (bgra[i], bgra[i + 2]) = (bgra[i + 2], bgra[i]);
        }

        return bgra;
    }

    private T Alive<T>(T value) => _pixels is not null
        ? value
        : throw new InvalidOperationException("The image is disposed. Use it before disposing it, or keep another one.");
}
