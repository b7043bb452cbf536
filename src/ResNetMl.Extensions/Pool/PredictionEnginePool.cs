using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ResNetMl.Data;

namespace ResNetMl.Extensions;

/// <summary>Prediction engines for any number of threads: one model is shared, each caller has an engine of its own while it predicts.</summary>
/// <remarks>
/// Made by <see cref="ServiceCollectionExtensions.AddPredictionEnginePool{TData, TPrediction}"/>, one for an application. The model without a
/// name is loaded when the pool is made, a named one when it is first asked for. Where a model has changed, engines given out from then on are of the new
/// one; the old one is disposed of when its last engine is back, unless <see cref="GetModel()"/> gave it to the application.
/// </remarks>
/// <typeparam name="TData">The class of examples.</typeparam>
/// <typeparam name="TPrediction">The class of results.</typeparam>
public sealed class PredictionEnginePool<TData, TPrediction> : IDisposable
    where TData : class
    where TPrediction : class, new()
{
    private readonly IOptionsFactory<PredictionEnginePoolOptions<TData, TPrediction>> _options;
    private readonly PoolServices _services;
    private readonly object _loading = new();
    private readonly ConcurrentDictionary<string, PooledModel<TData, TPrediction>> _models = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<PredictionEngine<TData, TPrediction>, Lease> _leases = [];
    private volatile bool _isDisposed;

    /// <summary>Makes a pool and loads the model without a name, where there is one.</summary>
    /// <param name="serviceProvider">The application's services: loggers, clock and meters, each where there is one.</param>
    /// <param name="mlContextOptions">The context that models are loaded in.</param>
    /// <param name="poolOptions">Where the models come from, by name.</param>
    /// <exception cref="FileNotFoundException">The model's file is not there.</exception>
    /// <exception cref="ModelFormatException">The file is not a model, damaged, too new or unsafe.</exception>
    /// <exception cref="ModelDownloadException">The model could not be fetched.</exception>
    /// <exception cref="ArgumentException">The model needs a column that <typeparamref name="TData"/> lacks or has of another type.</exception>
    public PredictionEnginePool(
        IServiceProvider serviceProvider, IOptions<MLOptions> mlContextOptions, IOptionsFactory<PredictionEnginePoolOptions<TData, TPrediction>> poolOptions)
    {
        ArgumentNullException.ThrowIfNull(serviceProvider);
        ArgumentNullException.ThrowIfNull(mlContextOptions);
        ArgumentNullException.ThrowIfNull(poolOptions);
        _options = poolOptions;
        serviceProvider.GetService<ContextLogging>()?.Start();
        _services = new PoolServices(
            mlContextOptions.Value.MLContext,
            serviceProvider.GetService<ILoggerFactory>()?.CreateLogger("ResNetMl.Extensions.PredictionEnginePool") ?? NullLogger.Instance,
            serviceProvider.GetService<PoolMeter>() ?? new PoolMeter(meters: null),
            serviceProvider.GetService<TimeProvider>() ?? TimeProvider.System);
        if (_options.Create(string.Empty) is { ModelLoader: not null } options)
        {
            _models[string.Empty] = new PooledModel<TData, TPrediction>(string.Empty, options, _services);
        }
    }

    /// <summary>The model without a name, shared with the pool.</summary>
    /// <remarks>
    /// Do not dispose of it, nor of an engine that owns it: the pool goes on using it. Once given out, it is left to the garbage collector when a new one
    /// replaces it.
    /// </remarks>
    /// <exception cref="ArgumentException">The pool has no model without a name.</exception>
    public ITransformer GetModel() => GetModel(string.Empty);

    /// <summary>A named model, shared with the pool.</summary>
    /// <inheritdoc cref="GetModel()"/>
    /// <param name="modelName">The name it was added under; empty for the model without a name.</param>
    /// <exception cref="ArgumentException">The pool has no model of that name.</exception>
    public ITransformer GetModel(string modelName) => ModelOf(modelName).HandOut();

    /// <summary>An engine of the model without a name, for this caller alone until it is given back.</summary>
    /// <exception cref="ArgumentException">The pool has no model without a name.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public PredictionEngine<TData, TPrediction> GetPredictionEngine() => GetPredictionEngine(string.Empty);

    /// <summary>An engine of a named model, for this caller alone until it is given back.</summary>
    /// <param name="modelName">The name it was added under; empty for the model without a name.</param>
    /// <exception cref="ArgumentException">The pool has no model of that name.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public PredictionEngine<TData, TPrediction> GetPredictionEngine(string modelName)
    {
        PredictionEngine<TData, TPrediction> engine = ModelOf(modelName).Rent(out ModelGeneration<TData, TPrediction> generation);
        _leases.Add(engine, new Lease(generation));
        return engine;
    }

    /// <summary>Gives an engine of the model without a name back.</summary>
    /// <param name="engine">From <see cref="GetPredictionEngine()"/>; not used afterwards.</param>
    /// <exception cref="ArgumentException">The pool did not give the engine out, or has it back already.</exception>
    public void ReturnPredictionEngine(PredictionEngine<TData, TPrediction> engine) => ReturnPredictionEngine(string.Empty, engine);

    /// <summary>Gives an engine of a named model back.</summary>
    /// <param name="modelName">The name the engine was asked for by. The pool knows without it.</param>
    /// <param name="engine">From <see cref="GetPredictionEngine(string)"/>; not used afterwards.</param>
    /// <exception cref="ArgumentException">The pool did not give the engine out, or has it back already.</exception>
    public void ReturnPredictionEngine(string modelName, PredictionEngine<TData, TPrediction> engine)
    {
        ArgumentNullException.ThrowIfNull(modelName);
        ArgumentNullException.ThrowIfNull(engine);
        if (!_leases.TryGetValue(engine, out Lease? lease) || !_leases.Remove(engine))
        {
            throw new ArgumentException(
                "ReturnPredictionEngine: expected an engine that GetPredictionEngine of this pool gave out, got another one, or one that is back already. " +
                "Give each engine back once, in a finally block, or call Predict of the pool.",
                nameof(engine));
        }

        lease.End(engine);
    }

    /// <summary>Ends the watching of models and disposes of them, each when its last engine is back.</summary>
    public void Dispose()
    {
        PooledModel<TData, TPrediction>[] models;
        lock (_loading)
        {
            _isDisposed = true;
            models = [.. _models.Values];
        }

        foreach (PooledModel<TData, TPrediction> model in models)
        {
            model.Dispose();
        }
    }

    /// <summary>Loads a model unless it is loaded.</summary>
    internal void Load(string modelName) => ModelOf(modelName);

    /// <summary>How a model is; loads it unless it is loaded.</summary>
    internal PooledModelStatus StatusOf(string modelName) => ModelOf(modelName).Status;

    /// <summary>Predicts and measures, and hands out what the result's columns are while the model that gave it is sure to be there.</summary>
    internal TResult Predict<TResult>(string modelName, TData example, Func<TPrediction, DataViewSchema, TResult> use)
    {
        ArgumentNullException.ThrowIfNull(modelName);
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(use);
        long start = Stopwatch.GetTimestamp();
        _services.Meter.Begin(modelName);
        Exception? failure = null;
        try
        {
            PredictionEngine<TData, TPrediction> engine = ModelOf(modelName).Rent(out ModelGeneration<TData, TPrediction> generation);
            try
            {
                return use(engine.Predict(example), engine.OutputSchema);
            }
            finally
            {
                generation.Return(engine);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            _services.Meter.End(modelName, Stopwatch.GetElapsedTime(start), failure);
        }
    }

    private PooledModel<TData, TPrediction> ModelOf(string modelName)
    {
        ArgumentNullException.ThrowIfNull(modelName);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_models.TryGetValue(modelName, out PooledModel<TData, TPrediction>? model))
        {
            return model;
        }

        lock (_loading)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_models.TryGetValue(modelName, out model))
            {
                PredictionEnginePoolOptions<TData, TPrediction> options = _options.Create(modelName);
                if (options.ModelLoader is null)
                {
                    throw Unknown(modelName);
                }

                _models[modelName] = model = new PooledModel<TData, TPrediction>(modelName, options, _services);
            }

            return model;
        }
    }

    private ArgumentException Unknown(string modelName)
    {
        string pool = $"PredictionEnginePool<{typeof(TData).Name}, {typeof(TPrediction).Name}>";
        string loaded = _models.Count == 0 ? "none is loaded" : $"loaded are {string.Join(", ", _models.Keys.Order().Select(name => $"'{name}'"))}";
        return new ArgumentException(
            modelName.Length == 0
                ? $"{pool}: expected a model without a name, there is none ({loaded}). Add FromFile(path) or FromUri(address) after AddPredictionEnginePool, or give the model's name."
                : $"{pool}: expected a model of the name '{modelName}', there is none ({loaded}). Add FromFile(\"{modelName}\", path) or FromUri(\"{modelName}\", address) after AddPredictionEnginePool.",
            nameof(modelName));
    }

    /// <summary>That an engine is given out. One that is never given back ends with it, when the garbage collector finds the engine forgotten.</summary>
    private sealed class Lease(ModelGeneration<TData, TPrediction> generation)
    {
        private int _isEnded;

        ~Lease() => End(engine: null);

        internal void End(PredictionEngine<TData, TPrediction>? engine)
        {
            if (Interlocked.Exchange(ref _isEnded, 1) == 0)
            {
                GC.SuppressFinalize(this);
                generation.Return(engine);
            }
        }
    }
}
