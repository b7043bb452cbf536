using ResNetMl.Data;
using ResNetMl.Runtime;

namespace ResNetMl;

/// <summary>Saves, loads and uses models.</summary>
public sealed class ModelOperationsCatalog : ICatalog
{
    private readonly IHostEnvironment _environment;

    internal ModelOperationsCatalog(IHostEnvironment environment) => _environment = environment;

    IHostEnvironment ICatalog.Environment => _environment;

    /// <summary>Saves a model, replacing a file of that name only when all is on disk.</summary>
    /// <param name="model">A transformer of this product, or a chain of them.</param>
    /// <param name="inputSchema">The columns it was fitted on, to be given out when it is loaded; null to leave them out.</param>
    /// <param name="filePath">The file; its folder must exist.</param>
    /// <exception cref="NotSupportedException">A transformer is of another maker and cannot be saved.</exception>
    /// <exception cref="IOException">Writing failed; the earlier file is unchanged.</exception>
    public void Save(ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        SavedComponent saved = Saved(model, inputSchema);
        ModelArchive.Write(filePath, saved.Loader, saved.LoaderVersion, saved.Parts);
    }

    /// <summary>Saves a model into a stream.</summary>
    /// <param name="model">A transformer of this product, or a chain of them.</param>
    /// <param name="inputSchema">The columns it was fitted on, to be given out when it is loaded; null to leave them out.</param>
    /// <param name="stream">Left open; need not seek.</param>
    /// <exception cref="NotSupportedException">A transformer is of another maker and cannot be saved.</exception>
    public void Save(ITransformer model, DataViewSchema? inputSchema, Stream stream)
    {
        SavedComponent saved = Saved(model, inputSchema);
        ModelArchive.Write(stream, saved.Loader, saved.LoaderVersion, saved.Parts);
    }

    /// <summary>Saves a model with the loader of its data, replacing a file of that name only when all is on disk.</summary>
    /// <param name="model">A transformer of this product, or a chain of them.</param>
    /// <param name="loader">A <see cref="TextLoader"/>; its columns are the model's input.</param>
    /// <param name="filePath">The file; its folder must exist.</param>
    /// <typeparam name="TSource">What the loader loads.</typeparam>
    /// <exception cref="NotSupportedException">A transformer or the loader is of another maker and cannot be saved.</exception>
    /// <exception cref="IOException">Writing failed; the earlier file is unchanged.</exception>
    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, string filePath)
    {
        SavedComponent saved = Saved(model, loader);
        ModelArchive.Write(filePath, saved.Loader, saved.LoaderVersion, saved.Parts);
    }

    /// <inheritdoc cref="Save{TSource}(ITransformer, IDataLoader{TSource}, string)"/>
    /// <param name="model">A transformer of this product, or a chain of them.</param>
    /// <param name="loader">A <see cref="TextLoader"/>; its columns are the model's input.</param>
    /// <param name="stream">Left open; need not seek.</param>
    public void Save<TSource>(ITransformer model, IDataLoader<TSource> loader, Stream stream)
    {
        SavedComponent saved = Saved(model, loader);
        ModelArchive.Write(stream, saved.Loader, saved.LoaderVersion, saved.Parts);
    }

    /// <summary>Loads a model and the loader that was saved with it.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="loader">Receives the loader.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model, has no loader, or is damaged, too new or unsafe; the message says which.</exception>
    public ITransformer LoadWithDataLoader(string filePath, out IDataLoader<IMultiStreamSource> loader)
    {
        using ModelArchive archive = ModelArchive.Open(filePath);
        return LoadWithDataLoader(archive, out loader);
    }

    /// <inheritdoc cref="LoadWithDataLoader(string, out IDataLoader{IMultiStreamSource})"/>
    /// <param name="stream">Read to its end; left open.</param>
    /// <param name="loader">Receives the loader.</param>
    public ITransformer LoadWithDataLoader(Stream stream, out IDataLoader<IMultiStreamSource> loader)
    {
        using ModelArchive archive = ModelArchive.Open(stream);
        return LoadWithDataLoader(archive, out loader);
    }

    /// <summary>Loads a model that this product saved.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="inputSchema">Receives the columns it was fitted on, or null where it was saved without them.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model, damaged, too new or unsafe; the message says which.</exception>
    public ITransformer Load(string filePath, out DataViewSchema? inputSchema)
    {
        using ModelArchive archive = ModelArchive.Open(filePath);
        return Load(archive, out inputSchema);
    }

    /// <summary>Loads a model from a stream.</summary>
    /// <param name="stream">Read to its end; left open.</param>
    /// <param name="inputSchema">Receives the columns it was fitted on, or null where it was saved without them.</param>
    /// <exception cref="ModelFormatException">It is not a model, damaged, too new or unsafe; the message says which.</exception>
    public ITransformer Load(Stream stream, out DataViewSchema? inputSchema)
    {
        using ModelArchive archive = ModelArchive.Open(stream);
        return Load(archive, out inputSchema);
    }

    /// <summary>An engine that predicts one example at a time.</summary>
    /// <param name="transformer">The model. The engine owns it: disposing the engine disposes it.</param>
    /// <param name="ignoreMissingColumns">Whether members of the result without a column stay as the constructor leaves them.</param>
    /// <param name="inputSchemaDefinition">Which members of the example are columns; null for all.</param>
    /// <param name="outputSchemaDefinition">Which members of the result are written; null for all that can be.</param>
    /// <typeparam name="TSrc">The class of examples.</typeparam>
    /// <typeparam name="TDst">The class of results.</typeparam>
    /// <exception cref="ArgumentException">A column that the model or the result needs is absent or of another type.</exception>
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(
        ITransformer transformer, bool ignoreMissingColumns = true,
        SchemaDefinition? inputSchemaDefinition = null, SchemaDefinition? outputSchemaDefinition = null)
        where TSrc : class
        where TDst : class, new()
        => CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = ignoreMissingColumns,
            InputSchemaDefinition = inputSchemaDefinition,
            OutputSchemaDefinition = outputSchemaDefinition,
        });

    /// <summary>An engine whose examples have the columns of a schema: members without one are not read.</summary>
    /// <inheritdoc cref="CreatePredictionEngine{TSrc, TDst}(ITransformer, bool, SchemaDefinition, SchemaDefinition)"/>
    /// <param name="transformer">The model. The engine owns it: disposing the engine disposes it.</param>
    /// <param name="inputSchema">The columns the model was fitted on.</param>
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class
        where TDst : class, new()
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TSrc), SchemaDefinition.Direction.Read);
        definition.RemoveAll(column => inputSchema.GetColumnOrNull(column.ColumnName) is null);
        definition.ForEach(column => column.Adopt(inputSchema[column.ColumnName]));
        return CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions { InputSchemaDefinition = definition });
    }

    /// <summary>An engine that predicts one example at a time.</summary>
    /// <param name="transformer">The model.</param>
    /// <param name="options">Copied.</param>
    /// <typeparam name="TSrc">The class of examples.</typeparam>
    /// <typeparam name="TDst">The class of results.</typeparam>
    /// <exception cref="ArgumentException">A column that the model or the result needs is absent or of another type.</exception>
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class
        where TDst : class, new()
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(options);
        return new PredictionEngine<TSrc, TDst>(transformer, options);
    }

    private static SavedComponent Saved(ITransformer model, DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(model);
        SavedComponent saved = TransformerChainFormat.Save(model);
        return inputSchema is null ? saved : saved with { Parts = [.. saved.Parts, SchemaPart.Of(inputSchema)] };
    }

    private static SavedComponent Saved<TSource>(ITransformer model, IDataLoader<TSource> loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (loader is not TextLoader text)
        {
            throw new NotSupportedException(
                $"{loader.GetType().Name} cannot be saved: a model is saved with a TextLoader. Save it with the loader's schema, loader.GetOutputSchema().");
        }

        SavedComponent saved = Saved(model, text.GetOutputSchema());
        return saved with { Parts = [.. saved.Parts, text.Save()] };
    }

    private ITransformer LoadWithDataLoader(ModelArchive archive, out IDataLoader<IMultiStreamSource> loader)
    {
        if (!archive.Contains(TextLoaderFormat.PartName))
        {
            throw new ModelFormatException(
                ModelFormatError.NotAModel,
                $"'{archive.Name}' has no data loader: it was saved with a schema. Load it with mlContext.Model.Load.");
        }

        loader = TextLoader.Read(new ComponentReader(_environment, archive, folder: "", loaderVersion: 1, depth: 0));
        return Load(archive, out _);
    }

    private ITransformer Load(ModelArchive archive, out DataViewSchema? inputSchema)
    {
        inputSchema = SchemaPart.Read(archive);
        return TransformerLoaders.Load(_environment, archive, folder: "", archive.Manifest.Loader, archive.Manifest.LoaderVersion, depth: 0);
    }
}
