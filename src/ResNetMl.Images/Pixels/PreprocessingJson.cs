using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNetMl.Images;

/// <summary>Lets <see cref="JsonSerializer"/> read and write a <see cref="Preprocessing"/> inside larger documents.</summary>
internal sealed class PreprocessingJsonConverter : JsonConverter<Preprocessing>
{
    public override Preprocessing Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return PreprocessingJson.Read(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, Preprocessing value, JsonSerializerOptions options) => PreprocessingJson.Write(writer, value);
}

/// <summary>The JSON form of a preprocessing, read strictly: a misspelt part is an error, not a default.</summary>
internal static class PreprocessingJson
{
    private static readonly string[] Parts = ["resize", "crop", "channelOrder", "mean", "standardDeviation", "filter"];

    internal static Preprocessing Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"preprocessing: expected a JSON object, got text that is not JSON ({exception.Message})", exception);
        }
    }

    internal static Preprocessing Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"preprocessing: expected a JSON object with {string.Join(", ", Parts)}, got {Show(root)}.");
        }

        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!Parts.Contains(property.Name))
            {
                throw new FormatException($"preprocessing.{property.Name}: unknown part. Expected {string.Join(", ", Parts)}.");
            }
        }

        try
        {
            return new Preprocessing(
                ReadResize(Required(root, "resize")),
                ReadCrop(Required(root, "crop")),
                ReadChannelOrder(Required(root, "channelOrder")),
                ReadNumbers(Required(root, "mean"), "mean"),
                ReadNumbers(Required(root, "standardDeviation"), "standardDeviation"),
                root.TryGetProperty("filter", out JsonElement filter) ? ReadFilter(filter) : ResizeFilter.Bilinear);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"preprocessing.{exception.Message}", exception);
        }
    }

    internal static string Write(Preprocessing value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void Write(Utf8JsonWriter writer, Preprocessing value)
    {
        writer.WriteStartObject();
        switch (value.Resize)
        {
            case ResizeShorterSide shorter:
                writer.WriteStartObject("resize");
                writer.WriteNumber("shorterSide", shorter.Length);
                writer.WriteEndObject();
                break;
            case ResizeExactly exact:
                WriteSize(writer, "resize", exact.Height, exact.Width);
                break;
            default:
                writer.WriteNull("resize");
                break;
        }

        if (value.Crop is { } crop)
        {
            WriteSize(writer, "crop", crop.Height, crop.Width);
        }
        else
        {
            writer.WriteNull("crop");
        }

        writer.WriteString("channelOrder", NameOf(value.ChannelOrder));
        WriteNumbers(writer, "mean", value.Mean);
        WriteNumbers(writer, "standardDeviation", value.StandardDeviation);
        if (value.Filter != ResizeFilter.Bilinear)
        {
            writer.WriteString("filter", value.Filter == ResizeFilter.Bicubic ? "bicubic" : "nearest");
        }

        writer.WriteEndObject();
    }

    private static string NameOf(ChannelOrder order) => order switch
    {
        ChannelOrder.Rgb => "RGB",
        ChannelOrder.Bgr => "BGR",
        _ => "Grey",
    };

    private static void WriteSize(Utf8JsonWriter writer, string part, int height, int width)
    {
        writer.WriteStartObject(part);
        writer.WriteNumber("height", height);
        writer.WriteNumber("width", width);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string part, IReadOnlyList<float> numbers)
    {
        writer.WriteStartArray(part);
        foreach (float number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static JsonElement Required(JsonElement root, string part) =>
        root.TryGetProperty(part, out JsonElement value)
            ? value
            : throw new FormatException($"preprocessing.{part}: missing. A preprocessing is never guessed: write every part, null where nothing is done.");

    private static ResizeRule? ReadResize(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object && Names(value) is ["shorterSide"])
        {
            return new ResizeShorterSide(ReadLength(value, "resize", "shorterSide"));
        }

        return IsSize(value)
            ? new ResizeExactly(ReadLength(value, "resize", "height"), ReadLength(value, "resize", "width"))
            : throw new FormatException(
                $"preprocessing.resize: expected null, {{\"shorterSide\": pixels}} or {{\"height\": pixels, \"width\": pixels}}, got {Show(value)}.");
    }

    private static ImageSize? ReadCrop(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return IsSize(value)
            ? new ImageSize(ReadLength(value, "crop", "height"), ReadLength(value, "crop", "width"))
            : throw new FormatException($"preprocessing.crop: expected null or {{\"height\": pixels, \"width\": pixels}}, got {Show(value)}.");
    }

    private static bool IsSize(JsonElement value) => value.ValueKind == JsonValueKind.Object && Names(value) is ["height", "width"];

    private static string[] Names(JsonElement value) => [.. value.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];

    private static int ReadLength(JsonElement parent, string part, string name)
    {
        JsonElement value = parent.GetProperty(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int length)
            ? length
            : throw new FormatException($"preprocessing.{part}.{name}: expected a whole number of pixels, got {Show(value)}.");
    }

    private static ChannelOrder ReadChannelOrder(JsonElement value) =>
        (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
        {
            "RGB" => ChannelOrder.Rgb,
            "BGR" => ChannelOrder.Bgr,
            "Grey" => ChannelOrder.Grey,
            _ => throw new FormatException($"preprocessing.channelOrder: expected \"RGB\", \"BGR\" or \"Grey\", got {Show(value)}."),
        };

    private static ResizeFilter ReadFilter(JsonElement value) =>
        (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
        {
            "bilinear" => ResizeFilter.Bilinear,
            "bicubic" => ResizeFilter.Bicubic,
            "nearest" => ResizeFilter.Nearest,
            _ => throw new FormatException($"preprocessing.filter: expected \"bilinear\", \"bicubic\" or \"nearest\", got {Show(value)}."),
        };

    private static float[] ReadNumbers(JsonElement value, string part)
    {
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(element => element.ValueKind != JsonValueKind.Number))
        {
            throw new FormatException($"preprocessing.{part}: expected a list of numbers, got {Show(value)}.");
        }

        return [.. value.EnumerateArray().Select(element => element.GetSingle())];
    }

    private static string Show(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : $"{text[..57]}...";
    }
}
