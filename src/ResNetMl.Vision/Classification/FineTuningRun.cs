using ResNetMl.Engine;
using ResNetMl.Runtime;
using Dataset = ResNetMl.Vision.ImageClassificationTrainer.ImageClassificationMetrics.Dataset;

namespace ResNetMl.Vision;

/// <summary>Goes on from a trained head with <see cref="Trainer"/>.</summary>
internal sealed class FineTuningRun(ImageClassificationTrainer.Options options, ScoringOptions scoring, ulong seed)
{
    /// <summary>Told after each epoch, of training and of validation rows.</summary>
    public required Action<ImageClassificationTrainer.TrainMetrics> Measured { get; init; }

    public required Action<ChannelMessageKind, string> Report { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="fineTuning">What is trained.</param>
    /// <param name="network">Backbone, scaling and head.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="head">The trained head of scaled features.</param>
    /// <param name="scaling">The scaling.</param>
    /// <param name="training">Images to learn from.</param>
    /// <param name="validation">Images held out; null for none.</param>
    /// <returns>The trained weights of the scaled network, and how it went.</returns>
    /// <exception cref="OperationCanceledException">The options' token ended it.</exception>
    public TrainingResult Run(
        FineTuning fineTuning, HeadedNetwork network, Backbone backbone, SoftmaxHead head, FeatureScaling scaling, SpooledExamples training, SpooledExamples? validation)
    {
        IReadOnlyList<string> trained = fineTuning.TrainedNodes(backbone.Definition);
        var trainerOptions = new TrainerOptions
        {
            Preprocessing = backbone.Preprocessing,
            Backend = (scoring.EffectiveExecutor as BackendExecutor)?.Backend ?? Backends.Default,
            Seed = seed,
            Epochs = fineTuning.Epochs,
            BatchSize = Math.Min(fineTuning.BatchSize, training.Count),
            Optimizer = options.Optimizer ?? new SgdOptions { WeightDecay = 1e-4 },
            Schedule = fineTuning.Schedule ?? new OneCycleSchedule(fineTuning.LearningRate),
            Augmentations = options.Augmentations,
            LabelSmoothing = options.LabelSmoothing,
            ClassWeights = options.ClassWeights,
            Mixup = options.Mixup,
            TrainedLayers = LayerSelection.ByName([.. trained, network.Head]),
            LearningRateFactors = trained.Count == 0 ? [] : [new LearningRateFactor(LayerSelection.ByName(trained), fineTuning.BackboneLearningRateFactor)],
            FreezesBatchNorm = fineTuning.FreezesBatchNorm,
            AugmentedViews = fineTuning.AugmentedViews,
            ValidationFraction = 0,
            KeepsBestWeights = validation is not null,
            Threads = scoring.Predictor.Threads,
            Precision = options.Precision,
        };
        var callbacks = new TrainingCallbacks
        {
            EpochEnded = epoch => Tell(epoch, fineTuning, training.Count, validation?.Count ?? 0),
            Warning = message => Report(ChannelMessageKind.Warning, message),
        };
        TrainingResult result = new Trainer(trainerOptions, callbacks)
            .Train(network.Scaled, training, validation, network.ScaledWeights(head, scaling), options.CancellationToken);

        // The trainer keeps what a cancelled training learned; a fit that was told to end gives nothing out.
        options.CancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private void Tell(EpochRecord epoch, FineTuning fineTuning, int trained, int held)
    {
        if (options.TestOnTrainSet)
        {
            Measured(Metrics(Dataset.Train, epoch, fineTuning, trained / Math.Min(fineTuning.BatchSize, trained), epoch.TrainingAccuracy, epoch.TrainingLoss));
        }

        if (epoch is { ValidationAccuracy: { } accuracy, ValidationLoss: { } loss })
        {
            Measured(Metrics(Dataset.Validation, epoch, fineTuning, (held + fineTuning.BatchSize - 1) / fineTuning.BatchSize, accuracy, loss));
        }
    }

    private static ImageClassificationTrainer.TrainMetrics Metrics(
        Dataset dataset, EpochRecord epoch, FineTuning fineTuning, int batches, double accuracy, double loss) => new()
    {
        DatasetUsed = dataset,
        IsFineTuning = true,
        BatchProcessedCount = batches,
        BatchesPerEpoch = batches,
        Epoch = epoch.Epoch - 1,
        TotalEpochs = fineTuning.Epochs,
        Accuracy = (float)accuracy,
        CrossEntropy = (float)loss,
        LearningRate = (float)epoch.LearningRate,
    };
}
