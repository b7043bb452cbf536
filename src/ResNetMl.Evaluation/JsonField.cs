using System.Text.Json;

namespace ResNetMl.Evaluation;

/// <summary>A value in a JSON document that knows its path, so that an error can say where.</summary>
/// <param name="element">The value.</param>
/// <param name="parent">Path of the value itself, or of its list.</param>
/// <param name="index">Place in that list; negative where <paramref name="parent"/> is the path. A matrix has a million values: their paths are
/// only written when an error needs them.</param>
internal readonly struct JsonField(JsonElement element, string parent, int index = -1)
{
    // Counts are held as doubles, which are exact up to here.
    private const long LargestCount = 1L << 53;

    private string Path => index < 0 ? parent : $"{parent}[{index}]";

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public JsonField this[string name] =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            ? new JsonField(value, $"{Path}.{name}")
            : throw new JsonException($"{Path}.{name}: expected a value, got none.");

    public IEnumerable<JsonField> Items()
    {
        Require(element.ValueKind == JsonValueKind.Array, "a list");
        string path = Path;
        return element.EnumerateArray().Select((item, place) => new JsonField(item, path, place));
    }

    /// <summary>A list of exactly so many numbers.</summary>
    public double[] Numbers(int length, Func<JsonField, double> number)
    {
        JsonField[] items = [.. Items()];
        Require(items.Length == length, $"a list of {length}");
        return Array.ConvertAll(items, item => number(item));
    }

    public string Text()
    {
        Require(element.ValueKind == JsonValueKind.String, "a text");
        return element.GetString()!;
    }

    public double Number()
    {
        double value = 0;
        Require(element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value), "a number");
        return value;
    }

    public long Count()
    {
        long value = 0;
        bool isCount = element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value) && value is >= 0 and <= LargestCount;
        Require(isCount, "a whole number, 0 or more");
        return value;
    }

    private void Require(bool holds, string expected)
    {
        if (!holds)
        {
            string text = element.ToString();
            string got = element.ValueKind switch
            {
                JsonValueKind.Array => $"a list of {element.GetArrayLength()}",
                JsonValueKind.Object => "an object",
                JsonValueKind.Null => "null",
                _ => text.Length <= 40 ? text : text[..40] + "…",
            };
            throw new JsonException($"{Path}: expected {expected}, got {got}.");
        }
    }
}
