using ResNetMl.Data;

namespace ResNetMl;

/// <summary>How a <see cref="PredictionEngine{TSrc, TDst}"/> is made.</summary>
public sealed class PredictionEngineOptions
{
    /// <summary>Whether members of the result without a column stay as the constructor leaves them; true.</summary>
    public bool IgnoreMissingColumns = true;

    /// <summary>Which members of the example are columns; null for all.</summary>
    public SchemaDefinition? InputSchemaDefinition;

    /// <summary>Which members of the result are written; null for all that can be.</summary>
    public SchemaDefinition? OutputSchemaDefinition;

    /// <summary>Whether disposing the engine disposes the model too; true.</summary>
    public bool OwnsTransformer = true;
}

/// <summary>Applies a model to one example at a time: a block of one.</summary>
/// <remarks>One thread at a time: the engine keeps the buffers of its pass. Several engines may share a model.</remarks>
/// <typeparam name="TSrc">The class of examples.</typeparam>
/// <typeparam name="TDst">The class of results.</typeparam>
public sealed class PredictionEngine<TSrc, TDst> : IDisposable
    where TSrc : class
    where TDst : class, new()
{
    private readonly ITransformer? _owned;
    private readonly SingleRowView<TSrc> _example;
    private readonly RowWriter<TDst> _writer;
    private readonly BlockReader _reader;
    private bool _isDisposed;

    internal PredictionEngine(ITransformer transformer, PredictionEngineOptions options)
    {
        if (!transformer.IsRowToRowMapper)
        {
            throw new ArgumentException(
                $"{transformer.GetType().Name} chooses or reorders rows; a prediction needs a model that makes one row from each.", nameof(transformer));
        }

        _example = new SingleRowView<TSrc>(RowColumns<TSrc>.Of(options.InputSchemaDefinition));
        BlockView result = BlockView.Of(transformer.Transform(_example));
        OutputSchema = result.Schema;
        _writer = RowWriter<TDst>.Bind(result.Schema, options.OutputSchemaDefinition, options.IgnoreMissingColumns);
        _reader = result.OpenReader(_writer.Columns);
        _owned = options.OwnsTransformer ? transformer : null;
    }

    /// <summary>The columns that the model makes of an example; the key values of a label column are among their annotations.</summary>
    public DataViewSchema OutputSchema { get; }

    /// <summary>The model's result for an example, as a new object.</summary>
    /// <param name="example">The example; read before the call returns.</param>
    public TDst Predict(TSrc example)
    {
        var prediction = new TDst();
        Predict(example, ref prediction);
        return prediction;
    }

    /// <summary>The model's result for an example, written into an object.</summary>
    /// <param name="example">The example; read before the call returns.</param>
    /// <param name="prediction">Overwritten; a new object where it is null.</param>
    public void Predict(TSrc example, ref TDst prediction)
    {
        ArgumentNullException.ThrowIfNull(example);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        prediction ??= new TDst();
        _example.Current = example;
        Block block = _reader.Read(1) ?? throw new InvalidOperationException("The model gave no row for the example, though it says it gives one for each.");
        _writer.Write(block, 0, prediction);
    }

    /// <summary>Ends the engine, and the model where it owns it (<see cref="PredictionEngineOptions.OwnsTransformer"/>).</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _reader.Dispose();
            (_owned as IDisposable)?.Dispose();
        }
    }
}
