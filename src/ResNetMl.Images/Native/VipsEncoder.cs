namespace ResNetMl.Images.Native;

/// <summary>Encodes one image with libvips, in the caller's thread.</summary>
internal static unsafe class VipsEncoder
{
    /// <param name="saver">An operation that writes to memory.</param>
    /// <param name="pixels">[H, W, RGB] or [H, W, RGBA].</param>
    /// <param name="formatName">For messages.</param>
    /// <param name="options">Further arguments of the operation.</param>
    internal static byte[] Encode(string saver, PixelBuffer pixels, string formatName, params (string Name, string Value)[] options)
    {
        LibVipsLibrary.EnsureLoaded();
        using VipsObjectHandle save = LibVips.NewOperation(saver);
        using VipsObjectHandle image = NewImage(pixels);
        if (save.IsInvalid || image.IsInvalid)
        {
            throw Refused(pixels, formatName);
        }

        using VipsObjectHandle tagged = WithInterpretation(image, pixels, formatName);
        SetImage(save, tagged);
        foreach ((string name, string value) in options)
        {
            if (LibVips.SetArgument(save, name, value) != 0)
            {
                throw Refused(pixels, formatName);
            }
        }

        try
        {
            if (LibVips.Build(save) != 0)
            {
                throw Refused(pixels, formatName);
            }

            LibVips.GValue boxed = default;
            LibVips.InitValue(&boxed, LibVips.BlobType());
            LibVips.GetProperty(save, "buffer", &boxed);
            byte* data = LibVips.GetBlob(LibVips.GetBoxed(&boxed), out nuint length);
            byte[] encoded = new ReadOnlySpan<byte>(data, checked((int)length)).ToArray();
            LibVips.UnsetValue(&boxed);
            return encoded;
        }
        finally
        {
            LibVips.UnrefOutputs(save);
        }
    }

    private static VipsObjectHandle NewImage(PixelBuffer pixels)
    {
        fixed (byte* data = pixels.Data)
        {
            return LibVips.NewImage(data, (nuint)pixels.ByteCount, pixels.Width, pixels.Height, pixels.Channels, LibVips.FormatUChar);
        }
    }

    /// <summary>Says that the bands are red, green and blue; plain memory is numbers without a meaning.</summary>
    private static VipsObjectHandle WithInterpretation(VipsObjectHandle image, PixelBuffer pixels, string formatName)
    {
        using VipsObjectHandle copy = LibVips.NewOperation("copy");
        SetImage(copy, image);
        try
        {
            if (LibVips.SetArgument(copy, "interpretation", "srgb") != 0 || LibVips.Build(copy) != 0)
            {
                throw Refused(pixels, formatName);
            }

            LibVips.GValue boxed = default;
            LibVips.InitValue(&boxed, LibVips.ImageType());
            LibVips.GetProperty(copy, "out", &boxed);
            VipsObjectHandle tagged = LibVips.DuplicateObject(&boxed);
            LibVips.UnsetValue(&boxed);
            return tagged;
        }
        finally
        {
            LibVips.UnrefOutputs(copy);
        }
    }

    private static void SetImage(VipsObjectHandle operation, VipsObjectHandle image)
    {
        LibVips.GValue boxed = default;
        LibVips.InitValue(&boxed, LibVips.ImageType());
        LibVips.SetObject(&boxed, image);
        LibVips.SetProperty(operation, "in", &boxed);
        LibVips.UnsetValue(&boxed);
    }

    private static ImageFormatException Refused(PixelBuffer pixels, string formatName) =>
        new($"{pixels.Width}×{pixels.Height} pixels", $"expected an image that {formatName} can hold, and libvips did not write it. Make it smaller or save as PNG.");
}
