using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ResNetMl.Networks;

/// <summary>Writes <see cref="NetworkJson"/>'s format with one node a line, so that a person can read it and a diff shows the layers changed.</summary>
internal static class NetworkJsonWriter
{
    // Names such as "größe" stay readable; the text is never placed inside HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<Type, LayerFormat> FormatOf = LayerFormat.All.ToDictionary(format => format.LayerType);

    internal static string Write(NetworkDefinition definition)
    {
        var text = new StringBuilder();
        text.Append("{\n");
        text.Append($"  \"format\": \"{NetworkJson.Format}\", \"version\": {NetworkJson.Version},\n");
        text.Append($"  \"name\": {Line(writer => writer.WriteStringValue(definition.Name))},\n");
        AppendLines(text, "inputs", definition.Inputs, WriteInput);
        text.Append(",\n");
        AppendLines(text, "nodes", definition.Nodes, WriteNode);
        text.Append(",\n");
        text.Append($"  \"outputs\": {Line(writer => WriteTexts(writer, definition.Outputs))}\n}}\n");
        return text.ToString();
    }

    private static void AppendLines<T>(StringBuilder text, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        text.Append($"  \"{name}\": [");
        for (int index = 0; index < items.Count; index++)
        {
            T item = items[index];
            text.Append(index == 0 ? "\n    " : ",\n    ").Append(Line(writer => write(writer, item)));
        }

        text.Append("\n  ]");
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static void WriteInput(Utf8JsonWriter writer, NetworkInput input)
    {
        writer.WriteStartObject();
        writer.WriteString("name", input.Name);
        writer.WriteStartArray("shape");
        foreach (int length in input.Shape)
        {
            writer.WriteNumberValue(length);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, Node node)
    {
        if (!FormatOf.TryGetValue(node.Layer.GetType(), out LayerFormat? format))
        {
            throw new ArgumentException(
                $"Node '{node.Name}' is a {node.Layer.GetType().Name}, which network files do not have. " +
                $"They have {string.Join(", ", LayerFormat.All.Select(known => known.TypeName))}.");
        }

        writer.WriteStartObject();
        writer.WriteString("name", node.Name);
        writer.WriteString("type", format.TypeName);
        writer.WritePropertyName("inputs");
        WriteTexts(writer, node.Inputs);
        writer.WriteStartObject("attributes");
        format.Write(node.Layer, writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray();
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
