namespace ResNetMl.Vision;

/// <summary>One line of a learning curve.</summary>
/// <param name="Epoch">Which epoch, from 1.</param>
/// <param name="TrainingLoss">Mean cross-entropy over the epoch's steps, each before its update; nats. With label smoothing, of the smoothed labels.</param>
/// <param name="TrainingAccuracy">Share of the epoch's images answered right, each before its step's update; in [0, 1].</param>
/// <param name="ValidationLoss">Mean cross-entropy over the validation set after the epoch, without smoothing; null without a set.</param>
/// <param name="ValidationAccuracy">Top-1 accuracy over the validation set after the epoch; null without a set.</param>
/// <param name="LearningRate">That of the epoch's last step.</param>
/// <param name="Seconds">Time for the epoch, validation included, interruptions not.</param>
/// <param name="ImagesPerSecond">Training images by time spent in steps.</param>
public sealed record EpochRecord(
    int Epoch,
    double TrainingLoss,
    double TrainingAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double LearningRate,
    double Seconds,
    double ImagesPerSecond);
