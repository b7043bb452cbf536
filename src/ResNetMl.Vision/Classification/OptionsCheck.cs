using System.Globalization;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>Refuses options out of range, when the trainer is made.</summary>
internal static class OptionsCheck
{
    internal static void Check(ImageClassificationTrainer.Options options)
    {
        Require(!string.IsNullOrEmpty(options.LabelColumnName), nameof(options.LabelColumnName), options.LabelColumnName, "the name of a column");
        Require(!string.IsNullOrEmpty(options.FeatureColumnName), nameof(options.FeatureColumnName), options.FeatureColumnName, "the name of a column");
        Require(!string.IsNullOrEmpty(options.ScoreColumnName), nameof(options.ScoreColumnName), options.ScoreColumnName, "the name of a column");
        Require(
            !string.IsNullOrEmpty(options.PredictedLabelColumnName) && options.PredictedLabelColumnName != options.ScoreColumnName,
            nameof(options.PredictedLabelColumnName), options.PredictedLabelColumnName, "the name of a column, other than the score's");
        Require(options.BatchSize >= 1, nameof(options.BatchSize), options.BatchSize, "≥ 1");
        Require(options.Epoch >= 1, nameof(options.Epoch), options.Epoch, "≥ 1");
        Require(options.BackboneBatchSize >= 1, nameof(options.BackboneBatchSize), options.BackboneBatchSize, "≥ 1");
        Require(float.IsFinite(options.LearningRate) && options.LearningRate > 0, nameof(options.LearningRate), options.LearningRate, "> 0");
        Require(
            options.ValidationSetFraction is null or (>= 0 and < 1), nameof(options.ValidationSetFraction), options.ValidationSetFraction, "in [0, 1), or null");
        Require(options.LabelSmoothing is >= 0 and < 1, nameof(options.LabelSmoothing), options.LabelSmoothing, "in [0, 1)");
        Require(options.Mixup >= 0 && double.IsFinite(options.Mixup), nameof(options.Mixup), options.Mixup, "≥ 0");
        Require(options.Augmentations is not null, nameof(options.Augmentations), options.Augmentations, "augmentations, or none");
        const string withFineTuning = "FineTuning with it (FineTuning.HeadOnly keeps the backbone)";
        Require(options.FineTuning is not null || options.Augmentations!.Count == 0, nameof(options.Augmentations), "none", withFineTuning);
        Require(options.FineTuning is not null || options.Mixup == 0, nameof(options.Mixup), "none", withFineTuning);
        Require(options.FineTuning is not null || options.Optimizer is null, nameof(options.Optimizer), "none", withFineTuning);
        if (options.FineTuning is { } tuning)
        {
            Require(tuning.Epochs >= 1, "FineTuning.Epochs", tuning.Epochs, "≥ 1");
            Require(tuning.BatchSize >= 1, "FineTuning.BatchSize", tuning.BatchSize, "≥ 1");
            Require(tuning.LearningRate > 0 && double.IsFinite(tuning.LearningRate), "FineTuning.LearningRate", tuning.LearningRate, "> 0");
            Require(
                tuning.BackboneLearningRateFactor > 0 && double.IsFinite(tuning.BackboneLearningRateFactor), "FineTuning.BackboneLearningRateFactor",
                tuning.BackboneLearningRateFactor, "> 0");
            Require(tuning.AugmentedViews >= 0, "FineTuning.AugmentedViews", tuning.AugmentedViews, "≥ 0");
        }

        Require(Enum.IsDefined(options.Arch), nameof(options.Arch), options.Arch, "one of the architectures");
        Require(
            options.ImageSize is null || options.Preprocessing is null || options.Preprocessing.OutputSize == options.ImageSize, nameof(options.ImageSize), options.ImageSize,
            $"what Preprocessing gives ({options.Preprocessing?.OutputSize}), or null");
        Require(
            options.ImageSize is null or { Height: >= 1, Width: >= 1 }, nameof(options.ImageSize), options.ImageSize, "≥ 1 in both directions");
    }

    private static void Require(bool isInRange, string name, object? value, string expected)
    {
        if (!isInRange)
        {
            throw new ArgumentException(
                $"ImageClassificationTrainer.Options.{name}: expected {expected}, got {Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null"}.");
        }
    }
}
