using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Tensors by name, and text about them, in the safetensors format: https://github.com/huggingface/safetensors#format.</summary>
/// <remarks>
/// A header of JSON, then the elements one tensor after another, little-endian. Read and written as a stream: tensors take no second copy in memory.
/// F32, F16, BF16 and F64 become single precision. Tensors of whole numbers are left out: no layer reads them. A header whose tensors overlap, leave
/// gaps, are named twice or lie outside the file is refused.
/// </remarks>
public static class SafetensorsFile
{
    private const string Kind = "a safetensors file";
    private const int BufferLength = 1 << 16;

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors in the header's order, in single precision.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is not a safetensors file, or is damaged.</exception>
    public static StateDictionary Read(string path) => Read(path, out _);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="metadata">What the file says about them: text by name.</param>
    public static StateDictionary Read(string path, out IReadOnlyDictionary<string, string> metadata)
    {
        using FileStream stream = ForeignFile.Open(path, Kind);
        return Read(stream, path, out metadata);
    }

    /// <summary>Reads all tensors of a stream.</summary>
    /// <param name="stream">From its present position to its end; its length is known. Left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="metadata">What the file says about them: text by name.</param>
    /// <returns>The tensors in the header's order, in single precision.</returns>
    /// <exception cref="InterchangeException">It is not of the safetensors format, or is damaged.</exception>
    public static StateDictionary Read(Stream stream, string name, out IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        long length = stream.Length - stream.Position;
        var budget = MemoryBudget.ForFile(name, length);
        SafetensorsHeader header = SafetensorsHeader.Read(stream, name, length, budget);

        // Places first, so that the elements can be read in the order they lie in.
        var state = new StateDictionary();
        foreach (SafetensorsEntry entry in header.Entries)
        {
            if (SafetensorsTypes.Real(entry.ElementType) is not null)
            {
                budget.Take((entry.Shape.ElementCount * sizeof(float)) + Tensor.Alignment);
                state.Add(entry.Name, NewTensor(entry, name));
            }
        }

        var buffer = new byte[BufferLength];
        foreach (SafetensorsEntry entry in header.Entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            ReadElements(stream, entry, state.TryGetValue(entry.Name, out Tensor? target) ? target : null, buffer, name);
        }

        metadata = header.Metadata;
        return state;
    }

    /// <summary>Reads a stream into given tensors; it must hold exactly these, as F32, in any order.</summary>
    /// <param name="stream"><inheritdoc cref="Read(Stream, string, out IReadOnlyDictionary{string, string})" path="/param[@name='stream']"/></param>
    /// <param name="name"><inheritdoc cref="Read(Stream, string, out IReadOnlyDictionary{string, string})" path="/param[@name='name']"/></param>
    /// <param name="targets">Names and single-precision tensors, whose elements are overwritten.</param>
    /// <exception cref="InterchangeException">It is damaged or holds other tensors; some targets may have been overwritten.</exception>
    public static void ReadInto(Stream stream, string name, IEnumerable<KeyValuePair<string, Tensor>> targets)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(targets);
        var wanted = new Dictionary<string, Tensor>(targets, StringComparer.Ordinal);
        long length = stream.Length - stream.Position;
        SafetensorsHeader header = SafetensorsHeader.Read(stream, name, length, MemoryBudget.ForFile(name, length));
        foreach (SafetensorsEntry entry in header.Entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            if (!wanted.Remove(entry.Name, out Tensor? target))
            {
                throw SafetensorsHeader.Damaged(name, $"expected no tensor '{entry.Name}', got one of {entry.Kind}");
            }

            if (entry.ElementType != "F32" || entry.Shape != target.Shape)
            {
                throw SafetensorsHeader.Damaged(name, $"expected tensor '{entry.Name}' to be F32 {target.Shape}, got {entry.Kind}");
            }

            SafetensorsHeader.ReadExactly(stream, target.Bytes, name);
        }

        if (wanted.Count > 0)
        {
            throw SafetensorsHeader.Damaged(name, $"expected a tensor '{wanted.Keys.First()}', got none of that name");
        }

        // Reading past the last byte lets a stream that checks a sum do so.
        if (stream.ReadByte() >= 0)
        {
            throw SafetensorsHeader.Damaged(name, "expected the end after its last tensor, got more bytes");
        }
    }

    /// <summary>Writes tensors to a file, which is replaced when all is written.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="state">The tensors, written in this order as F32 or BF16.</param>
    /// <param name="metadata">Text by name to keep with them; null for none.</param>
    /// <exception cref="IOException">Writing failed; an earlier file is unchanged.</exception>
    public static void Write(string path, StateDictionary state, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ForeignFile.Replace(path, stream => Write(stream, state, metadata));
    }

    /// <summary>Writes tensors to a stream. The same tensors give the same bytes.</summary>
    /// <param name="stream">Left open; need not seek.</param>
    /// <param name="tensors">The tensors by name, each name once, written in this order as F32 or BF16.</param>
    /// <param name="metadata">Text by name to keep with them; null for none.</param>
    /// <exception cref="ArgumentException">The names and the metadata are too long for the format's header.</exception>
    public static void Write(
        Stream stream, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        stream.Write(SafetensorsHeader.Bytes(tensors, metadata));
        foreach ((_, Tensor tensor) in tensors)
        {
            stream.Write(tensor.Bytes);
        }
    }

    private static Tensor NewTensor(SafetensorsEntry entry, string name)
    {
        try
        {
            return new Tensor(entry.Shape);
        }
        catch (ArgumentException exception)
        {
            throw new InterchangeException($"'{name}': tensor '{entry.Name}': {exception.Message}", exception);
        }
    }

    /// <summary>Reads or skips one tensor's elements, a piece at a time where they are converted.</summary>
    private static void ReadElements(Stream stream, SafetensorsEntry entry, Tensor? target, byte[] buffer, string name)
    {
        StorageType? type = SafetensorsTypes.Real(entry.ElementType);
        if (type == StorageType.Float32)
        {
            SafetensorsHeader.ReadExactly(stream, target!.Bytes, name);
            return;
        }

        int done = 0;
        for (long left = entry.End - entry.Start; left > 0;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            SafetensorsHeader.ReadExactly(stream, piece, name);
            left -= piece.Length;
            if (type is { } real)
            {
                int count = piece.Length / real.SizeInBytes();
                StorageBytes.Convert(real, piece, target!.Span.Slice(done, count));
                done += count;
            }
        }
    }
}
