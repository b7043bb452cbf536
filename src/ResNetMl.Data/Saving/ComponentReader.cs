using System.Text.Json;
using ResNetMl.Runtime;

namespace ResNetMl.Data;

/// <summary>Reads the parts that one transformer saved.</summary>
public sealed class ComponentReader
{
    private readonly ModelArchive _archive;
    private readonly string _folder;
    private readonly int _depth;

    internal ComponentReader(IHostEnvironment environment, ModelArchive archive, string folder, int loaderVersion, int depth)
    {
        Environment = environment;
        _archive = archive;
        _folder = folder;
        LoaderVersion = loaderVersion;
        _depth = depth;
    }

    /// <summary>The context that the model is loaded in.</summary>
    public IHostEnvironment Environment { get; }

    /// <summary>Version of the layout of parts that was written; at most the newest the loader is registered for.</summary>
    public int LoaderVersion { get; }

    /// <summary>The model's file, for messages.</summary>
    public string FileName => _archive.Name;

    /// <inheritdoc cref="ModelArchive.Contains"/>
    public bool Contains(string name) => _archive.Contains(_folder + name);

    /// <inheritdoc cref="ModelArchive.OpenPart"/>
    public Stream OpenPart(string name) => _archive.OpenPart(_folder + name);

    /// <inheritdoc cref="ModelArchive.ReadBytes"/>
    public byte[] ReadBytes(string name, int largestSize = 64 << 20) => _archive.ReadBytes(_folder + name, largestSize);

    /// <inheritdoc cref="ModelArchive.ReadText"/>
    public string ReadText(string name, int largestSize = 64 << 20) => _archive.ReadText(_folder + name, largestSize);

    /// <summary>Reads a part as JSON; what it cannot understand is said to be damage of that part.</summary>
    /// <param name="name">Relative path of the part.</param>
    /// <param name="read">
    /// Reads the root element. Exceptions of missing or wrong fields (JSON, key, argument, format, cast) become <see cref="ModelFormatException"/>.
    /// </param>
    /// <typeparam name="T">What is read.</typeparam>
    /// <exception cref="ModelFormatException">The part is absent, damaged or not understood.</exception>
    public T ReadJson<T>(string name, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        byte[] bytes = ReadBytes(name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
            or InvalidCastException or OverflowException || (exception is FormatException and not ModelFormatException))
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{FileName}' is damaged: part '{_folder}{name}' is not understood ({exception.Message}). Save the model again.",
                exception);
        }
    }

    /// <summary>Loads a transformer that lies in a folder within this one's.</summary>
    /// <param name="folder">The folder's name, without a slash.</param>
    /// <param name="loader">The name of its loader.</param>
    /// <param name="loaderVersion">Version of its layout of parts.</param>
    /// <exception cref="ModelFormatException">No installed package has that loader, or its parts are not understood.</exception>
    public ITransformer LoadComponent(string folder, string loader, int loaderVersion)
    {
        const int deepest = 16;
        return _depth < deepest
            ? TransformerLoaders.Load(Environment, _archive, $"{_folder}{folder}/", loader, loaderVersion, _depth + 1)
            : throw new ModelFormatException(
                ModelFormatError.Unsafe, $"'{FileName}' is refused: its chains lie more than {deepest} deep in each other.");
    }
}
