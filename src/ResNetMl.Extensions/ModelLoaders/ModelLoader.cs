using Microsoft.Extensions.Primitives;

namespace ResNetMl.Extensions;

/// <summary>Where a pool's model comes from; an application may write its own and set it as <see cref="PredictionEnginePoolOptions{TData, TPrediction}.ModelLoader"/>.</summary>
public abstract class ModelLoader
{
    /// <summary>Where the model comes from, for messages.</summary>
    internal virtual string Location => GetType().Name;

    /// <summary>Whether each <see cref="GetModel"/> gives a model of its own, which the pool disposes of when it is no longer used.</summary>
    internal virtual bool HandsModelsOver => false;

    /// <summary>The newest model. Called once at first, and again after each change.</summary>
    public abstract ITransformer GetModel();

    /// <summary>Signals the next change of the model; a new one is asked for after each signal.</summary>
    public abstract IChangeToken GetReloadToken();

    /// <summary>Begins to look for changes, after the first model has been loaded.</summary>
    /// <param name="failed">Told why looking failed; may be called on any thread.</param>
    internal virtual void Start(Action<Exception> failed)
    {
    }
}
