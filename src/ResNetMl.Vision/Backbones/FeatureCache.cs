using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>SHA-256 of an image's bytes.</summary>
internal readonly record struct ImageHash(ulong A, ulong B, ulong C, ulong D)
{
    public const int Bytes = 32;

    public static ImageHash Of(ReadOnlySpan<byte> encoded)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(encoded, hash);
        return Read(hash);
    }

    public static ImageHash Read(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]), BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]));

    public void Write(Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(hash, A);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], B);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[16..], C);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[24..], D);
    }
}

/// <summary>Features by the bytes of their image, for one backbone, preprocessing, size, executor and precision.</summary>
/// <remarks>
/// The file: <c>RNMLFEA1</c>, the key of all that, 32 bytes; features an image and entries, 32 bits each; entries: the image's SHA-256, then its features as
/// 32-bit floats; the SHA-256 of all before. Little-endian. It is replaced as a whole, so that a crash leaves the earlier one; of two fits that write at once
/// one may lose entries of the other, never mix them up. A file that is damaged counts as empty.
/// </remarks>
internal sealed class FeatureCache
{
    private const int HeaderBytes = 8 + ImageHash.Bytes + 8;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("RNMLFEA1");

    private readonly byte[] _key;
    private readonly int _featureCount;
    private readonly ConcurrentDictionary<ImageHash, float[]> _entries = [];
    private int _unsaved;

    private FeatureCache(byte[] key, int featureCount, string? path)
    {
        _key = key;
        _featureCount = featureCount;
        Path = path;
    }

    /// <summary>The file; null for a cache that lasts as long as this object.</summary>
    public string? Path { get; }

    /// <summary>Entries at hand.</summary>
    public int Count => _entries.Count;

    /// <summary>The folder of caches where none is given.</summary>
    public static string DefaultFolder => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(DatasetCatalogue.DefaultFolder)!, "features");

    /// <summary>Makes a cache.</summary>
    /// <param name="backbone">Whose features.</param>
    /// <param name="extraction">Computed how.</param>
    /// <param name="folder">Where its file is or will be; null for none.</param>
    /// <param name="name">How its file's name begins.</param>
    /// <param name="reads">Whether to take the file's entries.</param>
    /// <param name="warn">Told of a file that cannot be used.</param>
    public static FeatureCache Open(
        Backbone backbone, ExtractionOptions extraction, string? folder, string name, bool reads, Action<string> warn)
    {
        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{backbone.Sha256}\n{extraction.Executor.Name}\n{extraction.Executor.Description}\n{extraction.Precision}"));
        string? path = folder is null ? null : System.IO.Path.Combine(folder, $"{name}_{Convert.ToHexStringLower(key.AsSpan(0, 8))}_features.bin");
        var cache = new FeatureCache(key, backbone.FeatureCount, path);
        if (reads && path is not null)
        {
            cache.TakeEntries(path, warn);
        }

        return cache;
    }

    /// <summary>Threads may ask while one adds.</summary>
    public bool TryGet(ImageHash image, out float[]? features) => _entries.TryGetValue(image, out features);

    public void Add(ImageHash image, float[] features) => _unsaved += _entries.TryAdd(image, features) ? 1 : 0;

    /// <summary>Writes what is new to the file, with the entries that others have put there meanwhile.</summary>
    /// <param name="warn">Told where it cannot be written: the fit goes on without.</param>
    public void Save(Action<string> warn)
    {
        if (Path is null || _unsaved == 0)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            TakeEntries(Path, _ => { });
            AtomicFile.Write(Path, Write);
            _unsaved = 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            warn($"The features are not kept for the next fit: {exception.Message}");
        }
    }

    private void TakeEntries(string path, Action<string> warn)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            foreach ((ImageHash image, float[] features) in Read(path))
            {
                _entries.TryAdd(image, features);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            warn($"'{path}' cannot be used, so its features are computed again: {exception.Message}");
        }
    }

    private void Write(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }

        var header = new byte[HeaderBytes];
        Magic.CopyTo(header, 0);
        _key.CopyTo(header, Magic.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(HeaderBytes - 8), _featureCount);
        KeyValuePair<ImageHash, float[]>[] entries = [.. _entries];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(HeaderBytes - 4), entries.Length);
        Put(header);
        var entry = new byte[EntryBytes];
        foreach ((ImageHash image, float[] features) in entries)
        {
            image.Write(entry);
            MemoryMarshal.AsBytes(features.AsSpan()).CopyTo(entry.AsSpan(ImageHash.Bytes));
            Put(entry);
        }

        stream.Write(hash.GetHashAndReset());
    }

    private List<(ImageHash Image, float[] Features)> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = new byte[HeaderBytes];
        stream.ReadExactly(header);
        hash.AppendData(header);
        int featureCount = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(HeaderBytes - 8));
        int count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(HeaderBytes - 4));
        if (!header.AsSpan(0, Magic.Length).SequenceEqual(Magic) || !header.AsSpan(Magic.Length, ImageHash.Bytes).SequenceEqual(_key) ||
            featureCount != _featureCount || count < 0 || stream.Length != HeaderBytes + ((long)count * EntryBytes) + ImageHash.Bytes)
        {
            throw new InvalidDataException("it is no feature cache of this backbone, or cut short.");
        }

        var entries = new List<(ImageHash, float[])>(count);
        var entry = new byte[EntryBytes];
        for (int i = 0; i < count; i++)
        {
            stream.ReadExactly(entry);
            hash.AppendData(entry);
            entries.Add((ImageHash.Read(entry), MemoryMarshal.Cast<byte, float>(entry.AsSpan(ImageHash.Bytes)).ToArray()));
        }

        var expected = new byte[ImageHash.Bytes];
        stream.ReadExactly(expected);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(expected) ? entries : throw new InvalidDataException("its content does not fit its SHA-256.");
    }

    private int EntryBytes => ImageHash.Bytes + (_featureCount * sizeof(float));
}
