using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Where everything begins: data, transforms, trainers and models are reached from here.</summary>
public sealed class MLContext : IHostEnvironment
{
    private readonly Dictionary<string, object> _options = new(StringComparer.Ordinal);
    private readonly int? _seed;
    private string _tempFilePath = Path.GetTempPath();

    /// <summary>Makes a context.</summary>
    /// <param name="seed">What chance depends on where a call gives no seed of its own; null lets every run differ.</param>
    public MLContext(int? seed = null)
    {
        _seed = seed;
        Data = new DataOperationsCatalog(this);
        Transforms = new TransformsCatalog(this);
        Model = new ModelOperationsCatalog(this);
        MulticlassClassification = new MulticlassClassificationCatalog(this);
        ComponentCatalog = new ComponentCatalog();
    }

    /// <summary>Raised for each message from the library, on the thread that speaks.</summary>
    public event EventHandler<LoggingEventArgs>? Log;

    /// <summary>Makes, splits and reorders views.</summary>
    public DataOperationsCatalog Data { get; }

    /// <summary>Makes estimators that add columns.</summary>
    public TransformsCatalog Transforms { get; }

    /// <summary>Saves, loads and uses models.</summary>
    public ModelOperationsCatalog Model { get; }

    /// <summary>Trains and measures classifiers of two or more classes.</summary>
    public MulticlassClassificationCatalog MulticlassClassification { get; }

    /// <summary>The program's own parts of pipelines, which models that are loaded here may name.</summary>
    public ComponentCatalog ComponentCatalog { get; }

    /// <summary>The folder for temporary files; the system's unless set.</summary>
    public string TempFilePath
    {
        get => _tempFilePath;
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            _tempFilePath = value;
        }
    }

    /// <summary>Whether a transform that was asked to use a GPU goes on without where there is none; where the transform's own argument does not say.</summary>
    public bool FallbackToCpu { get; set; }

    /// <summary>The GPU to use, or null for none; where a transform's own argument does not say.</summary>
    public int? GpuDeviceId { get; set; }

    int? IHostEnvironment.Seed => _seed;

    /// <summary>Keeps a value under a name, unless the name is taken.</summary>
    /// <param name="name">Not empty.</param>
    /// <param name="value">The value.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>Whether the name was free.</returns>
    public bool TryAddOption<T>(string name, T value)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _options.TryAdd(name, value);
    }

    /// <summary>Keeps a value under a name, replacing an earlier one.</summary>
    /// <inheritdoc cref="TryAddOption"/>
    public void SetOption<T>(string name, T value)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _options[name] = value;
    }

    /// <summary>The value kept under a name.</summary>
    /// <param name="name">Not empty.</param>
    /// <param name="value">Receives the value, or the default where there is none of that type.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>Whether there is a value of that type.</returns>
    public bool TryGetOption<T>(string name, out T? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        bool found = _options.TryGetValue(name, out object? kept) && kept is T;
        value = found ? (T)kept! : default;
        return found;
    }

    /// <summary>The value kept under a name, or the default where there is none of that type.</summary>
    /// <param name="name">Not empty.</param>
    /// <typeparam name="T">Its type.</typeparam>
    public T? GetOptionOrDefault<T>(string name) => TryGetOption(name, out T? value) ? value : default;

    /// <summary>Forgets the value kept under a name.</summary>
    /// <param name="name">Not empty.</param>
    /// <returns>Whether there was one.</returns>
    public bool RemoveOption(string name) => _options.Remove(name);

    void IHostEnvironment.Report(string source, ChannelMessageKind kind, string message)
        => Log?.Invoke(this, new LoggingEventArgs(message, kind, source));
}
