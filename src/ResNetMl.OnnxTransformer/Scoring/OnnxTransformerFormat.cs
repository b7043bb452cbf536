using System.Text;
using System.Text.Json;
using ResNetMl.Data;

[assembly: TransformerLoader(ResNetMl.Transforms.Onnx.OnnxTransformer.LoaderName, newestVersion: 1, typeof(ResNetMl.Transforms.Onnx.OnnxTransformerFormat.Loader))]

namespace ResNetMl.Transforms.Onnx;

/// <summary>How a transformer is saved: the ONNX file as it is in <c>model.onnx</c>, and its settings in <c>settings.json</c>.</summary>
internal static class OnnxTransformerFormat
{
    private const string ModelPartName = "model.onnx";
    private const string SettingsPartName = "settings.json";

    internal static SavedComponent Save(OnnxModelSource source, OnnxSettings settings)
    {
        byte[] bytes = source.Bytes();
        return new SavedComponent(OnnxTransformer.LoaderName, 1, [ModelPart.FromText(SettingsPartName, Write(settings)), ModelPart.FromBytes(ModelPartName, bytes)]);
    }

    private static string Write(OnnxSettings settings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteNames(json, "inputs", settings.InputColumns);
            WriteNames(json, "outputs", settings.OutputColumns);
            json.WriteStartObject("shapes");
            foreach ((string name, int[] shape) in settings.Shapes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(name);
                foreach (int length in shape)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteNumber("recursionLimit", settings.RecursionLimit);
            WriteNumber(json, "interOpThreads", settings.InterOpNumThreads);
            WriteNumber(json, "intraOpThreads", settings.IntraOpNumThreads);
            WriteNumber(json, "maximumBatchRows", settings.MaximumBatchRows);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static OnnxSettings Read(JsonElement root) => new()
    {
        InputColumns = Names(root.GetProperty("inputs")),
        OutputColumns = Names(root.GetProperty("outputs")),
        Shapes = root.GetProperty("shapes").EnumerateObject().ToDictionary(
            shape => shape.Name, shape => shape.Value.EnumerateArray().Select(length => length.GetInt32()).ToArray(), StringComparer.Ordinal),
        RecursionLimit = root.GetProperty("recursionLimit").GetInt32(),
        InterOpNumThreads = Number(root, "interOpThreads"),
        IntraOpNumThreads = Number(root, "intraOpThreads"),
        MaximumBatchRows = Number(root, "maximumBatchRows"),
    };

    private static void WriteNames(Utf8JsonWriter json, string property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string property, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(property, value);
        }
    }

    private static string[] Names(JsonElement names) => [.. names.EnumerateArray().Select(name => name.GetString() ?? throw new JsonException("a name is null"))];

    private static int? Number(JsonElement root, string property) => root.TryGetProperty(property, out JsonElement number) ? number.GetInt32() : null;

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            OnnxSettings settings = reader.ReadJson(SettingsPartName, Read);
            byte[] bytes = reader.ReadBytes(ModelPartName, Array.MaxLength);
            return OnnxTransformer.Open(reader.Environment, OnnxModelSource.OfBytes(bytes, $"{reader.FileName}, {ModelPartName}"), bytes, settings);
        }
    }
}
