using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.Interchange.Onnx.Generated;

namespace ResNetMl.Interchange.Onnx;

/// <summary>What the model says of itself in metadata_props: class names and preprocessing, each as JSON.</summary>
internal static class OnnxMetadata
{
    internal const string LabelsKey = "resnetml.labels";
    internal const string PreprocessingKey = "resnetml.preprocessing";

    internal static ImportedNetwork Apply(string where, ModelProto model, ImportedNetwork network)
    {
        foreach (StringStringEntryProto entry in model.MetadataProps)
        {
            try
            {
                network = entry.Key switch
                {
                    LabelsKey => network with { Labels = JsonSerializer.Deserialize<string[]>(entry.Value) },
                    PreprocessingKey => network with { Preprocessing = Preprocessing.FromJson(entry.Value) },
                    _ => network,
                };
            }
            catch (Exception exception) when (exception is JsonException or FormatException or NotSupportedException)
            {
                throw new InterchangeException($"{where}: its metadata '{entry.Key}' cannot be read: {exception.Message}", exception);
            }
        }

        return network.Labels?.Any(label => label is null) == true
            ? throw new InterchangeException($"{where}: expected the metadata '{LabelsKey}' as a list of names, got one with null in it.")
            : network;
    }

    internal static void Write(ModelProto model, ImportedNetwork network)
    {
        if (network.Labels is { } labels)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = LabelsKey, Value = JsonSerializer.Serialize(labels) });
        }

        if (network.Preprocessing is { } preprocessing)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = PreprocessingKey, Value = preprocessing.ToJson() });
        }
    }
}
