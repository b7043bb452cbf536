using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>What a training is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Steps over the training examples.</summary>
    Training = 0,

    /// <summary>Scoring the validation examples after an epoch.</summary>
    Validation = 1,

    /// <summary>Sending a view of all examples through the frozen layers, to be kept; steps are images, there is no loss yet.</summary>
    Features = 2,
}

/// <summary>How far a training is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Epoch">The epoch it is in, from 1.</param>
/// <param name="Epochs">Epochs planned.</param>
/// <param name="Step">Steps, or batches of validation, done in this epoch.</param>
/// <param name="StepsPerEpoch">Of so many.</param>
/// <param name="Loss">Mean cross-entropy over the phase so far, in nats.</param>
/// <param name="Accuracy">Share answered right over the phase so far, in [0, 1].</param>
/// <param name="LearningRate">That of the last step.</param>
/// <param name="ImagesPerSecond">Over the phase so far.</param>
/// <param name="Elapsed">Since this call of <see cref="Trainer.Train"/> began training.</param>
/// <param name="Remaining">Estimate for all epochs that are left.</param>
public readonly record struct TrainingProgress(
    TrainingPhase Phase,
    int Epoch,
    int Epochs,
    int Step,
    int StepsPerEpoch,
    double Loss,
    double Accuracy,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining);

/// <summary>What a training tells while it runs; but for <see cref="Loading"/>, each is called on the training's own thread, which waits for it.</summary>
public sealed record TrainingCallbacks
{
    /// <summary>Called while images are decoded before the first step, about a hundred times, from the decoding threads.</summary>
    public Action<LoadingProgress>? Loading { get; init; }

    /// <summary>Called about ten times a second, and at the end of each phase.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Called once at the end of each epoch.</summary>
    public Action<EpochRecord>? EpochEnded { get; init; }

    /// <summary>Called with what is not as it should be but does not stop the training: each is in the result, too.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Called with the path after a checkpoint has reached the disk.</summary>
    public Action<string>? CheckpointWritten { get; init; }
}
