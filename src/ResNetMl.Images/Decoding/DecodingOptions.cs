namespace ResNetMl.Images;

/// <summary>Bounds on what a decoder accepts: images from elsewhere are untrusted.</summary>
public sealed record DecodingOptions
{
    /// <summary>100 megapixels, EXIF orientation applied.</summary>
    public static DecodingOptions Default { get; } = new();

    /// <summary>Largest width · height that is decoded; checked against the header before memory is taken. Default 100,000,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or more than 715,827,875 (the most that one array of RGB bytes can hold).</exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength / RgbImage.Channels);
            field = value;
        }
    }
    = 100_000_000;

    /// <summary>Largest encoded file that is read, in bytes. Default 512 MiB.</summary>
    public long MaxEncodedBytes { get; init; } = 512L << 20;
}
