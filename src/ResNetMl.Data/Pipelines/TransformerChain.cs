using System.Collections;

namespace ResNetMl.Data;

/// <summary>Which use of a chain a transformer belongs to; a chain cut to scoring leaves out what only training needs.</summary>
[Flags]
public enum TransformerScope
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Needed to train.</summary>
    Training = 1,

    /// <summary>Needed to test a model with labels.</summary>
    Testing = 2,

    /// <summary>Needed to score.</summary>
    Scoring = 4,

    /// <summary>Needed to train and test, not to score.</summary>
    TrainTest = Training | Testing,

    /// <summary>Always needed.</summary>
    Everything = Training | Testing | Scoring,
}

/// <summary>Transformers applied one after the other. It owns them: disposing it disposes those that can be.</summary>
/// <typeparam name="TLastTransformer">The last one's type.</typeparam>
public sealed class TransformerChain<TLastTransformer> : ITransformer, ITransformerChain, IEnumerable<ITransformer>, IDisposable
    where TLastTransformer : class, ITransformer
{
    private readonly ITransformer[] _transformers;
    private readonly TransformerScope[] _scopes;

    /// <summary>Makes a chain whose transformers are always needed.</summary>
    /// <param name="transformers">In order; the last is a <typeparamref name="TLastTransformer"/>.</param>
    /// <exception cref="ArgumentException">The last is of another type.</exception>
    public TransformerChain(params ITransformer[] transformers)
        : this(transformers, [.. (transformers ?? throw new ArgumentNullException(nameof(transformers))).Select(_ => TransformerScope.Everything)])
    {
    }

    internal TransformerChain(IReadOnlyList<ITransformer> transformers, IReadOnlyList<TransformerScope> scopes)
    {
        _transformers = [.. transformers];
        _scopes = [.. scopes];
        if (_transformers.Length > 0)
        {
            LastTransformer = _transformers[^1] as TLastTransformer ?? throw new ArgumentException(
                $"The chain ends with a {_transformers[^1].GetType().Name}, expected a {typeof(TLastTransformer).Name}.", nameof(transformers));
        }
    }

    /// <summary>The last transformer, or null where there is none; of a fitted pipeline, usually the trained model.</summary>
    public TLastTransformer LastTransformer { get; } = null!;

    /// <summary>Whether each row of the result is made from one row of the input, as by every transformer.</summary>
    public bool IsRowToRowMapper => _transformers.All(transformer => transformer.IsRowToRowMapper);

    IReadOnlyList<ITransformer> ITransformerChain.Transformers => _transformers;

    IReadOnlyList<TransformerScope> ITransformerChain.Scopes => _scopes;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _transformers.Aggregate(inputSchema, (schema, transformer) => transformer.GetOutputSchema(schema));
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _transformers.Aggregate(input, (view, transformer) => transformer.Transform(view));
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        if (!IsRowToRowMapper)
        {
            throw new InvalidOperationException(
                $"{_transformers.First(transformer => !transformer.IsRowToRowMapper).GetType().Name} chooses or reorders rows, so the chain cannot map single rows.");
        }

        return new ChainedRowMapper(inputSchema, _transformers);
    }

    /// <summary>A chain of these transformers and one more.</summary>
    /// <param name="transformer">Applied after those there are.</param>
    /// <param name="scope">Which use it belongs to.</param>
    /// <typeparam name="TNewLast">Its type.</typeparam>
    public TransformerChain<TNewLast> Append<TNewLast>(TNewLast transformer, TransformerScope scope = TransformerScope.Everything)
        where TNewLast : class, ITransformer
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return new TransformerChain<TNewLast>([.. _transformers, transformer], [.. _scopes, scope]);
    }

    /// <summary>The transformers that belong to a use.</summary>
    /// <param name="scopeFilter">A transformer stays where it has any of these.</param>
    public TransformerChain<ITransformer> GetModelFor(TransformerScope scopeFilter)
    {
        int[] kept = [.. Enumerable.Range(0, _transformers.Length).Where(index => (_scopes[index] & scopeFilter) != 0)];
        return new TransformerChain<ITransformer>([.. kept.Select(index => _transformers[index])], [.. kept.Select(index => _scopes[index])]);
    }

    /// <inheritdoc/>
    public IEnumerator<ITransformer> GetEnumerator() => ((IEnumerable<ITransformer>)_transformers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes the transformers that can be, the last first.</summary>
    public void Dispose()
    {
        foreach (ITransformer transformer in _transformers.Reverse())
        {
            (transformer as IDisposable)?.Dispose();
        }
    }
}

/// <summary>A chain whose last type does not matter.</summary>
internal interface ITransformerChain
{
    IReadOnlyList<ITransformer> Transformers { get; }

    IReadOnlyList<TransformerScope> Scopes { get; }
}
