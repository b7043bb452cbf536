using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Where a training's batches come from, and those of its validation: images, or what the fixed part makes of them, kept where there is room.</summary>
internal sealed class TrainingInputs : IDisposable
{
    private readonly FixedPart? _fixed;

    internal TrainingInputs(
        LearnedPart learned,
        StateDictionary initialWeights,
        DecodedExamples training,
        DecodedExamples? validation,
        TrainerOptions options,
        Action<int, int> progress)
    {
        int batchSize = Math.Min(options.BatchSize, training.Count);
        if (learned.Split is { } split)
        {
            var compile = new CompileOptions { Threads = options.Threads, Precision = options.Precision };
            _fixed = new FixedPart(split, initialWeights, options.Backend, compile, batchSize);
        }

        BatchLoaderOptions order = BatchLoaderOptions.Training(batchSize, options.Augmentations, options.Seed) with { Views = options.AugmentedViews };
        long left = options.FeatureCacheBytes;
        Training = Source(training, order, ref left, progress);

        // Of the same batch size, so that one plan of the fixed part serves both; a smaller set fills up with padding.
        Validation = validation is null
            ? null
            : Source(
                validation,
                BatchLoaderOptions.Evaluation(_fixed is null ? Math.Min(batchSize, validation.Count) : batchSize, LastBatch.Padded),
                ref left,
                progress);
    }

    /// <summary>Shuffled, augmented, whole batches alone.</summary>
    internal BatchSource Training { get; }

    /// <summary>Every validation example once, in order; null without any.</summary>
    internal BatchSource? Validation { get; }

    public void Dispose()
    {
        Training.Dispose();
        Validation?.Dispose();
        _fixed?.Dispose();
    }

    private BatchSource Source(DecodedExamples examples, BatchLoaderOptions order, ref long bytesLeft, Action<int, int> progress)
    {
        if (_fixed is null)
        {
            return new ImageBatches(new BatchLoader(examples, order));
        }

        long bytes = CachedBatches.BytesFor(examples.Count, order, _fixed.Values.Select(value => value.Shape));
        if (bytes > bytesLeft)
        {
            return new FixedPartBatches(new BatchLoader(examples, order), _fixed);
        }

        bytesLeft -= bytes;
        return new CachedBatches(examples, order, _fixed, progress);
    }
}
