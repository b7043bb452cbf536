using ResNetMl.Data;
using ResNetMl.Runtime;
using ResNetMl.Vision;

namespace ResNetMl;

/// <summary>Trainers of image classifiers, and models as transformers.</summary>
public static class VisionCatalog
{
    /// <summary>A trainer of image classifiers with the default options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The column of labels, a key.</param>
    /// <param name="featureColumnName">The column of encoded images, vectors of bytes.</param>
    /// <param name="scoreColumnName">Name of the column of probabilities.</param>
    /// <param name="predictedLabelColumnName">Name of the column of predicted labels.</param>
    /// <param name="validationSet">Rows to validate on; null holds out a tenth.</param>
    public static ImageClassificationTrainer ImageClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName = "Label", string featureColumnName = "Features",
        string scoreColumnName = MulticlassColumns.Score, string predictedLabelColumnName = MulticlassColumns.PredictedLabel, IDataView? validationSet = null) =>
        catalog.ImageClassification(new ImageClassificationTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ValidationSet = validationSet,
        });

    /// <summary>A trainer of image classifiers.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">All that it depends on; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static ImageClassificationTrainer ImageClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageClassificationTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new ImageClassificationTrainer(((ICatalog)catalog).Environment, options);
    }

    /// <summary>A model in memory as the transformer that a pipeline needs, as if it had been trained in one.</summary>
    /// <param name="catalog">The catalog of models.</param>
    /// <param name="model">The model; <see cref="MulticlassPredictionTransformer{TModel}.Model"/> gives it back.</param>
    /// <param name="featureColumnName">The column of encoded images, vectors of bytes.</param>
    /// <param name="scoreColumnName">Name of the column of probabilities.</param>
    /// <param name="predictedLabelColumnName">Name of the column of predicted labels: keys of the model's labels.</param>
    /// <returns>The transformer; disposing it frees what scoring needs.</returns>
    public static MulticlassPredictionTransformer<ImageClassificationModelParameters> ImageClassifier(
        this ModelOperationsCatalog catalog, Model model, string featureColumnName = "ImageSource", string scoreColumnName = MulticlassColumns.Score,
        string predictedLabelColumnName = MulticlassColumns.PredictedLabel)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        IHostEnvironment environment = ((ICatalog)catalog).Environment;
        return new MulticlassPredictionTransformer<ImageClassificationModelParameters>(
            environment, new ImageClassificationModelParameters(model, ScoringOptions.Of(environment)), new ClassLabels(model.Labels), featureColumnName,
            new VectorDataViewType(NumberDataViewType.Byte), scoreColumnName, predictedLabelColumnName);
    }
}
