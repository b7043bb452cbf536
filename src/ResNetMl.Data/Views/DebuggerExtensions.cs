using ResNetMl.Data;

namespace ResNetMl;

/// <summary>Reads the first rows of a view, or of what a transformer or estimator would make of one.</summary>
public static class DebuggerExtensions
{
    /// <summary>The first rows of a view; no others are computed.</summary>
    /// <param name="data">The view.</param>
    /// <param name="maxRows">How many at most, from 0.</param>
    public static DataDebuggerPreview Preview(this IDataView data, int maxRows = DataDebuggerPreview.DefaultRows) => new(data, maxRows);

    /// <summary>The first rows of what a transformer makes of a view.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="data">What it is applied to.</param>
    /// <param name="maxRows">How many rows at most, from 0.</param>
    public static DataDebuggerPreview Preview(this ITransformer transformer, IDataView data, int maxRows = DataDebuggerPreview.DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return new DataDebuggerPreview(transformer.Transform(data), maxRows);
    }

    /// <summary>The first rows of what an estimator, fitted on the first rows of a view, makes of that view.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="data">What it is fitted on and applied to.</param>
    /// <param name="maxRows">How many rows at most, from 0.</param>
    /// <param name="maxTrainingRows">How many rows it is fitted on at most, from 0.</param>
    public static DataDebuggerPreview Preview(
        this IEstimator<ITransformer> estimator, IDataView data, int maxRows = DataDebuggerPreview.DefaultRows,
        int maxTrainingRows = DataDebuggerPreview.DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTrainingRows);
        return estimator.Fit(new TakenView(BlockView.Of(data), skipCount: 0, maxTrainingRows)).Preview(data, maxRows);
    }

    /// <summary>The first rows of what a loader makes of a source.</summary>
    /// <param name="loader">The loader.</param>
    /// <param name="source">What it loads.</param>
    /// <param name="maxRows">How many rows at most, from 0.</param>
    /// <typeparam name="TSource">What is loaded.</typeparam>
    public static DataDebuggerPreview Preview<TSource>(
        this IDataLoader<TSource> loader, TSource source, int maxRows = DataDebuggerPreview.DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new DataDebuggerPreview(loader.Load(source), maxRows);
    }
}
