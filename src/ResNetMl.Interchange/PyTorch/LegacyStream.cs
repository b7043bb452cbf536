using System.Buffers.Binary;
using System.Numerics;

namespace ResNetMl.Interchange;

/// <summary>
/// What torch.save wrote before PyTorch 1.6 (and writes with _use_new_zipfile_serialization=False): pickles one after another, magic number, protocol
/// version 1001, facts of the system, the object, the keys of its storages; then each storage as its count (8 bytes) and its elements.
/// </summary>
internal static class LegacyStream
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = new([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    /// <summary>Reads the object and finds its storages.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Named in messages.</param>
    /// <param name="budget">What the file may make of itself.</param>
    internal static PyTorchContent Read(ReadOnlyMemory<byte> bytes, string file, MemoryBudget budget)
    {
        int position = 0;
        if (PickleReader.Read(bytes, ref position, file, budget) is not BigInteger magic || magic != Magic)
        {
            throw new InterchangeException(
                $"'{file}': expected the magic number of torch.save, got another pickle. " +
                "Save weights with torch.save(model.state_dict(), path).");
        }

        if (PickleReader.Read(bytes, ref position, file, budget) is not Version)
        {
            throw new InterchangeException($"'{file}': expected version {Version} of PyTorch's stream, got another. Load and save it with a newer PyTorch.");
        }

        if (PickleReader.Read(bytes, ref position, file, budget) is not PickleDictionary system || system.Find("little_endian") is not true)
        {
            throw new InterchangeException($"'{file}': expected numbers with the lowest byte first, got another order. Save it on another machine.");
        }

        var types = new Dictionary<string, StorageType>(StringComparer.Ordinal);
        object? root = PickleReader.Read(bytes, ref position, file, budget, types);
        if (PickleReader.Read(bytes, ref position, file, budget) is not PickleList keys)
        {
            throw Damaged(file, "expected the keys of its storages");
        }

        return new PyTorchContent(root, FindStorages(bytes, position, keys, types, file, budget));
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> FindStorages(
        ReadOnlyMemory<byte> bytes,
        long position,
        PickleList keys,
        Dictionary<string, StorageType> types,
        string file,
        MemoryBudget budget)
    {
        const int BytesPerStorage = 128;
        var storages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (object? item in keys.Items)
        {
            // The file does not say how long an element is: only the pickle's reference to the storage does.
            if (item is not string key || !types.TryGetValue(key, out StorageType type))
            {
                throw Damaged(file, $"expected storages of the pickled object, got another key");
            }

            if (position > bytes.Length - sizeof(long))
            {
                throw Damaged(file, $"expected {keys.Items.Count} storages, got the end of the file after {storages.Count}");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[(int)position..]);
            position += sizeof(long);
            int size = type.SizeInBytes();
            if (count < 0 || count > (bytes.Length - position) / size)
            {
                throw Damaged(file, $"expected storage '{key}' of {count:N0} elements, got {bytes.Length - position:N0} bytes");
            }

            budget.Take(BytesPerStorage);
            storages[key] = bytes.Slice((int)position, (int)(count * size));
            position += count * size;
        }

        return storages;
    }

    private static InterchangeException Damaged(string file, string what) =>
        new($"'{file}': {what}. The file is cut short or damaged: fetch it again.");
}
