using System.Diagnostics;
using System.Numerics;
using System.Runtime.ExceptionServices;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A model made ready by an executor. Any number of threads may share one: they decode side by side and take turns in computing.</summary>
/// <remarks>The weights are prepared once, and neither buffers nor computing threads grow with the number of callers.</remarks>
public sealed class Predictor : IImageClassifier
{
    private readonly NetworkScorer _scorer;
    private readonly PredictorOptions _options;
    private volatile bool _isDisposed;

    internal Predictor(Model model, IExecutor executor, PredictorOptions options)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.CombinedBatchSize, nameof(options));
        Model = model;
        _options = options;
        PreparedNetwork network = executor.Prepare(
            model.Definition, model.Weights, new CompileOptions { Threads = options.Threads, Precision = options.Precision });
        _scorer = new NetworkScorer(
            network, model.Definition.Inputs[0].Shape, options.Threads, options.CombinesConcurrentCalls ? options.CombinedBatchSize : 1);
    }

    /// <summary>The model that answers.</summary>
    public Model Model { get; }

    /// <summary>Calls whose images are prepared and wait for their turn.</summary>
    internal int WaitingCalls => _scorer.WaitingCalls;

    internal bool IsDisposed => _scorer.IsDisposed;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => Model.Labels;

    /// <summary>Scores an encoded image.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="name">Where the bytes came from, for messages.</param>
    /// <exception cref="ImageFormatException">The bytes are no whole image that can be read.</exception>
    public Prediction Predict(ReadOnlyMemory<byte> encoded, string name = "image") =>
        Predict(ImageDecoder.Decode(encoded, name, _options.Decoding), name);

    /// <summary>Scores an image file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageFormatException">The file cannot be read or is no whole image.</exception>
    public Prediction PredictFile(string path) => Predict(ImageDecoder.DecodeFile(path, _options.Decoding), path);

    /// <summary>Scores a decoded image.</summary>
    /// <param name="image">The pixels; the model's preprocessing is applied here.</param>
    /// <param name="name">Where the image came from, for messages.</param>
    /// <exception cref="ImageFormatException">The image is smaller than the preprocessing's crop.</exception>
    public Prediction Predict(RgbImage image, string name = "image")
    {
        ArgumentNullException.ThrowIfNull(image);
        return ToPrediction(_scorer.Score(Prepare(image, name)));
    }

    /// <summary>Scores images together, which takes less time than one by one.</summary>
    /// <param name="images">Any number of them.</param>
    /// <returns>A prediction for each, in their order.</returns>
    /// <exception cref="ImageFormatException">An image is smaller than the preprocessing's crop.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var predictions = new List<Prediction>(images.Count);
        int batchSize = BatchSizeFor(images.Count);
        for (int first = 0; first < images.Count; first += _options.BatchSize)
        {
            Tensor[] inputs = [.. images.Skip(first).Take(_options.BatchSize).Select((image, i) => Prepare(image, $"image {first + i}"))];
            predictions.AddRange(RunBatch(inputs, batchSize));
        }

        return predictions;
    }

    /// <summary>Scores encoded images together, decoding them on several threads.</summary>
    /// <param name="encoded">The whole files.</param>
    /// <param name="nameOf">Where the bytes of an index came from, for messages.</param>
    /// <returns>For each, in their order, a prediction, or why the bytes are no whole image that can be read.</returns>
    internal IReadOnlyList<(Prediction? Prediction, BadImage? Bad)> PredictEncoded(IReadOnlyList<ReadOnlyMemory<byte>> encoded, Func<int, string> nameOf)
    {
        var inputs = new Prepared[encoded.Count];
        if (encoded.Count == 1)
        {
            inputs[0] = PrepareEncoded(encoded[0], nameOf(0));
            return [inputs[0].Input is { } single ? (ToPrediction(_scorer.Score(single)), null) : (null, inputs[0].Bad)];
        }

        DecodeInParallel(inputs, CancellationToken.None, i => PrepareEncoded(encoded[i], nameOf(i)));
        Tensor[] readable = [.. inputs.Select(input => input.Input).OfType<Tensor>()];
        int batchSize = BatchSizeFor(readable.Length);
        var predictions = new Queue<Prediction>(readable.Chunk(_options.BatchSize).SelectMany(chunk => RunBatch(chunk, batchSize)));
        return [.. inputs.Select(input => input.Input is null ? (null, input.Bad) : ((Prediction?)predictions.Dequeue(), (BadImage?)null))];
    }

    /// <summary>Scores all examples of a source in their order, decoding some while others are computed; memory does not grow with their number.</summary>
    /// <param name="source">The examples; for a comparison with their labels, first bring them into the model's order (WithLabels).</param>
    /// <param name="progress">Told after each batch, on the calling thread.</param>
    /// <param name="token">Ends the scoring.</param>
    /// <returns>One entry an example; an unreadable image has its reason instead of a prediction and takes part in no other's.</returns>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public IEnumerable<ScoredExample> Score(
        IExampleSource source, Action<ScoringProgress>? progress = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ScoreInOrder(source, progress, token);
    }

    /// <summary>Frees the buffers and the prepared weights once the runs in progress are done; calls that still wait for theirs fail.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _scorer.Dispose();
    }

    private IEnumerable<ScoredExample> ScoreInOrder(
        IExampleSource source, Action<ScoringProgress>? progress, CancellationToken token)
    {
        long start = Stopwatch.GetTimestamp();
        int bad = 0;
        int batchSize = BatchSizeFor(source.Count);
        Task<Prepared[]> next = PrepareAsync(source, 0, token);
        for (int first = 0; first < source.Count;)
        {
            Prepared[] prepared = next.GetAwaiter().GetResult();
            int after = first + prepared.Length;
            next = after < source.Count ? PrepareAsync(source, after, token) : next;
            token.ThrowIfCancellationRequested();
            using IEnumerator<Prediction> predictions =
                RunBatch([.. prepared.Where(image => image.Input is not null).Select(image => image.Input!)], batchSize).GetEnumerator();
            var scored = new ScoredExample[prepared.Length];
            for (int i = 0; i < prepared.Length; i++)
            {
                bool isReadable = prepared[i].Input is not null && predictions.MoveNext();
                bad += isReadable ? 0 : 1;
                scored[i] = new ScoredExample(
                    first + i, source.GetPath(first + i), source.GetLabelIndex(first + i), isReadable ? predictions.Current : null, prepared[i].Bad);
            }

            first = after;
            double rate = first / Stopwatch.GetElapsedTime(start).TotalSeconds;
            progress?.Invoke(new ScoringProgress(first, source.Count, bad, rate, TimeSpan.FromSeconds((source.Count - first) / rate)));
            foreach (ScoredExample example in scored)
            {
                yield return example;
            }
        }
    }

    private Task<Prepared[]> PrepareAsync(IExampleSource source, int first, CancellationToken token) => Task.Run(
        () =>
        {
            var prepared = new Prepared[Math.Min(_options.BatchSize, source.Count - first)];
            DecodeInParallel(prepared, token, i => PrepareOne(source, first + i));
            return prepared;
        },
        token);

    private void DecodeInParallel(Prepared[] prepared, CancellationToken token, Func<int, Prepared> prepare)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount,
            CancellationToken = token,
        };
        try
        {
            Parallel.For(0, prepared.Length, parallel, i => prepared[i] = prepare(i));
        }
        catch (AggregateException exception)
        {
            // Bad images are caught one by one; what is left ends the scoring, whatever thread it came from.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private Prepared PrepareOne(IExampleSource source, int index)
    {
        try
        {
            Example example = source.Get(index);
            return new Prepared(Prepare(example.Decode(_options.Decoding), example.Path), Bad: null);
        }
        catch (ImageFormatException exception)
        {
            return new Prepared(Input: null, new BadImage(source.GetPath(index), exception.Reason));
        }
    }

    private Prepared PrepareEncoded(ReadOnlyMemory<byte> encoded, string name)
    {
        try
        {
            return new Prepared(Prepare(ImageDecoder.Decode(encoded, name, _options.Decoding), name), Bad: null);
        }
        catch (ImageFormatException exception)
        {
            return new Prepared(Input: null, new BadImage(name, exception.Reason));
        }
    }

    private Tensor Prepare(RgbImage image, string name)
    {
        try
        {
            return Model.Preprocessing.Apply(image);
        }
        catch (ImageFormatException exception) when (exception.ImageName != name)
        {
            throw new ImageFormatException(name, exception.Reason, exception);
        }
    }

    private IEnumerable<Prediction> RunBatch(Tensor[] inputs, int batchSize) =>
        inputs.Length == 0 ? [] : _scorer.Score(inputs, batchSize).Select(logits => ToPrediction(logits));

    private Prediction ToPrediction(ReadOnlySpan<float> logits)
    {
        var probabilities = new float[logits.Length];
        SoftmaxCrossEntropy.Softmax(logits, logits.Length, probabilities);
        return new Prediction(probabilities, Model.Labels);
    }

    /// <summary>Few images do not pay for a whole batch. Powers of two keep the number of plans small; the last batch of many is filled up with zeros.</summary>
    private int BatchSizeFor(int images) => (int)Math.Min((uint)_options.BatchSize, BitOperations.RoundUpToPowerOf2((uint)Math.Max(images, 1)));

    private readonly record struct Prepared(Tensor? Input, BadImage? Bad);
}
