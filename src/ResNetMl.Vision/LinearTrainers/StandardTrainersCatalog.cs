using ResNetMl.Runtime;
using ResNetMl.Trainers;

namespace ResNetMl;

/// <summary>Trainers of linear classifiers on a column of features.</summary>
public static class StandardTrainersCatalog
{
    /// <summary>Maximum entropy (multinomial logistic regression) by L-BFGS.</summary>
    /// <inheritdoc cref="LbfgsMaximumEntropyMulticlassTrainer" path="/remarks"/>
    /// <param name="catalog">The context's trainers.</param>
    /// <param name="labelColumnName">The column of labels; a key.</param>
    /// <param name="featureColumnName">The column of features; a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">Column of the rows' weights, a Single ≥ 0; null where all count 1.</param>
    /// <param name="l1Regularization">Factor of the absolute weights, ≥ 0; the larger, the more weights are 0.</param>
    /// <param name="l2Regularization">Factor of half the squared weights, ≥ 0.</param>
    /// <param name="optimizationTolerance">Ends where an iteration improves the loss by less than this share of it; &gt; 0.</param>
    /// <param name="historySize">Steps whose curvature is remembered, ≥ 1.</param>
    /// <param name="enforceNonNegativity">Whether weights must be at least 0.</param>
    public static LbfgsMaximumEntropyMulticlassTrainer LbfgsMaximumEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        float l1Regularization = LbfgsMaximumEntropyMulticlassTrainer.Options.DefaultL1,
        float l2Regularization = LbfgsMaximumEntropyMulticlassTrainer.Options.DefaultL2,
        float optimizationTolerance = LbfgsMaximumEntropyMulticlassTrainer.Options.DefaultTolerance,
        int historySize = LbfgsMaximumEntropyMulticlassTrainer.Options.DefaultHistorySize,
        bool enforceNonNegativity = false)
        => catalog.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            L1Regularization = l1Regularization,
            L2Regularization = l2Regularization,
            OptimizationTolerance = optimizationTolerance,
            HistorySize = historySize,
            EnforceNonNegativity = enforceNonNegativity,
        });

    /// <inheritdoc cref="LbfgsMaximumEntropy(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, string, float, float, float, int, bool)"/>
    /// <param name="catalog">The context's trainers.</param>
    /// <param name="options">Copied.</param>
    public static LbfgsMaximumEntropyMulticlassTrainer LbfgsMaximumEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, LbfgsMaximumEntropyMulticlassTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new LbfgsMaximumEntropyMulticlassTrainer(((ICatalog)catalog).Environment, options);
    }

    /// <summary>Maximum entropy by stochastic dual coordinate ascent.</summary>
    /// <inheritdoc cref="SdcaMaximumEntropyMulticlassTrainer" path="/remarks"/>
    /// <param name="catalog">The context's trainers.</param>
    /// <param name="labelColumnName">The column of labels; a key.</param>
    /// <param name="featureColumnName">The column of features; a vector of Single of known size.</param>
    /// <param name="exampleWeightColumnName">Column of the rows' weights, a Single ≥ 0; null where all count 1.</param>
    /// <param name="l2Regularization">Factor of half the squared weights, &gt; 0; null to choose it by the number of rows.</param>
    /// <param name="l1Regularization">How much weights are drawn to 0, relative to the other; ≥ 0, null for 0.</param>
    /// <param name="maximumNumberOfIterations">Passes over the rows at most; null for as many as it needs.</param>
    public static SdcaMaximumEntropyMulticlassTrainer SdcaMaximumEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        float? l2Regularization = null,
        float? l1Regularization = null,
        int? maximumNumberOfIterations = null)
        => catalog.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            L2Regularization = l2Regularization,
            L1Regularization = l1Regularization,
            MaximumNumberOfIterations = maximumNumberOfIterations,
        });

    /// <inheritdoc cref="SdcaMaximumEntropy(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, string, float?, float?, int?)"/>
    /// <param name="catalog">The context's trainers.</param>
    /// <param name="options">Copied.</param>
    public static SdcaMaximumEntropyMulticlassTrainer SdcaMaximumEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, SdcaMaximumEntropyMulticlassTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new SdcaMaximumEntropyMulticlassTrainer(((ICatalog)catalog).Environment, options);
    }
}
