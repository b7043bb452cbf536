using System.Security.Cryptography;
using ResNetMl.Interchange;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Where a model's bytes are: in memory, or in a file that is read again when the transformer is saved.</summary>
internal sealed class OnnxModelSource
{
    private readonly byte[]? _bytes;
    private readonly byte[]? _hash;

    private OnnxModelSource(string name, string? path, byte[]? bytes, byte[]? hash)
    {
        Name = name;
        Path = path;
        _bytes = bytes;
        _hash = hash;
    }

    /// <summary>For messages.</summary>
    internal string Name { get; }

    /// <summary>The file, or null for a model in memory.</summary>
    internal string? Path { get; }

    /// <summary>Reads a file. Its bytes are not kept: a large model would be in memory twice.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is too large to be an ONNX file.</exception>
    internal static (OnnxModelSource Source, byte[] Bytes) OfFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"{path}: expected an ONNX file, found none. Check the path.", path);
        }

        byte[] bytes = Read(path, full);
        return (new OnnxModelSource(path, full, bytes: null, SHA256.HashData(bytes)), bytes);
    }

    /// <summary>A model in memory, kept.</summary>
    internal static OnnxModelSource OfBytes(byte[] bytes, string name) => new(name, path: null, bytes, hash: null);

    /// <summary>The bytes that the model was made from.</summary>
    /// <exception cref="IOException">The file is gone or another by now.</exception>
    internal byte[] Bytes()
    {
        if (_bytes is not null)
        {
            return _bytes;
        }

        byte[] bytes = Read(Name, Path!);
        return SHA256.HashData(bytes).AsSpan().SequenceEqual(_hash)
            ? bytes
            : throw new IOException($"{Name}: the file has changed since the model was loaded from it, so it cannot be saved. Load the model again, or keep its file until it is saved.");
    }

    private static byte[] Read(string name, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException exception) when (new FileInfo(path) is { Exists: true, Length: > int.MaxValue })
        {
            throw new InterchangeException($"{name}: expected an ONNX file below 2 GiB, the most its format can hold, got {new FileInfo(path).Length:N0} bytes.", exception);
        }
    }
}
