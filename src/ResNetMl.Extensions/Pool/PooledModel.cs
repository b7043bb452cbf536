using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ResNetMl.Extensions;

/// <summary>How a model of a pool is.</summary>
/// <param name="Location">Where it comes from.</param>
/// <param name="LoadedAt">When the one that answers was loaded.</param>
/// <param name="Reloads">How often it has been replaced.</param>
/// <param name="LastFailure">Why the newest could not replace the one that answers; null where there was no failure since.</param>
internal sealed record PooledModelStatus(string Location, DateTimeOffset LoadedAt, int Reloads, Exception? LastFailure);

/// <summary>One model of a pool, by and by in several generations.</summary>
internal sealed class PooledModel<TData, TPrediction> : IDisposable
    where TData : class
    where TPrediction : class, new()
{
    private readonly string _name;
    private readonly ModelLoader _loader;
    private readonly TData? _warmUpExample;
    private readonly PoolServices _services;
    private readonly object _reloading = new();
    private readonly IDisposable _registration;
    private ModelGeneration<TData, TPrediction> _current;
    private PooledModelStatus _status;
    private bool _isDisposed;

    /// <summary>Loads the model.</summary>
    internal PooledModel(string name, PredictionEnginePoolOptions<TData, TPrediction> options, PoolServices services)
    {
        _name = name;
        _loader = options.ModelLoader!;
        _warmUpExample = options.WarmUpExample;
        _services = services;
        try
        {
            _current = LoadGeneration();
        }
        catch
        {
            (_loader as IDisposable)?.Dispose();
            throw;
        }

        _status = new PooledModelStatus(_loader.Location, services.Clock.GetUtcNow(), Reloads: 0, LastFailure: null);
        _registration = ChangeToken.OnChange(_loader.GetReloadToken, Reload);
        _loader.Start(ReportFailure);
        services.Logger.LogInformation("Model {Model} is loaded from {Location}.", DisplayName, _loader.Location);
    }

    internal PooledModelStatus Status
    {
        get
        {
            lock (_reloading)
            {
                return _status;
            }
        }
    }

    private string DisplayName => _name.Length == 0 ? "(without a name)" : $"'{_name}'";

    internal ITransformer HandOut() => Volatile.Read(ref _current).HandOut();

    /// <summary>An engine of the newest model, and what to give it back to.</summary>
    internal PredictionEngine<TData, TPrediction> Rent(out ModelGeneration<TData, TPrediction> generation)
    {
        while (true)
        {
            generation = Volatile.Read(ref _current);
            if (generation.TryRent() is { } engine)
            {
                return engine;
            }

            // Between these two reads the pool went over to another model, or ended.
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), typeof(PredictionEnginePool<TData, TPrediction>));
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _registration.Dispose();
        (_loader as IDisposable)?.Dispose();
        lock (_reloading)
        {
            _current.Retire();
        }
    }

    private ModelGeneration<TData, TPrediction> LoadGeneration()
    {
        ITransformer model = _loader.GetModel();
        var generation = new ModelGeneration<TData, TPrediction>(_services.Context, model, _loader.HandsModelsOver);
        try
        {
            // A first engine binds the columns, so that a model of another task is refused now and not at a request.
            PredictionEngine<TData, TPrediction> engine = generation.TryRent()!;
            try
            {
                if (_warmUpExample is not null)
                {
                    engine.Predict(_warmUpExample);
                }
            }
            finally
            {
                generation.Return(engine);
            }

            return generation;
        }
        catch
        {
            generation.Retire();
            throw;
        }
    }

    private void Reload()
    {
        lock (_reloading)
        {
            if (Volatile.Read(ref _isDisposed))
            {
                return;
            }

            ModelGeneration<TData, TPrediction> next;
            try
            {
                next = LoadGeneration();
            }
            catch (Exception exception)
            {
                ReportFailure(exception);
                return;
            }

            ModelGeneration<TData, TPrediction> previous = Interlocked.Exchange(ref _current, next);
            _status = new PooledModelStatus(_loader.Location, _services.Clock.GetUtcNow(), _status.Reloads + 1, LastFailure: null);
            _services.Meter.CountReload(_name, failure: null);
            _services.Logger.LogInformation("Model {Model} is replaced by a new one from {Location}.", DisplayName, _loader.Location);
            previous.Retire();
        }
    }

    private void ReportFailure(Exception failure)
    {
        lock (_reloading)
        {
            _status = _status with { LastFailure = failure };
        }

        _services.Meter.CountReload(_name, failure);
        _services.Logger.LogError(
            failure, "Model {Model} was not replaced by what is at {Location} now; the one loaded before goes on answering. {Reason}",
            DisplayName, _loader.Location, failure.Message);
    }
}
