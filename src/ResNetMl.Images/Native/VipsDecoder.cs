using System.Buffers;

namespace ResNetMl.Images.Native;

/// <summary>Decodes one image with libvips, in the caller's thread.</summary>
internal static unsafe class VipsDecoder
{
    // Rows fetched at a time: a multiple of JPEG's 8- and 16-row blocks, small enough to stay in the cache.
    private const int StripRows = 64;

    // libvips keeps one error text for the process. Decoders share the gate; one that failed takes it alone and
    // decodes again, so that the text it reads is its own.
    private static readonly ReaderWriterLockSlim ErrorGate = new();

    internal static ImageHeader ReadHeader(ImageFormat format, ReadOnlyMemory<byte> encoded, string name) =>
        WithOwnErrors(format, name, failOn =>
        {
            using MemoryHandle pinned = encoded.Pin();
            using VipsObjectHandle? image = Open(format, failOn, (byte*)pinned.Pointer, encoded.Length);
            return image is null ? null : HeaderOf(format, image);
        });

    internal static RgbImage Decode(ImageFormat format, ReadOnlyMemory<byte> encoded, string name, DecodingOptions options)
    {
        PixelBuffer pixels = Decode(format, encoded, name, options, RgbImage.Channels);
        return new RgbImage(pixels.Width, pixels.Height, pixels.Data);
    }

    internal static BgraImage DecodeWithAlpha(ImageFormat format, ReadOnlyMemory<byte> encoded, string name, DecodingOptions options)
    {
        PixelBuffer pixels = Decode(format, encoded, name, options, BgraImage.Channels);
        return new BgraImage(pixels.Width, pixels.Height, pixels.Data);
    }

    private static PixelBuffer Decode(ImageFormat format, ReadOnlyMemory<byte> encoded, string name, DecodingOptions options, int channels) =>
        WithOwnErrors(format, name, failOn =>
        {
            using MemoryHandle pinned = encoded.Pin();
            using VipsObjectHandle? image = Open(format, failOn, (byte*)pinned.Pointer, encoded.Length);
            if (image is null)
            {
                return null;
            }

            ImageHeader header = HeaderOf(format, image);
            PixelLimit.Check(name, header.Width, header.Height, options);
            if (LibVips.GetInterpretation(image) != LibVips.InterpretationCmyk)
            {
                return ReadPixels(image, header, name, channels);
            }

            // The only use of ICC profiles: ink amounts have no colour without one. libvips takes the embedded profile, else its own.
            using VipsObjectHandle? converted = CmykToRgb(image);
            return converted is null ? null : ReadPixels(converted, header, name, channels);
        }).Pixels;

    /// <summary>Runs an attempt, which gives null when libvips refuses; then says why.</summary>
    private static T WithOwnErrors<T>(ImageFormat format, string name, Func<string, T?> attempt)
        where T : class
    {
        LibVipsLibrary.EnsureLoaded();

        // libjpeg goes on after most damage with a warning and wrong pixels, so its warnings count; elsewhere they are about harmless oddities.
        // Less than "error" lets cut-short files decode to grey and wrong checksums pass.
        string failOn = format == ImageFormat.Jpeg ? "warning" : "error";
        ErrorGate.EnterReadLock();
        try
        {
            if (attempt(failOn) is { } result)
            {
                return result;
            }
        }
        finally
        {
            ErrorGate.ExitReadLock();
        }

        ErrorGate.EnterWriteLock();
        try
        {
            LibVips.ClearErrors();
            if (attempt(failOn) is { } result)
            {
                return result;
            }

            string[] reasons = TakeReasons();
            if (reasons.Length > 0 && Array.TrueForAll(reasons, JpegWarning.IsHarmless) && attempt("error") is { } whole)
            {
                return whole;
            }

            throw new ImageFormatException(
                name,
                $"expected a whole {NameOf(format)} image, got a damaged one ({(reasons.Length == 0 ? "no reason given" : string.Join("; ", reasons))}). " +
                "Replace the file or leave it out.");
        }
        finally
        {
            ErrorGate.ExitWriteLock();
        }
    }

    private static string[] TakeReasons()
    {
        using GlibMemoryHandle errors = LibVips.TakeErrors();
        return [.. errors.AsText().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
    }

    private static string NameOf(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "JPEG",
        ImageFormat.Png => "PNG",
        ImageFormat.WebP => "WebP",
        ImageFormat.Gif => "GIF",
        _ => "TIFF",
    };

    private static string LoaderOf(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpegload_buffer",
        ImageFormat.Png => "pngload_buffer",
        ImageFormat.WebP => "webpload_buffer",
        ImageFormat.Gif => "gifload_buffer",
        ImageFormat.Tiff => "tiffload_buffer",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "libvips does not read this format."),
    };

    /// <summary>Reads the header; null when libvips refuses it. No pixel is decoded yet.</summary>
    private static VipsObjectHandle? Open(ImageFormat format, string failOn, byte* data, int length)
    {
        using VipsObjectHandle load = LibVips.NewOperation(LoaderOf(format));
        if (load.IsInvalid)
        {
            return null;
        }

        using VipsBlobHandle blob = LibVips.NewBlob(0, data, (nuint)length);
        LibVips.GValue boxed = default;
        LibVips.InitValue(&boxed, LibVips.BlobType());
        LibVips.SetBoxed(&boxed, blob);
        LibVips.SetProperty(load, "buffer", &boxed);
        LibVips.UnsetValue(&boxed);

        return LibVips.SetArgument(load, "access", "sequential") == 0 && LibVips.SetArgument(load, "fail_on", failOn) == 0
            ? Run(load)
            : null;
    }

    private static VipsObjectHandle? CmykToRgb(VipsObjectHandle image)
    {
        using VipsObjectHandle convert = LibVips.NewOperation("colourspace");
        if (convert.IsInvalid)
        {
            return null;
        }

        LibVips.GValue boxed = default;
        LibVips.InitValue(&boxed, LibVips.ImageType());
        LibVips.SetObject(&boxed, image);
        LibVips.SetProperty(convert, "in", &boxed);
        LibVips.UnsetValue(&boxed);
        return LibVips.SetArgument(convert, "space", "srgb") == 0 ? Run(convert) : null;
    }

    private static VipsObjectHandle? Run(VipsObjectHandle operation)
    {
        try
        {
            if (LibVips.Build(operation) != 0)
            {
                return null;
            }

            LibVips.GValue boxed = default;
            LibVips.InitValue(&boxed, LibVips.ImageType());
            LibVips.GetProperty(operation, "out", &boxed);
            VipsObjectHandle image = LibVips.DuplicateObject(&boxed);
            LibVips.UnsetValue(&boxed);
            return image;
        }
        finally
        {
            LibVips.UnrefOutputs(operation);
        }
    }

    private static ImageHeader HeaderOf(ImageFormat format, VipsObjectHandle image) =>
        new(format, LibVips.GetWidth(image), LibVips.GetHeight(image), LibVips.GetOrientation(image));

    private static DecodedPixels? ReadPixels(VipsObjectHandle image, ImageHeader header, string name, int channels)
    {
        int bands = LibVips.GetBands(image);
        int format = LibVips.GetFormat(image);
        int bytesPerSample = format switch
        {
            LibVips.FormatUChar => 1,
            LibVips.FormatUShort => 2,
            _ => throw new ImageFormatException(
                name, "expected 8 or 16 bits per channel without sign, got another number format. Convert the image to 8 bits per channel."),
        };
        if (bands is < 1 or > 4)
        {
            throw new ImageFormatException(name, $"expected 1 to 4 channels (grey, grey and alpha, RGB, RGB and alpha), got {bands}. Convert the image to RGB.");
        }

        int width = header.Width;
        int rowBytes = checked(width * bands * bytesPerSample);
        var pixels = new byte[width * header.Height * channels];
        using VipsObjectHandle region = LibVips.NewRegion(image);
        for (int top = 0; top < header.Height; top += StripRows)
        {
            int rows = Math.Min(StripRows, header.Height - top);
            using GlibMemoryHandle strip = LibVips.FetchRegion(region, 0, top, width, rows, out nuint length);
            if (strip.IsInvalid)
            {
                return null;
            }

            ReadOnlySpan<byte> samples = strip.AsSpan(checked((int)length))[..(rows * rowBytes)];
            Span<byte> target = pixels.AsSpan(top * width * channels, rows * width * channels);
            if (channels == RgbImage.Channels)
            {
                PixelConversion.ToRgb(samples, bands, bytesPerSample, target);
            }
            else
            {
                PixelConversion.ToBgra(samples, bands, bytesPerSample, target);
            }
        }

        return new DecodedPixels(Orientation.Apply(new PixelBuffer(pixels, width, header.Height, channels), header.Orientation));
    }

    /// <summary>An attempt's result, which is null where it failed.</summary>
    private sealed record DecodedPixels(PixelBuffer Pixels);
}
