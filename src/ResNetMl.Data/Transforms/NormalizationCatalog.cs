using ResNetMl.Transforms;

namespace ResNetMl;

/// <summary>Estimators that bring numbers to the same range or spread.</summary>
public static class NormalizationCatalog
{
    private const long DefaultExamples = 1_000_000_000;

    /// <summary>Divides by the greatest absolute value, into [−1, 1]; or brings the least to 0 and the greatest to 1.</summary>
    /// <inheritdoc cref="NormalizingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    /// <param name="maximumExampleCount">Rows to learn from at most, ≥ 2.</param>
    /// <param name="fixZero">Whether 0 stays 0.</param>
    public static NormalizingEstimator NormalizeMinMax(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, long maximumExampleCount = DefaultExamples, bool fixZero = true)
        => catalog.NormalizeMinMax([new InputOutputColumnPair(outputColumnName, inputColumnName)], maximumExampleCount, fixZero);

    /// <inheritdoc cref="NormalizeMinMax(TransformsCatalog, string, string, long, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columns">The columns to read and to make.</param>
    /// <param name="maximumExampleCount">Rows to learn from at most, ≥ 2.</param>
    /// <param name="fixZero">Whether 0 stays 0.</param>
    public static NormalizingEstimator NormalizeMinMax(
        this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = DefaultExamples, bool fixZero = true)
        => New(catalog, columns, NormalizingEstimator.Rule.Range, fixZero, maximumExampleCount);

    /// <summary>Divides by the root of the mean square; or subtracts the mean and divides by the standard deviation (of all rows, not of a sample).</summary>
    /// <inheritdoc cref="NormalizingTransformer" path="/remarks"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">The column to make.</param>
    /// <param name="inputColumnName">The column to read; null for the same name, which the new column then hides.</param>
    /// <param name="maximumExampleCount">Rows to learn from at most, ≥ 2.</param>
    /// <param name="fixZero">Whether 0 stays 0: true divides by the root of the mean square, false standardises.</param>
    /// <param name="useCdf">Must be false: the normal distribution's cumulative probability is not computed.</param>
    /// <exception cref="NotSupportedException"><paramref name="useCdf"/> is true.</exception>
    public static NormalizingEstimator NormalizeMeanVariance(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, long maximumExampleCount = DefaultExamples, bool fixZero = true,
        bool useCdf = false)
        => catalog.NormalizeMeanVariance([new InputOutputColumnPair(outputColumnName, inputColumnName)], maximumExampleCount, fixZero, useCdf);

    /// <inheritdoc cref="NormalizeMeanVariance(TransformsCatalog, string, string, long, bool, bool)"/>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="columns">The columns to read and to make.</param>
    /// <param name="maximumExampleCount">Rows to learn from at most, ≥ 2.</param>
    /// <param name="fixZero">Whether 0 stays 0: true divides by the root of the mean square, false standardises.</param>
    /// <param name="useCdf">Must be false: the normal distribution's cumulative probability is not computed.</param>
    public static NormalizingEstimator NormalizeMeanVariance(
        this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = DefaultExamples, bool fixZero = true, bool useCdf = false)
        => useCdf
            ? throw new NotSupportedException("NormalizeMeanVariance: useCdf is not supported. Leave it false, which standardises, or divides by the root of the mean square.")
            : New(catalog, columns, NormalizingEstimator.Rule.Spread, fixZero, maximumExampleCount);

    private static NormalizingEstimator New(
        TransformsCatalog catalog, InputOutputColumnPair[] columns, NormalizingEstimator.Rule rule, bool fixZero, long maximumExampleCount)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(columns);
        return new NormalizingEstimator(columns, rule, fixZero, maximumExampleCount);
    }
}
