using ResNetMl.Data;

namespace ResNetMl;

/// <summary>Joins estimators and transformers into chains.</summary>
public static class LearningPipelineExtensions
{
    /// <summary>A chain of two estimators.</summary>
    /// <param name="start">Fitted first.</param>
    /// <param name="estimator">Fitted on what the first makes of the training rows.</param>
    /// <param name="scope">Which use the second's transformer belongs to.</param>
    /// <typeparam name="TTrans">What the second's fit makes.</typeparam>
    public static EstimatorChain<TTrans> Append<TTrans>(
        this IEstimator<ITransformer> start, IEstimator<TTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TTrans : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(start);
        return new EstimatorChain<ITransformer>().Append(start).Append(estimator, scope);
    }

    /// <inheritdoc cref="EstimatorChain{T}.AppendCacheCheckpoint"/>
    /// <param name="start">The estimator whose result is kept.</param>
    /// <param name="env">The context.</param>
    /// <typeparam name="TTrans">What its fit makes.</typeparam>
    public static EstimatorChain<TTrans> AppendCacheCheckpoint<TTrans>(this IEstimator<TTrans> start, Runtime.IHostEnvironment env)
        where TTrans : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(start);
        return new EstimatorChain<ITransformer>().Append(start).AppendCacheCheckpoint(env);
    }

    /// <summary>A chain of two transformers.</summary>
    /// <param name="start">Applied first.</param>
    /// <param name="transformer">Applied to what the first makes.</param>
    /// <typeparam name="TTrans">The second's type.</typeparam>
    public static TransformerChain<TTrans> Append<TTrans>(this ITransformer start, TTrans transformer)
        where TTrans : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(transformer);
        return new TransformerChain<TTrans>(start, transformer);
    }

    /// <summary>An estimator that hands each fitted transformer to a delegate, for example to look at what was learned inside a chain.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="onFit">Called with each transformer that is fitted.</param>
    /// <typeparam name="TTransformer">What its fit makes.</typeparam>
    public static IEstimator<TTransformer> WithOnFitDelegate<TTransformer>(this IEstimator<TTransformer> estimator, Action<TTransformer> onFit)
        where TTransformer : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentNullException.ThrowIfNull(onFit);
        return new DelegateEstimator<TTransformer>(estimator, onFit);
    }

    private sealed class DelegateEstimator<TTransformer>(IEstimator<TTransformer> estimator, Action<TTransformer> onFit) : IEstimator<TTransformer>
        where TTransformer : class, ITransformer
    {
        public TTransformer Fit(IDataView input)
        {
            TTransformer transformer = estimator.Fit(input);
            onFit(transformer);
            return transformer;
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => estimator.GetOutputSchema(inputSchema);
    }
}
