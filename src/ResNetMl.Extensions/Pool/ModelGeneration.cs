namespace ResNetMl.Extensions;

/// <summary>A loaded model with its engines, as long as it answers: from when the pool goes over to it until the last prediction on it ends.</summary>
internal sealed class ModelGeneration<TData, TPrediction>
    where TData : class
    where TPrediction : class, new()
{
    /// <summary>Engines beyond what this many callers at a time need are not kept.</summary>
    private static readonly int KeptEngines = Math.Max(64, 4 * Environment.ProcessorCount);

    private readonly object _gate = new();
    private readonly Stack<PredictionEngine<TData, TPrediction>> _idle = [];
    private readonly MLContext _context;
    private readonly ITransformer _model;
    private bool _ownsModel;
    private bool _isRetired;
    private int _rented;

    internal ModelGeneration(MLContext context, ITransformer model, bool ownsModel)
    {
        _context = context;
        _model = model;
        _ownsModel = ownsModel;
    }

    /// <summary>The model, given to the application: from now on it is the garbage collector's, because nobody knows how long it is used.</summary>
    internal ITransformer HandOut()
    {
        lock (_gate)
        {
            _ownsModel = false;
            return _model;
        }
    }

    /// <summary>An engine that nobody else uses; null where the pool has gone over to another model.</summary>
    internal PredictionEngine<TData, TPrediction>? TryRent()
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                return null;
            }

            _rented++;
            if (_idle.TryPop(out PredictionEngine<TData, TPrediction>? engine))
            {
                return engine;
            }
        }

        try
        {
            return _context.Model.CreatePredictionEngine<TData, TPrediction>(_model, new PredictionEngineOptions { OwnsTransformer = false });
        }
        catch
        {
            Return(null);
            throw;
        }
    }

    /// <summary>Gives an engine back, or, with null, says that a rented one is gone.</summary>
    internal void Return(PredictionEngine<TData, TPrediction>? engine)
    {
        bool isKept;
        bool isLast;
        lock (_gate)
        {
            _rented--;
            isKept = engine is not null && !_isRetired && _idle.Count < KeptEngines;
            if (isKept)
            {
                _idle.Push(engine!);
            }

            isLast = _isRetired && _rented == 0;
        }

        if (!isKept)
        {
            engine?.Dispose();
        }

        if (isLast)
        {
            DisposeModel();
        }
    }

    /// <summary>No engine is rented from now on; the model is disposed of when the last rented one is back.</summary>
    internal void Retire()
    {
        bool isLast;
        PredictionEngine<TData, TPrediction>[] idle;
        lock (_gate)
        {
            if (_isRetired)
            {
                return;
            }

            _isRetired = true;
            idle = [.. _idle];
            _idle.Clear();
            isLast = _rented == 0;
        }

        foreach (PredictionEngine<TData, TPrediction> engine in idle)
        {
            engine.Dispose();
        }

        if (isLast)
        {
            DisposeModel();
        }
    }

    private void DisposeModel()
    {
        if (_ownsModel)
        {
            (_model as IDisposable)?.Dispose();
        }
    }
}
