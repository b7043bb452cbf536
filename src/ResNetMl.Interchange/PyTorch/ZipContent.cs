using System.Text;

namespace ResNetMl.Interchange;

/// <summary>
/// What torch.save writes since PyTorch 1.6: a zip of stored entries in one folder, <c>data.pkl</c> (the object), <c>data/0</c>, <c>data/1</c>, …
/// (its storages) and, in newer files, <c>byteorder</c>.
/// </summary>
internal static class ZipContent
{
    private const string Object = "data.pkl";

    /// <summary>Reads the object and finds its storages.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Named in messages.</param>
    /// <param name="budget">What the file may make of itself.</param>
    internal static PyTorchContent Read(ReadOnlyMemory<byte> bytes, string file, MemoryBudget budget)
    {
        var zip = new StoredZip(bytes, file, budget);
        string entry = zip.Names.FirstOrDefault(name => name == Object || name.EndsWith("/" + Object, StringComparison.Ordinal))
            ?? throw new InterchangeException(
                $"'{file}': expected PyTorch's zip with an entry {Object}, got {(zip.Names.Any() ? $"one with '{zip.Names.First()}'" : "an empty one")}. " +
                "Save weights with torch.save(model.state_dict(), path).");
        string folder = entry[..^Object.Length];
        if (zip.Contains(folder + "constants.pkl"))
        {
            throw new InterchangeException(
                $"'{file}': expected a state dictionary, got a TorchScript program. Load it in PyTorch and save its weights: " +
                "torch.save(module.state_dict(), path).");
        }

        if (zip.TryGet(folder + "byteorder", out ReadOnlyMemory<byte> order) && !order.Span.SequenceEqual("little"u8))
        {
            throw new InterchangeException(
                $"'{file}': expected numbers with the lowest byte first ('little'), got the byte order '{Shown(order.Span)}'. Save it on another machine.");
        }

        zip.TryGet(entry, out ReadOnlyMemory<byte> pickle);
        var types = new Dictionary<string, StorageType>(StringComparer.Ordinal);
        int position = 0;
        object? root = PickleReader.Read(pickle, ref position, file, budget, types);

        var storages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (string key in types.Keys)
        {
            if (zip.TryGet($"{folder}data/{key}", out ReadOnlyMemory<byte> storage))
            {
                storages[key] = storage;
            }
        }

        return new PyTorchContent(root, storages);
    }

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text[..Math.Min(text.Length, 20)]);
}
