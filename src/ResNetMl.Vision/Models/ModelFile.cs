using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>The parts of a model's file.</summary>
/// <remarks>
/// <c>network.json</c> (<see cref="NetworkJson"/>), <c>preprocessing.json</c>, <c>labels.json</c> (an array of text), <c>weights.safetensors</c>
/// (<see cref="SafetensorsPart"/>), <c>provenance.json</c>, and where measured <c>metrics.json</c>. A file of its own has
/// <c>schema.json</c> (<see cref="SchemaPart"/>), too: the columns that a pipeline of it reads.
/// </remarks>
internal static class ModelFile
{
    /// <summary>The name under which the archive's manifest knows these parts.</summary>
    internal const string Loader = "ImageClassificationModel";

    /// <summary>The newest layout of parts that is written and read.</summary>
    internal const int LoaderVersion = 1;

    internal const string NetworkPart = "network.json";
    internal const string PreprocessingPart = "preprocessing.json";
    private const string LabelsPart = "labels.json";
    internal const string WeightsPart = "weights.safetensors";
    private const string ProvenancePart = "provenance.json";
    private const string MetricsPart = "metrics.json";

    internal static IEnumerable<ModelPart> Parts(Model model)
    {
        yield return ModelPart.FromText(NetworkPart, NetworkJson.Write(model.Definition));
        yield return ModelPart.FromText(PreprocessingPart, model.Preprocessing.ToJson());
        yield return ModelPart.FromText(LabelsPart, JsonSerializer.Serialize(model.Labels, FileJson.Options));
        IReadOnlyList<NamedTensor> weights = NamedTensor.Of(model.Weights);
        yield return new ModelPart(WeightsPart, stream => SafetensorsPart.Write(stream, weights));
        yield return ModelPart.FromText(ProvenancePart, JsonSerializer.Serialize(model.Provenance, FileJson.Options));
        if (model.Metrics is not null)
        {
            yield return ModelPart.FromText(MetricsPart, JsonSerializer.Serialize(model.Metrics, FileJson.Options));
        }
    }

    /// <summary>The parts of a file that holds a model and nothing else.</summary>
    internal static IEnumerable<ModelPart> FileParts(Model model) => [.. Parts(model), SchemaPart.Of(ImageClassificationTransformer.ExampleSchema)];

    /// <summary>Reads a file that holds a model and nothing else.</summary>
    internal static Model Read(ModelArchive archive)
    {
        FileJson.RequireLoader(archive, Loader, LoaderVersion, "model");
        return Read((ModelParts)archive);
    }

    /// <summary>Reads a model's parts; that they are of a known version has been checked.</summary>
    internal static Model Read(ModelParts parts)
    {
        try
        {
            NetworkDefinition definition = NetworkJson.Read(parts.ReadText(NetworkPart));
            var preprocessing = Preprocessing.FromJson(parts.ReadText(PreprocessingPart));
            string[] labels = FileJson.Read<string[]>(parts, LabelsPart);
            ModelChecks.CheckParts(definition, preprocessing, labels);
            return new Model(definition, ReadWeights(parts, definition), preprocessing, labels)
            {
                Metrics = parts.Contains(MetricsPart) ? FileJson.Read<ModelMetrics>(parts, MetricsPart) : null,
                Provenance = FileJson.Read<ModelProvenance>(parts, ProvenancePart),
            };
        }
        catch (Exception exception) when (exception is NetworkFormatException or ArgumentException or (FormatException and not ModelFormatException))
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged, $"'{parts.FileName}' holds parts that make no model: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the weights of a network from their part.</summary>
    internal static StateDictionary ReadWeights(ModelParts parts, NetworkDefinition definition)
    {
        long needed = definition.State.Sum(spec => spec.Shape.ElementCount * sizeof(float));
        long held = SizeOf(parts, WeightsPart);
        if (held < needed)
        {
            // Checked before memory is taken: the definition alone could ask for more than the file can fill.
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{parts.FileName}' is damaged: its network needs {needed:N0} bytes of weights, part '{WeightsPart}' has {held:N0}.");
        }

        var weights = new StateDictionary();
        foreach (ParameterSpec spec in definition.State)
        {
            weights.Add(spec.Name, new Tensor(spec.Shape));
        }

        SafetensorsPart.ReadInto(parts, WeightsPart, NamedTensor.Of(weights));
        return weights;
    }

    private static long SizeOf(ModelParts parts, string name)
    {
        if (!parts.Contains(name))
        {
            return 0;
        }

        using Stream stream = parts.OpenPart(name);
        return stream.Length;
    }
}
