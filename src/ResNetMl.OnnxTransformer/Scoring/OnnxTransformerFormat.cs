using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using ResNetMl.Transforms.Onnx;

[assembly: TransformerLoader(OnnxTransformer.LoaderName, newestVersion: 1, typeof(OnnxTransformerFormat.Loader))]

namespace ResNetMl.Transforms.Onnx;

/// <summary>
/// How a transformer is saved: <c>model.onnx</c> is the file as it is, with external data moved into it, and <c>settings.json</c> says how it
/// is used.
/// </summary>
internal static class OnnxTransformerFormat
{
    private const string ModelPartName = "model.onnx";
    private const string SettingsPartName = "settings.json";

    internal static SavedComponent Save(OnnxModelSource source, OnnxSettings settings) => new(
        OnnxTransformer.LoaderName, 1,
        [
            ModelPart.FromText(SettingsPartName, Write(settings)),
            ModelPart.FromBytes(ModelPartName, source.WholeFile()),
        ]);

    private static string Write(OnnxSettings settings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteNames(json, "inputs", settings.InputColumns);
            WriteNames(json, "outputs", settings.OutputColumns);
            WriteShapes(json, settings.Shapes);
            json.WriteNumber("recursionLimit", settings.RecursionLimit);
            WriteNumber(json, "interOpThreads", settings.InterOpNumThreads);
            WriteNumber(json, "intraOpThreads", settings.IntraOpNumThreads);
            WriteNumber(json, "maximumBatchRows", settings.MaximumBatchRows);
            if (settings.Session is { } session)
            {
                json.WriteStartObject("session");
                Write(json, session);
                json.WriteEndObject();
            }

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
        Session = root.TryGetProperty("session", out JsonElement session) ? ReadSession(session) : null,
    };

    // Files to write belong to the machine that named them: a loaded model must not write where its file says.
    private static void Write(Utf8JsonWriter json, OnnxSessionOptions session)
    {
        json.WriteBoolean("enableMemoryPattern", session.EnableMemoryPattern);
        json.WriteBoolean("enableCpuMemArena", session.EnableCpuMemArena);
        json.WriteBoolean("perSessionThreads", session.PerSessionThreads);
        json.WriteNumber("globalIntraOpThreads", session.GlobalIntraOpNumThreads);
        json.WriteNumber("globalInterOpThreads", session.GlobalInterOpNumThreads);
        json.WriteString("logId", session.LogId);
        json.WriteString("logSeverityLevel", session.LogSeverityLevel.ToString());
        json.WriteNumber("logVerbosityLevel", session.LogVerbosityLevel);
        json.WriteNumber("intraOpThreads", session.IntraOpNumThreads);
        json.WriteNumber("interOpThreads", session.InterOpNumThreads);
        json.WriteString("graphOptimizationLevel", session.GraphOptimizationLevel.ToString());
        json.WriteString("executionMode", session.ExecutionMode.ToString());
    }

    private static OnnxSessionOptions ReadSession(JsonElement session) => new()
    {
        EnableMemoryPattern = session.GetProperty("enableMemoryPattern").GetBoolean(),
        EnableCpuMemArena = session.GetProperty("enableCpuMemArena").GetBoolean(),
        PerSessionThreads = session.GetProperty("perSessionThreads").GetBoolean(),
        GlobalIntraOpNumThreads = session.GetProperty("globalIntraOpThreads").GetInt32(),
        GlobalInterOpNumThreads = session.GetProperty("globalInterOpThreads").GetInt32(),
        LogId = session.GetProperty("logId").GetString() ?? throw new JsonException("logId is null"),
        LogSeverityLevel = Named<OrtLoggingLevel>(session, "logSeverityLevel"),
        LogVerbosityLevel = session.GetProperty("logVerbosityLevel").GetInt32(),
        IntraOpNumThreads = session.GetProperty("intraOpThreads").GetInt32(),
        InterOpNumThreads = session.GetProperty("interOpThreads").GetInt32(),
        GraphOptimizationLevel = Named<GraphOptimizationLevel>(session, "graphOptimizationLevel"),
        ExecutionMode = Named<ExecutionMode>(session, "executionMode"),
    };

    private static T Named<T>(JsonElement session, string property)
        where T : struct, Enum
        => Enum.TryParse(session.GetProperty(property).GetString(), out T value) && Enum.IsDefined(value) ? value : throw new JsonException($"{property} is unknown");

    private static void WriteNames(Utf8JsonWriter json, string property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteShapes(Utf8JsonWriter json, IReadOnlyDictionary<string, int[]> shapes)
    {
        json.WriteStartObject("shapes");
        foreach ((string name, int[] shape) in shapes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray(name);
            foreach (int length in shape)
            {
                json.WriteNumberValue(length);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
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
            OnnxSettings settings = reader.ReadJson(SettingsPartName, root => Read(root).Checked());
            byte[] bytes = reader.ReadBytes(ModelPartName, Array.MaxLength);
            return OnnxTransformer.Open(
                reader.Environment,
                OnnxModelSource.OfBytes(bytes, $"{reader.FileName}, {ModelPartName}"),
                bytes,
                settings.In(reader.Environment));
        }
    }
}
