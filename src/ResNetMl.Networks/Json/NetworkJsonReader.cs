using System.Text.Json;
using System.Text.Unicode;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Reads <see cref="NetworkJson"/>'s format, strictly and within <see cref="NetworkLimits"/>.</summary>
internal static class NetworkJsonReader
{
    private const string File = "the network file";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private static readonly Dictionary<string, LayerFormat> FormatOf =
        LayerFormat.All.ToDictionary(format => format.TypeName, StringComparer.Ordinal);

    internal static NetworkDefinition Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > NetworkLimits.MaxBytes)
        {
            throw new NetworkFormatException(
                $"The network file is {utf8Json.Length:N0} bytes long; networks are read up to {NetworkLimits.MaxBytes:N0}.");
        }

        if (utf8Json.Span.StartsWith("\uFEFF"u8))
        {
            utf8Json = utf8Json[3..];
        }

        if (!Utf8.IsValid(utf8Json.Span))
        {
            throw new NetworkFormatException("The network file is not text in UTF-8. Is it another kind of file?");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json, Options);
            return ReadNetwork(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new NetworkFormatException($"The network file is not valid JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // Thrown where an escape such as \ud800 names half a character: valid JSON, but no text.
            throw new NetworkFormatException($"The network file holds an escape that is no character. {error.Message}", error);
        }
    }

    private static NetworkDefinition ReadNetwork(JsonElement root)
    {
        var file = new JsonObjectReader(File, "member", JsonObjectReader.RequireObject(File, root));
        RequireFormat(file);

        string name = file.Text("name");
        NetworkInput[] inputs = [.. file.Items("inputs", NetworkLimits.MaxInputs).Select(ReadInput)];
        Node[] nodes = [.. file.Items("nodes", NetworkLimits.MaxNodes).Select(ReadNode)];
        IReadOnlyList<string> outputs = file.Texts("outputs");
        file.RequireNothingElse();

        NetworkDefinition definition;
        try
        {
            definition = new NetworkDefinition(name, inputs, nodes, outputs);
        }
        catch (Exception error) when (error is ArgumentException or ShapeMismatchException)
        {
            throw new NetworkFormatException($"The network file is inconsistent. {error.Message}", error);
        }
        catch (OverflowException error)
        {
            throw new NetworkFormatException("The network file asks for tensors of more elements than 64 bits can count.", error);
        }

        return NetworkLimits.FindExcess(definition) is string excess
            ? throw new NetworkFormatException($"The network file is beyond the limits: {excess}")
            : definition;
    }

    private static void RequireFormat(JsonObjectReader file)
    {
        string format = file.Text("format");
        if (format != NetworkJson.Format)
        {
            throw new NetworkFormatException(
                $"The network file, member 'format': expected \"{NetworkJson.Format}\", got \"{format}\". Is it another kind of file?");
        }

        int version = file.Integer("version", 1, int.MaxValue);
        if (version > NetworkJson.Version)
        {
            throw new NetworkFormatException(
                $"The network file has version {version}; this program reads up to {NetworkJson.Version}. Use a newer ResNetMl.");
        }
    }

    private static NetworkInput ReadInput(JsonElement element, int index)
    {
        string where = $"input {index + 1}";
        var input = new JsonObjectReader(where, "member", JsonObjectReader.RequireObject(where, element));
        string name = input.Text("name");
        int[] shape = input.Integers(
            "shape", 1, 8, "a shape of 1 to 8 axes, the first being a batch of 1", 1, NetworkLimits.MaxLength);
        input.RequireNothingElse();
        return shape[0] == 1
            ? new NetworkInput(name, new Shape(shape))
            : throw new NetworkFormatException($"Input '{name}': expected a shape with a batch of 1, got {new Shape(shape)}.");
    }

    private static Node ReadNode(JsonElement element, int index)
    {
        string place = $"node {index + 1}";
        var unnamed = new JsonObjectReader(place, "member", JsonObjectReader.RequireObject(place, element));
        string name = unnamed.Text("name");

        string where = $"node '{name}'";
        var node = new JsonObjectReader(where, "member", element);
        node.Text("name");
        string typeName = node.Text("type");
        if (!FormatOf.TryGetValue(typeName, out LayerFormat? format))
        {
            throw new NetworkFormatException(
                $"Node '{name}' has the unknown type '{typeName}'; known: {string.Join(", ", FormatOf.Keys)}. " +
                "Was the file written by a newer ResNetMl?");
        }

        IReadOnlyList<string> inputs = node.Texts("inputs");
        string whereTyped = $"node '{name}' ({typeName})";
        var attributes = new AttributeReader(whereTyped, JsonObjectReader.RequireObject($"{whereTyped}, attributes", node.Member("attributes")));
        node.RequireNothingElse();
        try
        {
            PrimitiveLayer layer = format.Read(attributes);
            attributes.RequireNothingElse();
            return new Node(name, layer, inputs);
        }
        catch (ArgumentException error)
        {
            throw new NetworkFormatException($"Node '{name}' ({typeName}): {error.Message}", error);
        }
    }
}
