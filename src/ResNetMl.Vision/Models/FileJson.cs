using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResNetMl.Data;

namespace ResNetMl.Vision;

/// <summary>How the JSON parts of models and checkpoints are written and read.</summary>
internal static class FileJson
{
    /// <summary>camelCase, indented, labels in any script readable; numbers that JSON lacks (NaN) as text, so that nothing is lost.</summary>
    internal static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads a part.</summary>
    /// <exception cref="ModelFormatException">It is not the JSON expected.</exception>
    internal static T Read<T>(ModelParts parts, string partName)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(parts.ReadText(partName), Options) ?? throw new JsonException("it holds null");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{parts.FileName}' is damaged: part '{partName}' is not the JSON that was expected ({exception.Message})",
                exception);
        }
    }

    /// <summary>Refuses an archive of another kind or of a later version.</summary>
    /// <param name="archive">The opened file.</param>
    /// <param name="loader">The kind expected.</param>
    /// <param name="newestVersion">The newest layout of parts that is known.</param>
    /// <param name="what">In words: <c>model</c>, <c>checkpoint</c>.</param>
    internal static void RequireLoader(ModelArchive archive, string loader, int newestVersion, string what)
    {
        if (archive.Manifest.Loader != loader)
        {
            throw new ModelFormatException(
                ModelFormatError.NotAModel,
                $"'{archive.Name}' is not a {what}: it holds a {archive.Manifest.Loader}, expected {loader}. Give a {what} that this product saved.");
        }

        if (archive.Manifest.LoaderVersion > newestVersion)
        {
            throw new ModelFormatException(
                ModelFormatError.TooNew,
                $"'{archive.Name}' is too new: its {what} has version {archive.Manifest.LoaderVersion}, this product reads up to {newestVersion} " +
                $"(it was written by {archive.Manifest.ProductVersion}, this is {ModelArchive.ProductVersion}). Update the product.");
        }
    }
}
