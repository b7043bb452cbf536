using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>A network in a safetensors file: the weights as its tensors, and in its metadata what this product needs to read it back.</summary>
/// <remarks>
/// Other programs see the weights under their names and skip the metadata: <c>resnetml.network</c> (<see cref="NetworkJson"/>),
/// <c>resnetml.labels</c> (a JSON array of text), <c>resnetml.preprocessing</c> (<see cref="Preprocessing.ToJson"/>).
/// </remarks>
public static class SafetensorsNetwork
{
    private const string NetworkKey = "resnetml.network";
    private const string LabelsKey = "resnetml.labels";
    private const string PreprocessingKey = "resnetml.preprocessing";

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="network">Network, weights and what else is known of it.</param>
    public static void Write(string path, ImportedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal) { [NetworkKey] = NetworkJson.Write(network.Definition) };
        if (network.Labels is { } labels)
        {
            metadata[LabelsKey] = JsonSerializer.Serialize(labels);
        }

        if (network.Preprocessing is { } preprocessing)
        {
            metadata[PreprocessingKey] = preprocessing.ToJson();
        }

        SafetensorsFile.Write(path, network.Weights, metadata);
    }

    /// <summary>Reads a network: the one that the metadata describes, else the one that the tensors' names tell.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InterchangeException">It is no safetensors file, or which network it holds cannot be told.</exception>
    public static ImportedNetwork Read(string path)
    {
        StateDictionary state = SafetensorsFile.Read(path, out IReadOnlyDictionary<string, string> metadata);
        try
        {
            ImportedNetwork network = metadata.TryGetValue(NetworkKey, out string? json)
                ? new ImportedNetwork(NetworkJson.Read(json), state)
                : KnownNetworks.Recognize(state) ?? throw new InterchangeException(
                    $"'{path}' holds {state.Count} tensors whose names and shapes are of no network that is recognised. Say which network they are of.");
            return network with
            {
                Labels = metadata.TryGetValue(LabelsKey, out string? labels) ? JsonSerializer.Deserialize<string[]>(labels) : network.Labels,
                Preprocessing = metadata.TryGetValue(PreprocessingKey, out string? preprocessing) ? Preprocessing.FromJson(preprocessing) : network.Preprocessing,
            };
        }
        catch (Exception exception) when (exception is NetworkFormatException or JsonException or FormatException)
        {
            throw new InterchangeException($"'{path}', metadata: {exception.Message}", exception);
        }
    }
}
