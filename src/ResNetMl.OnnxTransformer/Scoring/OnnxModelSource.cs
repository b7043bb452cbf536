using System.Security.Cryptography;
using ResNetMl.Interchange;
using ResNetMl.Transforms.Onnx.Files;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Where a model's bytes are: in memory, or in a file that is read again when the transformer is saved.</summary>
internal sealed class OnnxModelSource
{
    private readonly byte[]? _bytes;
    private readonly string? _path;
    private readonly byte[]? _hash;
    private Dictionary<string, (long Length, DateTime Written)> _externalFiles = [];

    private OnnxModelSource(string name, byte[]? bytes, string? path, byte[]? hash)
    {
        Name = name;
        _bytes = bytes;
        _path = path;
        _hash = hash;
    }

    /// <summary>For messages.</summary>
    internal string Name { get; }

    /// <summary>The file's folder, where external data may lie; null for a model in memory.</summary>
    internal string? Folder => Path.GetDirectoryName(_path);

    /// <summary>Reads a file. Its bytes are not kept: a large model would be in memory twice.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is too large to be an ONNX file.</exception>
    internal static (OnnxModelSource Source, byte[] Bytes) OfFile(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"{path}: expected an ONNX file, found none. Check the path.", path);
        }

        byte[] bytes = Read(path, full);
        return (new OnnxModelSource(path, bytes: null, full, SHA256.HashData(bytes)), bytes);
    }

    /// <summary>A model in memory, kept.</summary>
    internal static OnnxModelSource OfBytes(byte[] bytes, string name) => new(name, bytes, path: null, hash: null);

    /// <summary>The rest of a stream.</summary>
    /// <exception cref="InterchangeException">It is too large to be an ONNX file.</exception>
    internal static byte[] ReadToEnd(Stream stream)
    {
        using var buffer = new MemoryStream(stream.CanSeek ? (int)Math.Min(Math.Max(0, stream.Length - stream.Position), Array.MaxLength) : 0);
        try
        {
            stream.CopyTo(buffer);
        }
        catch (IOException exception) when (buffer.Length > int.MaxValue / 2)
        {
            throw new InterchangeException("ONNX model from a stream: expected a file below 2 GiB, the most its format can hold, got more.", exception);
        }

        return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
    }

    /// <summary>Notes what the files of external data are like, to know later whether they are the same.</summary>
    internal void NoteExternalFiles(IEnumerable<string> locations) => _externalFiles = locations.ToDictionary(location => location, StateOf);

    /// <summary>The model as one ONNX file.</summary>
    /// <exception cref="IOException">A file is gone or another by now.</exception>
    /// <exception cref="NotSupportedException">With its external data it is larger than an ONNX file can be.</exception>
    internal byte[] WholeFile()
    {
        if (_bytes is not null)
        {
            return _bytes;
        }

        byte[] bytes = Read(Name, _path!);
        if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(_hash) || _externalFiles.Any(file => StateOf(file.Key) != file.Value))
        {
            throw new IOException(
                $"{Name}: the file has changed since the model was loaded from it, so it cannot be saved. Load the model again, or keep its file as it is until it is saved.");
        }

        return _externalFiles.Count > 0 ? ExternalDataInliner.Inline(Name, bytes, Folder!) : bytes;
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

    private (long Length, DateTime Written) StateOf(string location)
    {
        var file = new FileInfo(Path.Combine(Folder!, location));
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : (-1, default);
    }
}
