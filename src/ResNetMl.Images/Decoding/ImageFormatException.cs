namespace ResNetMl.Images;

/// <summary>Bytes that are no readable image: damaged, cut short, of an unknown format, or larger than the limit.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Says which image cannot be read and why.</summary>
    /// <param name="imageName">Where the bytes came from, usually a path.</param>
    /// <param name="reason">Expected, got, and what to do next.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public ImageFormatException(string imageName, string reason, Exception? innerException = null)
        : base($"{imageName}: {reason}", innerException)
    {
        ImageName = imageName;
        Reason = reason;
    }

    /// <summary>Where the bytes came from, usually a path.</summary>
    public string ImageName { get; }

    /// <summary>The message without the image's name.</summary>
    public string Reason { get; }
}
