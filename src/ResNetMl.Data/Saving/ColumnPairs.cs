using System.Text;
using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>The columns of a transformer that keeps nothing but their names, as a part.</summary>
internal static class ColumnPairs
{
    private const string PartName = "columns.json";

    public static ModelPart ToPart(IReadOnlyList<InputOutputColumnPair> columns)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (InputOutputColumnPair pair in columns)
            {
                json.WriteStartObject();
                json.WriteString("output", pair.OutputColumnName);
                json.WriteString("input", pair.InputColumnName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return ModelPart.FromText(PartName, Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public static InputOutputColumnPair[] Read(ComponentReader reader) => reader.ReadJson(
        PartName,
        root => root.EnumerateArray()
            .Select(pair => new InputOutputColumnPair(pair.GetProperty("output").GetString()!, pair.GetProperty("input").GetString()))
            .ToArray());
}
