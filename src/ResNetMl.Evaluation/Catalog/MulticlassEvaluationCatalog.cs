using ResNetMl.Data;
using ResNetMl.Evaluation;
using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Measures classifiers on views of labels and scores.</summary>
public static class MulticlassEvaluationCatalog
{
    private const string Source = "MulticlassClassificationEvaluator";

    /// <summary>Measures scores against labels, in one pass over the view.</summary>
    /// <remarks>
    /// <para>Equal scores rank the lower class first. Rows without a label (key 0, NaN), with a label that is negative or no whole number, or with a NaN
    /// or infinite score, as of an image that could not be read, are left out; <see cref="MulticlassClassificationMetrics.LeftOut"/> counts
    /// them, and <see cref="MLContext.Log"/> tells how many there are and where the first is. A label that no score stands for counts as wrong.</para>
    /// <para>Keys are taken for the score of the same place. Where both columns say their values
    /// (<see cref="AnnotationKinds.KeyValues"/>, <see cref="AnnotationKinds.TrainingLabelValues"/>) and the values stand in another order, they
    /// are matched by value: ML.NET compares the places all the same.</para>
    /// </remarks>
    /// <param name="catalog">The context's classification.</param>
    /// <param name="data">What a classifier made of labelled rows.</param>
    /// <param name="labelColumnName">The true class: a key, or a Single that is the class's place, from 0.</param>
    /// <param name="scoreColumnName">Vector&lt;Single, classes&gt; of at least two classes: the probability of each, in [0, 1].</param>
    /// <param name="predictedLabelColumnName">The class that the classifier chose; not read, as in ML.NET: the highest score decides.</param>
    /// <param name="topKPredictionCount">Largest k for which top-k accuracy is wanted; 0 for none.</param>
    /// <exception cref="ArgumentException">A column is absent or of another type; the message names it, what was expected and what came.</exception>
    public static MulticlassClassificationMetrics Evaluate(
        this MulticlassClassificationCatalog catalog, IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel", int topKPredictionCount = 0)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(predictedLabelColumnName);
        ArgumentOutOfRangeException.ThrowIfNegative(topKPredictionCount);
        ScoredRows rows = new(BlockView.Of(data), labelColumnName, scoreColumnName);
        MulticlassClassificationMetrics metrics = rows.Measure(topKPredictionCount, out IReadOnlyList<string> warnings);
        foreach (string warning in warnings)
        {
            ((ICatalog)catalog).Environment.Report(Source, ChannelMessageKind.Warning, warning);
        }

        return metrics;
    }

    /// <summary>Trains on all folds but one and measures on that one, for each fold in turn.</summary>
    /// <remarks>
    /// Each row is dealt by a number that depends on the seed and on the row, so the folds' sizes are near each other, not equal; for equal ones
    /// hand <see cref="DataOperationsCatalog.ExactCrossValidationSplit"/> to the other overload. Folds share nothing but the data: the
    /// estimator is fitted anew for each.
    /// </remarks>
    /// <param name="catalog">The context's classification.</param>
    /// <param name="data">The labelled rows; read several times.</param>
    /// <param name="estimator">What is fitted; the columns <c>Score</c> and those named here are among what it makes.</param>
    /// <param name="numberOfFolds">At least 2.</param>
    /// <param name="labelColumnName"><inheritdoc cref="Evaluate" path="/param[@name='labelColumnName']"/></param>
    /// <param name="samplingKeyColumnName">Rows with the same value in this column stay in one fold; null deals each row alone.</param>
    /// <param name="seed">Chooses how rows are dealt; null for the context's seed, and where that is null too, for chance.</param>
    /// <returns>A result for each fold; the models stay alive until the caller disposes those that can be.</returns>
    /// <exception cref="InvalidOperationException">A fold is empty.</exception>
    /// <exception cref="ArgumentException">A column is absent or of another type.</exception>
    public static IReadOnlyList<TrainCatalogBase.CrossValidationResult<MulticlassClassificationMetrics>> CrossValidate(
        this MulticlassClassificationCatalog catalog, IDataView data, IEstimator<ITransformer> estimator, int numberOfFolds = 5,
        string labelColumnName = "Label", string? samplingKeyColumnName = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);

        // Catalogs are made by contexts alone.
        DataOperationsCatalog operations = ((MLContext)((ICatalog)catalog).Environment).Data;
        return catalog.CrossValidate(
            operations.CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed), estimator, labelColumnName);
    }

    /// <summary>Trains and measures on folds that were dealt before, such as those of <see cref="DataOperationsCatalog.ExactCrossValidationSplit"/>.</summary>
    /// <param name="catalog">The context's classification.</param>
    /// <param name="folds">At least one; each test set has a row.</param>
    /// <param name="estimator">Fitted anew on each training set.</param>
    /// <param name="labelColumnName"><inheritdoc cref="Evaluate" path="/param[@name='labelColumnName']"/></param>
    /// <param name="scoreColumnName"><inheritdoc cref="Evaluate" path="/param[@name='scoreColumnName']"/></param>
    /// <returns>A result for each fold; the models stay alive until the caller disposes those that can be.</returns>
    /// <exception cref="InvalidOperationException">A fold is empty.</exception>
    /// <exception cref="ArgumentException">A column is absent or of another type.</exception>
    public static IReadOnlyList<TrainCatalogBase.CrossValidationResult<MulticlassClassificationMetrics>> CrossValidate(
        this MulticlassClassificationCatalog catalog, IReadOnlyList<DataOperationsCatalog.TrainTestData> folds, IEstimator<ITransformer> estimator,
        string labelColumnName = "Label", string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(folds);
        ArgumentNullException.ThrowIfNull(estimator);
        for (int fold = 0; fold < folds.Count; fold++)
        {
            CheckNotEmpty(folds[fold].TestSet, fold, folds.Count, "test");
            CheckNotEmpty(folds[fold].TrainSet, fold, folds.Count, "train");
        }

        var results = new List<TrainCatalogBase.CrossValidationResult<MulticlassClassificationMetrics>>();
        try
        {
            foreach (DataOperationsCatalog.TrainTestData fold in folds)
            {
                ITransformer model = estimator.Fit(fold.TrainSet);
                IDataView scored = model.Transform(fold.TestSet);

                // Kept before it is measured, so that a failure disposes this model too.
                results.Add(new(model, null!, scored, results.Count));
                results[^1] = new(model, catalog.Evaluate(scored, labelColumnName, scoreColumnName), scored, results.Count - 1);
            }
        }
        catch
        {
            results.ForEach(result => (result.Model as IDisposable)?.Dispose());
            throw;
        }

        return results;
    }

    private static void CheckNotEmpty(IDataView set, int fold, int count, string purpose)
    {
        using BlockReader reader = BlockView.Of(set).OpenReader([]);
        if (reader.Read(1) is null)
        {
            throw new InvalidOperationException(
                $"Fold {fold} of {count} has no rows to {purpose} on. Ask for fewer folds, or deal the rows exactly: " +
                "CrossValidate(mlContext.Data.ExactCrossValidationSplit(data, numberOfFolds), estimator).");
        }
    }
}
