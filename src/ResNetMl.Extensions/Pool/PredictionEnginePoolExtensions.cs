namespace ResNetMl.Extensions;

/// <summary>Predicts with a pool, on any number of threads.</summary>
public static class PredictionEnginePoolExtensions
{
    /// <summary>The result of the model without a name for an example.</summary>
    /// <inheritdoc cref="Predict{TData, TPrediction}(PredictionEnginePool{TData, TPrediction}, string, TData)"/>
    /// <param name="predictionEnginePool">The pool.</param>
    /// <param name="example">The example; read before the call returns.</param>
    public static TPrediction Predict<TData, TPrediction>(this PredictionEnginePool<TData, TPrediction> predictionEnginePool, TData example)
        where TData : class
        where TPrediction : class, new()
        => Predict(predictionEnginePool, string.Empty, example);

    /// <summary>The result of a named model for an example.</summary>
    /// <remarks>Counted and timed by the meter <c>ResNetMl.Extensions</c>. What the model throws for the example is thrown, never replaced by a score.</remarks>
    /// <param name="predictionEnginePool">The pool.</param>
    /// <param name="modelName">The name the model was added under; empty for the model without a name.</param>
    /// <param name="example">The example; read before the call returns.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    /// <exception cref="Images.ImageFormatException">The example's image cannot be read; the message says which column and why.</exception>
    /// <exception cref="ArgumentException">The pool has no model of that name.</exception>
    public static TPrediction Predict<TData, TPrediction>(
        this PredictionEnginePool<TData, TPrediction> predictionEnginePool, string modelName, TData example)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(predictionEnginePool);
        return predictionEnginePool.Predict(modelName, example, (prediction, _) => prediction);
    }

    /// <summary>What a function makes of the result of the model without a name.</summary>
    /// <inheritdoc cref="Predict{TData, TPrediction, TResult}(PredictionEnginePool{TData, TPrediction}, string, TData, Func{TPrediction, DataViewSchema, TResult})"/>
    public static TResult Predict<TData, TPrediction, TResult>(
        this PredictionEnginePool<TData, TPrediction> predictionEnginePool, TData example, Func<TPrediction, DataViewSchema, TResult> use)
        where TData : class
        where TPrediction : class, new()
        => Predict(predictionEnginePool, string.Empty, example, use);

    /// <summary>What a function makes of the result of a named model and of its columns, whose slot names say which score is which label's.</summary>
    /// <remarks>Result and columns are of one model, even where it is replaced meanwhile.</remarks>
    /// <param name="predictionEnginePool">The pool.</param>
    /// <param name="modelName">The name the model was added under; empty for the model without a name.</param>
    /// <param name="example">The example; read before the function is called.</param>
    /// <param name="use">Gets the result and the model's output columns.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    /// <typeparam name="TResult">What the function makes.</typeparam>
    /// <exception cref="Images.ImageFormatException">The example's image cannot be read; the message says which column and why.</exception>
    /// <exception cref="ArgumentException">The pool has no model of that name.</exception>
    public static TResult Predict<TData, TPrediction, TResult>(
        this PredictionEnginePool<TData, TPrediction> predictionEnginePool,
        string modelName,
        TData example,
        Func<TPrediction, DataViewSchema, TResult> use)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(predictionEnginePool);
        return predictionEnginePool.Predict(modelName, example, use);
    }
}
