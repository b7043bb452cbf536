using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>The manifest as JSON. Read field by field: nothing in the file chooses a type.</summary>
internal static class ManifestJson
{
    public const string Format = "ResNetMl.ModelArchive";

    public static byte[] Write(ModelManifest manifest)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("formatVersion", manifest.FormatVersion);
            json.WriteString("productVersion", manifest.ProductVersion);
            json.WriteString("loader", manifest.Loader);
            json.WriteNumber("loaderVersion", manifest.LoaderVersion);
            json.WriteStartArray("parts");
            foreach (ModelPartEntry part in manifest.Parts)
            {
                json.WriteStartObject();
                json.WriteString("name", part.Name);
                json.WriteNumber("sizeInBytes", part.SizeInBytes);
                json.WriteString("sha256", part.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <param name="bytes">The manifest's bytes, already known to be whole.</param>
    /// <param name="file">Name of the archive, for messages.</param>
    public static ModelManifest Read(ReadOnlyMemory<byte> bytes, string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("format", out JsonElement format)
                || format.ValueKind != JsonValueKind.String
                || format.GetString() != Format)
            {
                throw new ModelFormatException(
                    ModelFormatError.NotAModel,
                    $"'{file}' is not a ResNetMl model: its manifest.json does not say \"format\": \"{Format}\". It belongs to another program.");
            }

            // The version is read before anything else: a newer manifest may lack or rename the rest.
            int formatVersion = root.GetProperty("formatVersion").GetInt32();
            string productVersion = root.TryGetProperty("productVersion", out JsonElement product) ? product.GetString() ?? "" : "";
            if (formatVersion > ModelArchive.NewestFormatVersion)
            {
                throw new ModelFormatException(
                    ModelFormatError.TooNew,
                    $"'{file}' is too new: its format is version {formatVersion}, this product reads up to {ModelArchive.NewestFormatVersion}. " +
                    $"It was written by ResNetMl {productVersion}; use that version or a later one.");
            }

            if (formatVersion < 1)
            {
                throw new JsonException($"formatVersion is {formatVersion}");
            }

            var parts = new List<ModelPartEntry>();
            foreach (JsonElement part in root.GetProperty("parts").EnumerateArray())
            {
                parts.Add(new ModelPartEntry(
                    Text(part, "name"), part.GetProperty("sizeInBytes").GetInt64(), Text(part, "sha256")));
            }

            return new ModelManifest(
                formatVersion, productVersion, Text(root, "loader"), root.GetProperty("loaderVersion").GetInt32(), parts.AsReadOnly());
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException || (exception is FormatException and not ModelFormatException))
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{file}' is damaged: its manifest.json cannot be read ({exception.Message}). Copy the file again or save the model again.",
                exception);
        }
    }

    private static string Text(JsonElement element, string property)
        => element.GetProperty(property).GetString() ?? throw new JsonException($"{property} is null");
}
