namespace ResNetMl.Extensions;

/// <summary>One model of a pool; the options' name is the model's, empty for the one that has none.</summary>
/// <typeparam name="TData">The class of examples.</typeparam>
/// <typeparam name="TPrediction">The class of results.</typeparam>
public sealed class PredictionEnginePoolOptions<TData, TPrediction>
    where TData : class
    where TPrediction : class, new()
{
    /// <summary>Where the model comes from; null where nobody said.</summary>
    public ModelLoader? ModelLoader { get; set; }

    /// <summary>An example that every newly loaded model predicts before it is used, so that no request waits for what happens once; null for none.</summary>
    public TData? WarmUpExample { get; set; }
}
