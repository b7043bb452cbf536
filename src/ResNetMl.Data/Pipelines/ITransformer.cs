namespace ResNetMl;

/// <summary>Turns views into views: adds columns computed from others, or chooses rows.</summary>
/// <remarks>Transforming computes nothing; reading the result does. A transformer may be used by several threads.</remarks>
public interface ITransformer
{
    /// <summary>Whether each row of the result is made from one row of the input, in the same order.</summary>
    bool IsRowToRowMapper { get; }

    /// <summary>The columns that the result will have.</summary>
    /// <param name="inputSchema">The columns of the input.</param>
    /// <exception cref="ArgumentException">A column that is needed is absent or of another type.</exception>
    DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    /// <summary>The transformed view.</summary>
    /// <param name="input">Any view with the columns that are needed.</param>
    /// <exception cref="ArgumentException">A column that is needed is absent or of another type.</exception>
    IDataView Transform(IDataView input);

    /// <summary>The same for single rows.</summary>
    /// <param name="inputSchema">The columns of the rows.</param>
    /// <exception cref="InvalidOperationException">The transformer is no <see cref="IsRowToRowMapper"/>.</exception>
    IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);
}

/// <summary>Turns single rows into rows with more columns.</summary>
public interface IRowToRowMapper
{
    /// <summary>The columns of the rows that come in.</summary>
    DataViewSchema InputSchema { get; }

    /// <summary>The columns of the rows that go out.</summary>
    DataViewSchema OutputSchema { get; }

    /// <summary>The input columns that are read to make the given output columns.</summary>
    /// <param name="dependingColumns">Columns of <see cref="OutputSchema"/>.</param>
    IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns);

    /// <summary>A row that shows the input row transformed, and follows it as it moves.</summary>
    /// <param name="input">The row to follow; it must serve the <see cref="GetDependencies"/>. Disposed with the result.</param>
    /// <param name="activeColumns">Columns of <see cref="OutputSchema"/> that will be read.</param>
    DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns);
}

/// <summary>Makes a transformer from data: learns what it needs from a view.</summary>
/// <typeparam name="TTransformer">What fitting makes.</typeparam>
public interface IEstimator<out TTransformer>
    where TTransformer : ITransformer
{
    /// <summary>Learns from a view.</summary>
    /// <param name="input">The training rows; read as often as needed.</param>
    TTransformer Fit(IDataView input);

    /// <summary>The columns that the fitted transformer's result will have, as far as they can be known before fitting.</summary>
    /// <param name="inputSchema">The columns of the input.</param>
    /// <exception cref="ArgumentException">A column that is needed is absent or of another type.</exception>
    SchemaShape GetOutputSchema(SchemaShape inputSchema);
}

/// <summary>An estimator that is ready without data: fitting it is free.</summary>
/// <typeparam name="TTransformer">The transformer it is.</typeparam>
public abstract class TrivialEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : class, ITransformer
{
    /// <summary>Wraps a transformer.</summary>
    /// <param name="transformer">What every fit returns.</param>
    protected TrivialEstimator(TTransformer transformer) => Transformer = transformer;

    /// <summary>What every fit returns.</summary>
    protected TTransformer Transformer { get; }

    /// <inheritdoc/>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);

        // An absent column is told now, not when the result is first read.
        _ = Transformer.GetOutputSchema(input.Schema);
        return Transformer;
    }

    /// <inheritdoc/>
    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
