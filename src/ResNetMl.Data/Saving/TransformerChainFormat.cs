using System.Text;
using System.Text.Json;

namespace ResNetMl.Data;

/// <summary>How a chain is saved: <c>chain.json</c> lists its transformers in order, each with its parts in a folder, 0, 1, …</summary>
internal static class TransformerChainFormat
{
    public const string LoaderName = "TransformerChain";

    private const string ListPart = "chain.json";

    /// <summary>What a transformer writes; a chain writes those of its transformers.</summary>
    /// <exception cref="NotSupportedException">The transformer, or one in the chain, cannot be saved.</exception>
    public static SavedComponent Save(ITransformer transformer) => transformer switch
    {
        ITransformerChain chain => SaveChain(chain),
        ISavableTransformer savable => savable.Save(),
        _ => throw new NotSupportedException(
            $"{transformer.GetType().Name} cannot be saved: it is not a transformer of this product. Save the chain without it and append it after loading."),
    };

    private static SavedComponent SaveChain(ITransformerChain chain)
    {
        SavedComponent[] components = [.. chain.Transformers.Select(Save)];
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("transformers");
            for (int index = 0; index < components.Length; index++)
            {
                json.WriteStartObject();
                json.WriteString("loader", components[index].Loader);
                json.WriteNumber("loaderVersion", components[index].LoaderVersion);
                json.WriteNumber("scope", (int)chain.Scopes[index]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new SavedComponent(
            LoaderName, 1,
            [
                ModelPart.FromText(ListPart, Encoding.UTF8.GetString(buffer.ToArray())),
                .. components.SelectMany((component, index) => component.Parts.Select(part => part.In($"{index}"))),
            ]);
    }

    internal sealed class Loader : ITransformerLoader
    {
        public ITransformer Load(ComponentReader reader)
        {
            (string Loader, int Version, TransformerScope Scope)[] list = reader.ReadJson(ListPart, root =>
                root.GetProperty("transformers").EnumerateArray().Select(item => (
                    item.GetProperty("loader").GetString() ?? throw new JsonException("loader is null"),
                    item.GetProperty("loaderVersion").GetInt32(),
                    (TransformerScope)item.GetProperty("scope").GetInt32() & TransformerScope.Everything)).ToArray());
            var transformers = new List<ITransformer>();
            try
            {
                for (int index = 0; index < list.Length; index++)
                {
                    transformers.Add(reader.LoadComponent($"{index}", list[index].Loader, list[index].Version));
                }
            }
            catch
            {
                transformers.ForEach(transformer => (transformer as IDisposable)?.Dispose());
                throw;
            }

            return new TransformerChain<ITransformer>(transformers, [.. list.Select(item => item.Scope)]);
        }
    }
}
