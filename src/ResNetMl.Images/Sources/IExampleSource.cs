namespace ResNetMl.Images;

/// <summary>Where labelled images come from. Reading is done per example, by many threads at once.</summary>
public interface IExampleSource : IDisposable
{
    /// <summary>Where the examples come from, for messages; usually a path.</summary>
    string Name { get; }

    /// <summary>Number of examples.</summary>
    int Count { get; }

    /// <summary>Class names; a label index is a position in this list. In ordinal order unless the source fixes another.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Images that were found but belong to no label, and files under labels that are no images: reported, never used.</summary>
    IReadOnlyList<BadImage> LeftOut { get; }

    /// <summary>The class of an example, without reading the image.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <returns>Index into <see cref="Labels"/>.</returns>
    int GetLabelIndex(int index);

    /// <summary>The name of an example in messages and reports: a path, a path in a zip, or a file and position.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    string GetPath(int index);

    /// <summary>Reads an example.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ImageFormatException">The image cannot be read; other examples can.</exception>
    Example Get(int index);
}

/// <summary>One labelled image as its source holds it: encoded, or already pixels.</summary>
public sealed class Example
{
    /// <summary>An example whose image is an encoded file.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="labelIndex">Index into the source's labels.</param>
    /// <param name="path">Its name in messages.</param>
    public Example(ReadOnlyMemory<byte> encoded, int labelIndex, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Encoded = encoded;
        LabelIndex = labelIndex;
        Path = path;
    }

    /// <summary>An example whose image needs no decoding.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="labelIndex">Index into the source's labels.</param>
    /// <param name="path">Its name in messages.</param>
    public Example(RgbImage pixels, int labelIndex, string path)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(path);
        Pixels = pixels;
        LabelIndex = labelIndex;
        Path = path;
    }

    /// <summary>The encoded file; null where <see cref="Pixels"/> is given.</summary>
    public ReadOnlyMemory<byte>? Encoded { get; }

    /// <summary>The image; null where <see cref="Encoded"/> is given.</summary>
    public RgbImage? Pixels { get; }

    /// <summary>Index into the source's labels.</summary>
    public int LabelIndex { get; }

    /// <summary>Its name in messages.</summary>
    public string Path { get; }

    /// <summary>The image, decoded if it is not yet.</summary>
    /// <param name="options">Bounds; null for <see cref="DecodingOptions.Default"/>.</param>
    /// <exception cref="ImageFormatException">The encoded bytes are no whole image, or it is larger than the limit.</exception>
    public RgbImage Decode(DecodingOptions? options = null) => Pixels ?? ImageDecoder.Decode(Encoded!.Value, Path, options);
}

/// <summary>A dataset that cannot be used as it is: not found, empty, ambiguous or badly written.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Says where, expected, got and what to do next.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public DatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
