using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>What computes a backbone's features.</summary>
internal sealed record ExtractionOptions
{
    /// <summary>The executor.</summary>
    public required IExecutor Executor { get; init; }

    /// <summary>In what numbers it computes.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Threads that compute and decode; 0 is one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Images computed together.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Bounds on single images.</summary>
    public DecodingOptions Decoding { get; init; } = DecodingOptions.Default;
}

/// <summary>A backbone made ready: prepared images in, features out, a batch at a time. One thread at a time; prepares at the first batch.</summary>
internal sealed class FeatureExtractor(Backbone backbone, ExtractionOptions options) : IDisposable
{
    private readonly int _imageLength = (int)backbone.Definition.Inputs[0].Shape.ElementCount;
    private PreparedNetwork? _network;
    private ScoringPlan? _plan;
    private Tensor? _input;

    /// <summary>The backbone.</summary>
    public Backbone Backbone => backbone;

    /// <summary>How it is computed.</summary>
    public ExtractionOptions Options => options;

    /// <summary>Prepares an image; threads may call it at once.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="name">Where the bytes came from.</param>
    /// <returns>[1, C, H, W].</returns>
    /// <exception cref="ImageFormatException">The bytes are no whole image that can be read, or it is smaller than the crop.</exception>
    public Tensor Prepare(ReadOnlyMemory<byte> encoded, string name) =>
        backbone.Preprocessing.Apply(ImageDecoder.Decode(encoded, name, options.Decoding));

    /// <summary>Computes the features of up to a batch of images; places that are left are filled up with zeros.</summary>
    /// <param name="images">Prepared images.</param>
    /// <returns>For each image its features.</returns>
    public float[][] Compute(IReadOnlyList<Tensor> images)
    {
        _network ??= options.Executor.Prepare(
            backbone.Definition, backbone.Weights, new CompileOptions { Threads = options.Threads, Precision = options.Precision });
        _plan ??= _network.CreatePlan(options.BatchSize);
        _input ??= new Tensor(backbone.Definition.Inputs[0].Shape.With(0, options.BatchSize));
        Span<float> rows = _input.Span;
        for (int row = 0; row < images.Count; row++)
        {
            images[row].Span.CopyTo(rows[(row * _imageLength)..]);
        }

        rows[(images.Count * _imageLength)..].Clear();
        ReadOnlySpan<float> features = _plan.Run(_input).Span;
        var result = new float[images.Count][];
        for (int row = 0; row < result.Length; row++)
        {
            result[row] = features.Slice(row * backbone.FeatureCount, backbone.FeatureCount).ToArray();
        }

        return result;
    }

    public void Dispose()
    {
        _plan?.Dispose();
        _network?.Dispose();
    }
}
