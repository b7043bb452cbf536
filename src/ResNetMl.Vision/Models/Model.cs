using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>An image classifier that is whole in itself: definition, weights, preprocessing and labels. What is saved, shipped and evaluated.</summary>
/// <remarks>Immutable as long as nobody writes into the tensors of <see cref="Weights"/>; threads may share it.</remarks>
public sealed class Model
{
    /// <summary>Puts a model together, checking that the parts fit each other.</summary>
    /// <param name="definition">A classifier: one input [1, C, H, W], one output [1, classes].</param>
    /// <param name="weights">Every parameter and buffer of the definition; tensors are kept, not copied, further ones left out.</param>
    /// <param name="preprocessing">Gives every image the size and channels of the input.</param>
    /// <param name="labels">One name a class, in the order of the outputs; none twice.</param>
    /// <exception cref="ArgumentException">A part does not fit; the message says which and what was expected.</exception>
    public Model(NetworkDefinition definition, StateDictionary weights, Preprocessing preprocessing, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(preprocessing);
        ArgumentNullException.ThrowIfNull(labels);
        ModelChecks.CheckParts(definition, preprocessing, labels);
        Definition = definition;
        Weights = ModelChecks.SelectState(definition, weights);
        Preprocessing = preprocessing;
        Labels = [.. labels];
    }

    /// <summary>The network.</summary>
    public NetworkDefinition Definition { get; }

    /// <summary>Its parameters and buffers, in the definition's order.</summary>
    public StateDictionary Weights { get; }

    /// <summary>What every image goes through before the network.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Class names, in the order of the outputs.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How well it did when it was made; null where nobody measured.</summary>
    public ModelMetrics? Metrics { get; init; }

    /// <summary>Where it comes from.</summary>
    public ModelProvenance Provenance { get; init; } = new();

    /// <summary>SHA-256 of the weights as they are stored: names, shapes and elements; 64 lower-case hexadecimal digits.</summary>
    public string WeightsSha256() => SafetensorsPart.Sha256(NamedTensor.Of(Weights));

    /// <summary>The same model with what was measured on it.</summary>
    /// <param name="metrics">The measurements.</param>
    public Model WithMetrics(ModelMetrics metrics) =>
        new(Definition, Weights, Preprocessing, Labels) { Metrics = metrics, Provenance = Provenance };

    /// <summary>Saves the model as one file, as a whole or not at all: an earlier file stays until the new one is complete on disk.</summary>
    /// <param name="path">The file to create or replace, by custom <c>.zip</c>; its folder must exist.</param>
    /// <exception cref="IOException">The disk is full, or the folder is missing or may not be written.</exception>
    public void Save(string path) => ModelArchive.Write(path, ModelFile.Loader, ModelFile.LoaderVersion, ModelFile.FileParts(this));

    /// <inheritdoc cref="Save(string)"/>
    /// <param name="stream">Where to write; from its current position.</param>
    public void Save(Stream stream) => ModelArchive.Write(stream, ModelFile.Loader, ModelFile.LoaderVersion, ModelFile.FileParts(this));

    /// <summary>Loads a model; nothing in the file is executed, and every part is checked against its hash.</summary>
    /// <param name="path">A file that <see cref="Save(string)"/> wrote.</param>
    /// <exception cref="ModelFormatException">Not a model, damaged, cut short, too new or unsafe; the message says which.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static Model Load(string path)
    {
        using ModelArchive archive = ModelArchive.Open(path);
        return ModelFile.Read(archive);
    }

    /// <inheritdoc cref="Load(string)"/>
    /// <param name="stream">The whole file.</param>
    public static Model Load(Stream stream)
    {
        using ModelArchive archive = ModelArchive.Open(stream);
        return ModelFile.Read(archive);
    }

    /// <summary>Makes the model ready to score images.</summary>
    /// <param name="executor">What computes: one of the backends, or ONNX Runtime.</param>
    /// <param name="options">Threads, precision and batch size; null for the defaults.</param>
    /// <returns>A predictor that threads may share; dispose it when done.</returns>
    /// <exception cref="NotSupportedException">The executor cannot compute this network, or not in this precision.</exception>
    public Predictor CreatePredictor(IExecutor executor, PredictorOptions? options = null) => new(this, executor, options ?? new PredictorOptions());

    /// <inheritdoc cref="CreatePredictor(IExecutor, PredictorOptions?)"/>
    /// <param name="backend">What computes.</param>
    /// <param name="options">Threads, precision and batch size; null for the defaults.</param>
    public Predictor CreatePredictor(IBackend backend, PredictorOptions? options = null) => CreatePredictor(new BackendExecutor(backend), options);
}
