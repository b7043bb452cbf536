using System.Globalization;

namespace ResNetMl.Vision;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>What <see cref="Options.MetricsCallback"/> is told: one of the two phases; a new object each time, to keep if wanted.</summary>
    public sealed class ImageClassificationMetrics
    {
        /// <summary>Which rows a number is about.</summary>
        public enum Dataset
        {
            /// <summary>Those that are learned from.</summary>
            Train,

            /// <summary>Those held out.</summary>
            Validation,
        }

        /// <summary>An epoch of the head's training; null while features are computed.</summary>
        public TrainMetrics? Train { get; init; }

        /// <summary>An image whose features are there; null while the head is trained.</summary>
        public BottleneckMetrics? Bottleneck { get; init; }

        /// <summary>The line of the phase, the same in every culture.</summary>
        public override string ToString() => Train?.ToString() ?? Bottleneck?.ToString() ?? "";
    }

    /// <summary>An image whose features are there, computed or from the cache.</summary>
    public sealed class BottleneckMetrics
    {
        /// <summary>Which rows it belongs to; rows that will be split for validation count as training rows here.</summary>
        public ImageClassificationMetrics.Dataset DatasetUsed { get; init; }

        /// <summary>How many images are done, this one included: from 1. An unreadable one counts, too.</summary>
        public int Index { get; init; }

        /// <summary>Images in all; null where the view cannot tell before it is read.</summary>
        public int? Total { get; init; }

        /// <summary>ML.NET's line.</summary>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"Phase: Bottleneck Computation, Dataset used: {DatasetUsed,10}, Image Index: {Index,3}");
    }

    /// <summary>An epoch of the training, measured on one of the datasets.</summary>
    public sealed class TrainMetrics
    {
        /// <summary>Which rows were measured.</summary>
        public ImageClassificationMetrics.Dataset DatasetUsed { get; init; }

        /// <summary>Whether this is an epoch of <see cref="Options.FineTuning"/>, whose epochs count from 0 again; else the head's on its features.</summary>
        public bool IsFineTuning { get; init; }

        /// <summary>Batches that were learned from, or for validation measured, in this epoch.</summary>
        public int BatchProcessedCount { get; init; }

        /// <summary>Batches that an epoch has.</summary>
        public int BatchesPerEpoch { get; init; }

        /// <summary>Which epoch, from 0.</summary>
        public int Epoch { get; init; }

        /// <summary>The most epochs there can be; early stopping may end before.</summary>
        public int TotalEpochs { get; init; }

        /// <summary>Share of rows answered right, in [0, 1]: in training each before its batch's update, in validation after the epoch.</summary>
        public float Accuracy { get; init; }

        /// <summary>Mean cross-entropy in nats, measured as the accuracy.</summary>
        public float CrossEntropy { get; init; }

        /// <summary>That of the epoch's last step.</summary>
        public float LearningRate { get; init; }

        /// <summary>ML.NET's line; that of validation says no learning rate.</summary>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"Phase: Training, Dataset used: {DatasetUsed,10}, Batch Processed Count: {BatchProcessedCount,3}, Epoch: {Epoch,3}, Accuracy: {Accuracy,10}, " +
            $"Cross-Entropy: {CrossEntropy,10}") +
            (DatasetUsed == ImageClassificationMetrics.Dataset.Train
                ? string.Create(CultureInfo.InvariantCulture, $", Learning Rate: {LearningRate,10}")
                : "");
    }
}
