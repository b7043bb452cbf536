using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ResNetMl.Extensions;

/// <summary>Says where the models of a pool come from, and when they are loaded.</summary>
/// <remarks>
/// A model without a name is loaded when the pool is made, a named one when it is first asked for, and both when the application starts if
/// <see cref="WarmUp{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, TData)"/> says so.
/// </remarks>
public static class BuilderExtensions
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromMinutes(5);

    /// <summary>Adds the model in a file; when the file changes, the pool goes over to the new model.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="filePath">The file; a relative path is looked for in the current folder, then beside the application.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromFile<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string filePath)
        where TData : class
        where TPrediction : class, new()
        => builder.FromFile(string.Empty, filePath, watchForChanges: true);

    /// <inheritdoc cref="FromFile{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, string, bool)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromFile<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string filePath, bool watchForChanges)
        where TData : class
        where TPrediction : class, new()
        => builder.FromFile(string.Empty, filePath, watchForChanges);

    /// <inheritdoc cref="FromFile{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, string, bool)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromFile<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, string filePath)
        where TData : class
        where TPrediction : class, new()
        => builder.FromFile(modelName, filePath, watchForChanges: true);

    /// <summary>Adds the model in a file under a name, so that a pool may have several models of the same classes.</summary>
    /// <remarks>
    /// A new file may be written in place or moved over the old one. It is loaded when it has been left alone for a moment; one that cannot be
    /// used is reported (log, health check, metrics), and the model loaded before goes on answering. Predictions in progress end on the
    /// model they began with.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="modelName">The name to ask for the model by; empty for the model without a name.</param>
    /// <param name="filePath">The file; a relative path is looked for in the current folder, then beside the application.</param>
    /// <param name="watchForChanges">Whether a changed file replaces the model.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromFile<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, string filePath, bool watchForChanges)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        return builder.From(
            modelName, services => new FileModelLoader(ContextOf(services), filePath, watchForChanges, LoggerOf<FileModelLoader>(services)));
    }

    /// <summary>Adds the model at an address, asked every five minutes whether it has changed.</summary>
    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, Uri, UriModelOptions)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string uri)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(string.Empty, Address(uri), DefaultPeriod);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, Uri uri)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(string.Empty, uri, DefaultPeriod);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, string uri)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(modelName, Address(uri), DefaultPeriod);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, Uri uri)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(modelName, uri, DefaultPeriod);

    /// <summary>Adds the model at an address, asked now and then whether it has changed.</summary>
    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, Uri, UriModelOptions)"/>
    /// <param name="period">How often to ask; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <param name="builder">The builder.</param>
    /// <param name="uri">The address, http or https.</param>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string uri, TimeSpan period)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(string.Empty, Address(uri), period);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, TimeSpan)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, Uri uri, TimeSpan period)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(string.Empty, uri, period);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, TimeSpan)"/>
    /// <param name="builder">The builder.</param>
    /// <param name="modelName">The name to ask for the model by; empty for the model without a name.</param>
    /// <param name="uri">The address, http or https.</param>
    /// <param name="period">How often to ask; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, string uri, TimeSpan period)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(modelName, Address(uri), period);

    /// <inheritdoc cref="FromUri{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, string, string, TimeSpan)"/>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, Uri uri, TimeSpan period)
        where TData : class
        where TPrediction : class, new()
        => builder.FromUri(modelName, uri, new UriModelOptions { Period = period });

    /// <summary>Adds the model at an address under a name; when it changes there, the pool goes over to the new model.</summary>
    /// <remarks>
    /// Whether it has changed is asked by its ETag and Last-Modified, and told by its content's SHA-256. A download that fails, ends early or
    /// cannot be used is reported (log, health check, metrics), and the model loaded before goes on answering.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="modelName">The name to ask for the model by; empty for the model without a name.</param>
    /// <param name="uri">The address, http or https.</param>
    /// <param name="options">How often to ask, time-out, size and checksum.</param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    /// <exception cref="ArgumentException">The address is not absolute, or neither http nor https.</exception>
    public static PredictionEnginePoolBuilder<TData, TPrediction> FromUri<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, Uri uri, UriModelOptions options)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"FromUri: expected an absolute address that begins with http:// or https://, got '{uri}'. Use FromFile for a file.", nameof(uri));
        }

        return builder.From(modelName, services => new UriModelLoader(ContextOf(services), uri, options, LoggerOf<UriModelLoader>(services)));
    }

    /// <summary>Loads the model without a name when the application starts, so that a model that cannot be used stops it then, not at the first request.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="example">
    /// What each newly loaded model predicts before it is used, so that the first request is as fast as the others; a changed model that cannot
    /// predict it does not replace the one before. Null only loads.
    /// </param>
    /// <typeparam name="TData">The class of examples.</typeparam>
    /// <typeparam name="TPrediction">The class of results.</typeparam>
    public static PredictionEnginePoolBuilder<TData, TPrediction> WarmUp<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, TData? example = null)
        where TData : class
        where TPrediction : class, new()
        => builder.WarmUp(string.Empty, example);

    /// <summary>Loads a named model when the application starts.</summary>
    /// <inheritdoc cref="WarmUp{TData, TPrediction}(PredictionEnginePoolBuilder{TData, TPrediction}, TData)"/>
    /// <param name="builder">The builder.</param>
    /// <param name="modelName">The model's name.</param>
    /// <param name="example">What each newly loaded model predicts before it is used; null only loads.</param>
    public static PredictionEnginePoolBuilder<TData, TPrediction> WarmUp<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, TData? example = null)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(modelName);
        builder.Services.Configure<PredictionEnginePoolOptions<TData, TPrediction>>(modelName, options => options.WarmUpExample = example);
        builder.Services.AddSingleton<IHostedService>(services => new ModelStart<TData, TPrediction>(services, modelName));
        return builder;
    }

    private static PredictionEnginePoolBuilder<TData, TPrediction> From<TData, TPrediction>(
        this PredictionEnginePoolBuilder<TData, TPrediction> builder, string modelName, Func<IServiceProvider, ModelLoader> makeLoader)
        where TData : class
        where TPrediction : class, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(modelName);
        builder.Services.AddOptions<PredictionEnginePoolOptions<TData, TPrediction>>(modelName)
            .Configure<IServiceProvider>((options, services) => options.ModelLoader = makeLoader(services));
        return builder;
    }

    private static Uri Address(string uri)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        return new Uri(uri, UriKind.RelativeOrAbsolute);
    }

    private static MLContext ContextOf(IServiceProvider services) => services.GetRequiredService<IOptions<MLOptions>>().Value.MLContext;

    private static ILogger LoggerOf<T>(IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger(typeof(T).FullName!) ?? NullLogger.Instance;
}
