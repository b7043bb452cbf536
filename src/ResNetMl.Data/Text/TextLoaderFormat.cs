using System.Text;
using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>How a text loader is saved beside a model: its options and columns as JSON.</summary>
internal static class TextLoaderFormat
{
    public const string PartName = "loader.json";

    public static ModelPart Write(TextLoader.Options options, TextColumn[] columns)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("separators", new string(options.Separators));
            json.WriteBoolean("hasHeader", options.HasHeader);
            json.WriteBoolean("allowQuoting", options.AllowQuoting);
            json.WriteBoolean("readMultilines", options.ReadMultilines);
            json.WriteString("escapeChar", options.EscapeChar.ToString());
            json.WriteBoolean("trimWhitespace", options.TrimWhitespace);
            json.WriteBoolean("allowSparse", options.AllowSparse);
            json.WriteString("decimalMarker", options.DecimalMarker.ToString());
            json.WriteBoolean("missingRealsAsNaNs", options.MissingRealsAsNaNs);
            WriteNumber(json, "inputSize", options.InputSize);
            WriteNumber(json, "maxRows", options.MaxRows);
            json.WriteStartArray("columns");
            foreach (TextColumn column in columns)
            {
                Write(json, column);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return ModelPart.FromText(PartName, Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public static (TextLoader.Options Options, TextColumn[] Columns) Read(ComponentReader reader) => reader.ReadJson(PartName, root => (
        new TextLoader.Options
        {
            Separators = root.GetProperty("separators").GetString()!.ToCharArray(),
            HasHeader = root.GetProperty("hasHeader").GetBoolean(),
            AllowQuoting = root.GetProperty("allowQuoting").GetBoolean(),
            ReadMultilines = root.GetProperty("readMultilines").GetBoolean(),
            EscapeChar = root.GetProperty("escapeChar").GetString()!.Single(),
            TrimWhitespace = root.GetProperty("trimWhitespace").GetBoolean(),
            AllowSparse = root.GetProperty("allowSparse").GetBoolean(),
            DecimalMarker = root.GetProperty("decimalMarker").GetString()!.Single(),
            MissingRealsAsNaNs = root.GetProperty("missingRealsAsNaNs").GetBoolean(),
            InputSize = (int?)ReadNumber(root, "inputSize"),
            MaxRows = ReadNumber(root, "maxRows"),
        },
        root.GetProperty("columns").EnumerateArray().Select(ReadColumn).ToArray()));

    private static void Write(Utf8JsonWriter json, TextColumn column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WritePropertyName("type");
        TypeJson.Write(json, column.Type);
        json.WriteStartArray("fields");
        foreach (int field in column.Fields)
        {
            json.WriteNumberValue(field);
        }

        json.WriteEndArray();
        WriteNumber(json, "variableFrom", column.VariableFrom);
        if (column.SlotNames is { } names)
        {
            json.WriteStartArray("slotNames");
            foreach (string name in names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static TextColumn ReadColumn(JsonElement json)
    {
        DataViewType type = TypeJson.Read(json.GetProperty("type"));
        int[] fields = [.. json.GetProperty("fields").EnumerateArray().Select(field => field.GetInt32())];
        var variableFrom = (int?)ReadNumber(json, "variableFrom");
        string[]? names = json.TryGetProperty("slotNames", out JsonElement list)
            ? [.. list.EnumerateArray().Select(name => name.GetString() ?? throw new JsonException("a slot name is null"))]
            : null;
        int expected = type is VectorDataViewType vector ? vector.IsKnownSize ? vector.Size : fields.Length : 1;
        return Array.TrueForAll(fields, field => field >= 0) && variableFrom is null or >= 0 && fields.Length == expected
            && (names is null || names.Length == expected)
            ? new TextColumn(json.GetProperty("name").GetString()!, type, fields, variableFrom, names)
            : throw new JsonException($"a column of {type} is read from {fields.Length} fields");
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static long? ReadNumber(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : null;
}
