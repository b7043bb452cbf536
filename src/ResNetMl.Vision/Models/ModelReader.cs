using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Reads a model from any file that holds one: this product's own, ONNX, PyTorch, safetensors.</summary>
/// <remarks>
/// The file's extension says what it is: <c>.zip</c>, <c>.onnx</c>, <c>.pth</c>, <c>.pt</c> or <c>.th</c>, <c>.safetensors</c>. Files are
/// untrusted: they are bounded and checked, and nothing in them is executed.
/// </remarks>
public static class ModelReader
{
    private static readonly string[] PyTorchExtensions = [".pth", ".pt", ".th"];

    /// <summary>Extensions of the files that are read.</summary>
    public static IReadOnlyList<string> FileExtensions { get; } = [".zip", ".onnx", .. PyTorchExtensions, ".safetensors"];

    /// <summary>Whether a path ends like a file that is read.</summary>
    /// <param name="path">Any path.</param>
    public static bool HasModelExtension(string path) => FileExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a model that can answer: network, weights, preprocessing and labels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say; null for nothing.</param>
    /// <exception cref="InterchangeException">Labels or preprocessing are missing, the parts do not fit each other, or the file cannot be read as what it is.</exception>
    /// <exception cref="ModelFormatException">A <c>.zip</c> is no model, damaged, too new or unsafe.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static Model Read(string path, ModelReaderOptions? options = null)
    {
        options ??= new ModelReaderOptions();
        if (IsOwnModel(path))
        {
            Model model = Model.Load(path);
            return options == new ModelReaderOptions() ? model : Compose(path, AsNetwork(model, options), model);
        }

        return Compose(path, ReadNetwork(path, options));
    }

    /// <summary>Reads a network and its weights; labels and preprocessing may be missing.</summary>
    /// <inheritdoc cref="Read"/>
    public static ImportedNetwork ReadNetwork(string path, ModelReaderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelReaderOptions();
        if (IsOwnModel(path))
        {
            return AsNetwork(Model.Load(path), options);
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        ImportedNetwork network = extension switch
        {
            ".onnx" => Recognized(OnnxFile.Read(path, new OnnxImportOptions { InputShape = options.InputShape ?? OutputOf(options.Preprocessing) })),
            ".safetensors" => FromSafetensors(path, options.Definition),
            _ when PyTorchExtensions.Contains(extension) => FromState(path, PyTorchFile.Read(path), options.Definition),
            _ => throw new InterchangeException(
                $"'{path}': expected a model file ({string.Join(", ", FileExtensions)}), got the extension '{extension}'. Rename it if it is one of these."),
        };
        return WithShape(network, options.InputShape) with
        {
            Labels = options.Labels ?? network.Labels,
            Preprocessing = options.Preprocessing ?? network.Preprocessing,
        };
    }

    /// <summary>Puts a model together from a network that says its labels and preprocessing.</summary>
    /// <param name="name">Where the network comes from, for messages.</param>
    /// <param name="network">Network, weights, labels and preprocessing.</param>
    /// <exception cref="InterchangeException">Labels or preprocessing are missing, or the parts do not fit each other.</exception>
    public static Model Compose(string name, ImportedNetwork network) => Compose(name, network, own: null);

    /// <summary>Whether a path ends like a model of this product, which says everything itself.</summary>
    /// <param name="path">Any path.</param>
    public static bool IsOwnModel(string path) => Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    private static ImportedNetwork AsNetwork(Model model, ModelReaderOptions options) =>
        WithShape(new ImportedNetwork(model.Definition, model.Weights), options.InputShape) with
        {
            Labels = options.Labels ?? model.Labels,
            Preprocessing = options.Preprocessing ?? model.Preprocessing,
        };

    /// <summary>Published weights are known by their names in an ONNX file, too, if it is their network and says nothing else.</summary>
    private static ImportedNetwork Recognized(ImportedNetwork network) =>
        network is { Labels: null, Preprocessing: null } &&
        KnownNetworks.Recognize(network.Weights) is { RecognizedAs: not null } known &&
        known.Definition.Inputs[0].Shape == network.Definition.Inputs[0].Shape &&
        known.Definition.MultiplyAdds == network.Definition.MultiplyAdds
            ? network with { Labels = known.Labels, Preprocessing = known.Preprocessing, RecognizedAs = known.RecognizedAs }
            : network;

    private static ImportedNetwork FromSafetensors(string path, NetworkDefinition? definition) =>
        definition is null ? SafetensorsNetwork.Read(path) : FromState(path, SafetensorsFile.Read(path), definition);

    private static ImportedNetwork FromState(string path, StateDictionary state, NetworkDefinition? definition)
    {
        if (definition is null)
        {
            return KnownNetworks.Recognize(state) ?? throw new InterchangeException(
                $"'{path}' holds {state.Count} tensors ({string.Join(", ", state.Keys.Take(3))}, …) whose names and shapes are of no network that is recognised. " +
                "Say which network they are of.");
        }

        return new ImportedNetwork(definition, Matching(path, state, definition));
    }

    private static StateDictionary Matching(string path, StateDictionary state, NetworkDefinition definition)
    {
        var weights = new StateDictionary();
        foreach (ParameterSpec spec in definition.State)
        {
            if (!state.TryGetValue(spec.Name, out Tensor? tensor) || tensor.Shape != spec.Shape)
            {
                throw new InterchangeException(
                    $"'{path}': network '{definition.Name}' needs '{spec.Name}' {spec.Shape}, got {(tensor is null ? "none of that name" : $"{tensor.Shape}")}. " +
                    "The weights are of another network.");
            }

            weights.Add(spec.Name, tensor);
        }

        string[] spare = [.. state.Keys.Except(definition.State.Select(spec => spec.Name), StringComparer.Ordinal)];
        return spare.Length == 0
            ? weights
            : throw new InterchangeException(
                $"'{path}' holds {spare.Length} tensors that network '{definition.Name}' has no place for, among them '{spare[0]}'. The weights are of another network.");
    }

    private static Shape? OutputOf(Preprocessing? preprocessing) =>
        preprocessing?.OutputSize is { } size ? new Shape(preprocessing.Channels, size.Height, size.Width) : null;

    private static ImportedNetwork WithShape(ImportedNetwork network, Shape? shape) =>
        shape is { } wanted && network.Definition.Inputs[0].Shape != wanted.Prepend(1)
            ? network with { Definition = network.Definition.WithInputShape(wanted) }
            : network;

    private static Model Compose(string path, ImportedNetwork network, Model? own)
    {
        IReadOnlyList<string> labels = network.Labels ?? throw new InterchangeException(
            $"'{path}' does not say the names of its classes: give them, one a class in the order of the outputs.");
        Preprocessing preprocessing = network.Preprocessing ?? throw new InterchangeException(
            $"'{path}' does not say how its images are prepared, and that is never guessed: give it, for example Preprocessing.ImageNet.");
        try
        {
            return new Model(network.Definition, network.Weights, preprocessing, labels)
            {
                Metrics = own?.Metrics,
                Provenance = own?.Provenance ?? new ModelProvenance { Origin = Path.GetFileName(path) },
            };
        }
        catch (ArgumentException exception)
        {
            throw new InterchangeException($"'{path}': {exception.Message}", exception);
        }
    }
}
