namespace ResNetMl.Data;

/// <summary>Estimators fitted one after the other, each on what those before it make of the training rows. Immutable.</summary>
/// <typeparam name="TLastTransformer">What the last one's fit makes.</typeparam>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    private readonly IEstimator<ITransformer>[] _estimators;
    private readonly TransformerScope[] _scopes;
    private readonly bool[] _cacheAfter;

    /// <summary>An empty chain, to append to.</summary>
    public EstimatorChain()
        : this([], [], [])
    {
    }

    private EstimatorChain(IEstimator<ITransformer>[] estimators, TransformerScope[] scopes, bool[] cacheAfter)
    {
        _estimators = estimators;
        _scopes = scopes;
        _cacheAfter = cacheAfter;
    }

    /// <summary>The last estimator, or null where there is none.</summary>
    public IEstimator<TLastTransformer>? LastEstimator => _estimators.Length == 0 ? null : (IEstimator<TLastTransformer>)_estimators[^1];

    /// <summary>Fits all estimators. That every column they need is there is checked before the first is fitted.</summary>
    /// <param name="input">The training rows.</param>
    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = GetOutputSchema(SchemaShape.Create(input.Schema));
        var transformers = new List<ITransformer>();
        IDataView view = input;
        try
        {
            for (int index = 0; index < _estimators.Length; index++)
            {
                ITransformer transformer = _estimators[index].Fit(view);
                transformers.Add(transformer);
                view = transformer.Transform(view);
                if (_cacheAfter[index])
                {
                    view = new CachedView(BlockView.Of(view));
                }
            }
        }
        catch
        {
            foreach (ITransformer transformer in transformers)
            {
                (transformer as IDisposable)?.Dispose();
            }

            throw;
        }

        return new TransformerChain<TLastTransformer>(transformers, _scopes);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _estimators.Aggregate(inputSchema, (shape, estimator) => estimator.GetOutputSchema(shape));
    }

    /// <summary>A chain of these estimators and one more.</summary>
    /// <param name="estimator">Fitted after those there are.</param>
    /// <param name="scope">Which use its transformer belongs to.</param>
    /// <typeparam name="TNewTrans">What its fit makes.</typeparam>
    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(estimator);
        return new EstimatorChain<TNewTrans>([.. _estimators, estimator], [.. _scopes, scope], [.. _cacheAfter, false]);
    }

    /// <summary>A chain that keeps what the last estimator makes of the training rows in memory, so that later passes do not compute it again.</summary>
    /// <param name="env">The context.</param>
    /// <exception cref="InvalidOperationException">The chain is empty.</exception>
    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(Runtime.IHostEnvironment env)
    {
        ArgumentNullException.ThrowIfNull(env);
        if (_estimators.Length == 0)
        {
            throw new InvalidOperationException("There is nothing to cache in an empty chain. Append an estimator first, or cache the data itself.");
        }

        return new EstimatorChain<TLastTransformer>(_estimators, _scopes, [.. _cacheAfter[..^1], true]);
    }
}
