using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ResNetMl.Images;

/// <summary>The readable examples of a source, decoded to the 8-bit pixels that a preprocessing asks for, and a list of the unreadable ones.</summary>
/// <remarks>
/// Made by one pass that opens every image, so a bad one is known before training starts. Positions count readable examples only, in the
/// source's order. The source must stay open as long as this is used; many threads may read at once.
/// </remarks>
public sealed class DecodedExamples
{
    private readonly IExampleSource _source;
    private readonly LoadingOptions _options;
    private readonly int[] _sourceIndices;
    private readonly PixelBuffer?[] _pixels;
    private readonly int[] _labelIndices;

    private DecodedExamples(
        IExampleSource source, Preprocessing preprocessing, LoadingOptions options, ImageSize outputSize, int[] sourceIndices, PixelBuffer?[] pixels, BadImage[] badImages)
    {
        _source = source;
        _options = options;
        _sourceIndices = sourceIndices;
        _pixels = pixels;
        _labelIndices = [.. sourceIndices.Select(source.GetLabelIndex)];
        Preprocessing = preprocessing;
        OutputSize = outputSize;
        BadImages = badImages;
    }

    /// <summary>What the images were prepared by.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Rows and columns that the network is fed.</summary>
    public ImageSize OutputSize { get; }

    /// <summary>Number of readable examples.</summary>
    public int Count => _sourceIndices.Length;

    /// <summary>Class names; a label index is a position in this list.</summary>
    public IReadOnlyList<string> Labels => _source.Labels;

    /// <summary>Examples that cannot be used, in the source's order.</summary>
    public IReadOnlyList<BadImage> BadImages { get; }

    /// <summary>Whether all pixels are held in memory; else some are decoded again each time.</summary>
    public bool AllInMemory => Array.TrueForAll(_pixels, pixels => pixels is not null);

    /// <summary>Bytes of pixels held in memory.</summary>
    public long BytesInMemory => _pixels.Sum(pixels => (long)(pixels?.ByteCount ?? 0));

    /// <summary>Whether images are held before the crop.</summary>
    internal bool KeepsUncropped => _options.KeepUncropped;

    /// <summary>Decodes every image of a source on several threads; the result does not depend on how many.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="preprocessing">Resize, crop and channel order are applied now, normalising later.</param>
    /// <param name="options">Threads, memory and what a bad image does; null for <see cref="LoadingOptions.Default"/>.</param>
    /// <param name="progress">Told about once in a hundredth of the images, from the decoding threads.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <exception cref="DatasetException">No image can be read.</exception>
    /// <exception cref="ImageFormatException">An image is bad and <see cref="LoadingOptions.Strict"/> is set; of several, the first in the source.</exception>
    /// <exception cref="OperationCanceledException">The pass was stopped.</exception>
    public static DecodedExamples Load(
        IExampleSource source,
        Preprocessing preprocessing,
        LoadingOptions? options = null,
        IProgress<LoadingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(preprocessing);
        options ??= LoadingOptions.Default;
        var pixels = new PixelBuffer?[source.Count];
        var sizes = new ImageSize?[source.Count];
        var bad = new ConcurrentDictionary<int, ImageFormatException>();
        DecodeAll(source, preprocessing, options, pixels, sizes, bad, progress, cancellationToken);

        ImageSize? outputSize = preprocessing.OutputSize ?? sizes.FirstOrDefault(size => size is not null);
        if (preprocessing.OutputSize is null && outputSize is not null)
        {
            RefuseOtherSizes(source, sizes, outputSize, bad);
        }

        if (options.Strict && !bad.IsEmpty)
        {
            throw bad.MinBy(entry => entry.Key).Value;
        }

        int[] good = [.. Enumerable.Range(0, source.Count).Where(index => !bad.ContainsKey(index))];
        BadImage[] badImages = [.. bad.OrderBy(entry => entry.Key).Select(entry => new BadImage(source.GetPath(entry.Key), entry.Value.Reason))];
        if (outputSize is null || good.Length == 0)
        {
            throw new DatasetException(
                $"{source.Name}: expected at least one image that can be read, got none of {source.Count:N0}. The first: {badImages.FirstOrDefault()}");
        }

        return new DecodedExamples(source, preprocessing, options, outputSize, good, [.. good.Select(index => pixels[index])], badImages);
    }

    /// <summary>The class of an example.</summary>
    /// <param name="position">From 0 to <see cref="Count"/> − 1.</param>
    /// <returns>Index into <see cref="Labels"/>.</returns>
    public int GetLabelIndex(int position) => _labelIndices[position];

    /// <summary>The name of an example in messages and reports.</summary>
    /// <param name="position">From 0 to <see cref="Count"/> − 1.</param>
    public string GetPath(int position) => _source.GetPath(_sourceIndices[position]);

    /// <summary>The index of an example in its source.</summary>
    /// <param name="position">From 0 to <see cref="Count"/> − 1.</param>
    public int GetSourceIndex(int position) => _sourceIndices[position];

    /// <summary>The pixels of an example, from memory or decoded anew; not to be written to.</summary>
    internal PixelBuffer GetPixels(int position, PixelPipeline pipeline) =>
        _pixels[position] ?? Decode(_source, _sourceIndices[position], pipeline, _options);

    private static PixelBuffer Decode(IExampleSource source, int index, PixelPipeline pipeline, LoadingOptions options)
    {
        Example example = source.Get(index);
        RgbImage image = example.Decode(options.Decoding);
        return options.KeepUncropped ? pipeline.PrepareUncropped(image, example.Path) : pipeline.Prepare(image, example.Path);
    }

    private static void DecodeAll(
        IExampleSource source,
        Preprocessing preprocessing,
        LoadingOptions options,
        PixelBuffer?[] pixels,
        ImageSize?[] sizes,
        ConcurrentDictionary<int, ImageFormatException> bad,
        IProgress<LoadingProgress>? progress,
        CancellationToken cancellationToken)
    {
        int done = 0;
        long bytes = 0;
        int every = Math.Max(1, source.Count / 100);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, source.Count, parallel, () => new PixelPipeline(preprocessing), DecodeOne, _ => { });
        }
        catch (AggregateException exception)
        {
            // Bad images are caught one by one; what is left ends the pass whatever thread it came from.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        PixelPipeline DecodeOne(int index, ParallelLoopState loop, PixelPipeline pipeline)
        {
            try
            {
                PixelBuffer decoded = Decode(source, index, pipeline, options);
                sizes[index] = new ImageSize(decoded.Height, decoded.Width);
                if (Interlocked.Add(ref bytes, decoded.ByteCount) <= options.MemoryBudgetBytes)
                {
                    pixels[index] = decoded;
                }
                else
                {
                    Interlocked.Add(ref bytes, -decoded.ByteCount);
                }
            }
            catch (ImageFormatException exception)
            {
                bad[index] = exception;
                if (options.Strict)
                {
                    // Break still runs all earlier images, so that the one reported is the first on any number of threads.
                    loop.Break();
                }
            }

            int now = Interlocked.Increment(ref done);
            if (now % every == 0 || now == source.Count)
            {
                progress?.Report(new LoadingProgress(now, source.Count, bad.Count));
            }

            return pipeline;
        }
    }

    /// <summary>Without a resize or crop all images must be of one size: the first readable one's.</summary>
    private static void RefuseOtherSizes(
        IExampleSource source, ImageSize?[] sizes, ImageSize expected, ConcurrentDictionary<int, ImageFormatException> bad)
    {
        for (int index = 0; index < sizes.Length; index++)
        {
            if (sizes[index] is { } size && size != expected)
            {
                bad[index] = new ImageFormatException(
                    source.GetPath(index),
                    $"expected {expected} pixels like the first image, because this preprocessing neither resizes nor crops, got {size}. " +
                    "Use a preprocessing with a size, or leave it out.");
            }
        }
    }
}
