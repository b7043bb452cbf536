using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Tensors as one part of an archive, in the safetensors format: https://github.com/huggingface/safetensors#format.</summary>
/// <remarks>
/// 8 bytes header length (little-endian), a JSON header {name: {dtype, shape, data_offsets}} padded with spaces to a multiple of 8, then the
/// elements one tensor after another, little-endian. Written and read as a stream: weights take no second copy in memory. Reading knows which
/// tensors it wants, so the header decides nothing about memory.
/// </remarks>
internal static class SafetensorsPart
{
    private const int LongestHeader = 16 << 20;

    /// <summary>Writes the tensors in their order.</summary>
    internal static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors)
    {
        byte[] header = Header(tensors);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (NamedTensor tensor in tensors)
        {
            stream.Write(tensor.Tensor.Bytes);
        }
    }

    /// <summary>SHA-256 of what <see cref="Write"/> writes, 64 lower-case hexadecimal digits.</summary>
    internal static string Sha256(IReadOnlyList<NamedTensor> tensors)
    {
        using var sha256 = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha256, CryptoStreamMode.Write))
        {
            Write(stream, tensors);
        }

        return Convert.ToHexStringLower(sha256.Hash!);
    }

    /// <summary>Reads a part into given tensors; it must hold exactly these, in any order.</summary>
    /// <param name="archive">The opened file.</param>
    /// <param name="partName">The part.</param>
    /// <param name="targets">Names and shapes expected; their elements are overwritten.</param>
    /// <exception cref="ModelFormatException">The part is damaged or holds other tensors.</exception>
    internal static void ReadInto(ModelArchive archive, string partName, IReadOnlyList<NamedTensor> targets)
    {
        using Stream stream = archive.OpenPart(partName);
        long room = stream.Length;
        byte[] header = ReadHeader(stream, archive.Name, partName);
        Dictionary<string, Tensor> wanted = targets.ToDictionary(target => target.Name, target => target.Tensor, StringComparer.Ordinal);
        long end = 0;
        foreach (HeaderEntry entry in Parse(header, archive.Name, partName).OrderBy(entry => entry.Start))
        {
            if (!wanted.Remove(entry.Name, out Tensor? target))
            {
                throw Damaged(archive.Name, partName, $"it holds a tensor '{entry.Name}' that the network does not have");
            }

            if (entry.ElementType != "F32" || entry.Shape != target.Shape)
            {
                throw Damaged(
                    archive.Name, partName, $"tensor '{entry.Name}' is {entry.ElementType} {entry.Shape}, the network's is F32 {target.Shape}");
            }

            if (entry.Start != end || entry.End - entry.Start != target.Bytes.Length || entry.End > room - sizeof(ulong) - header.Length)
            {
                throw Damaged(archive.Name, partName, $"tensor '{entry.Name}' lies at bytes {entry.Start} to {entry.End}, where it does not fit");
            }

            end = entry.End;
            stream.ReadExactly(target.Bytes);
        }

        if (wanted.Count > 0)
        {
            throw Damaged(archive.Name, partName, $"it lacks the tensor '{wanted.Keys.First()}' of the network");
        }

        // Reading past the last byte makes the archive check the hash of a part that no read above finished.
        if (stream.ReadByte() >= 0)
        {
            throw Damaged(archive.Name, partName, "bytes follow its last tensor");
        }
    }

    private static byte[] Header(IReadOnlyList<NamedTensor> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            long offset = 0;
            json.WriteStartObject();
            foreach ((string name, Tensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (int length in tensor.Shape.AsSpan())
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += tensor.Bytes.Length;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % sizeof(ulong) != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static byte[] ReadHeader(Stream stream, string file, string partName)
    {
        Span<byte> lengthBytes = stackalloc byte[sizeof(ulong)];
        if (stream.Length < sizeof(ulong))
        {
            throw Damaged(file, partName, $"it has {stream.Length} bytes, too few for a header");
        }

        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > LongestHeader || (long)length > stream.Length - sizeof(ulong))
        {
            throw Damaged(file, partName, $"its header claims {length:N0} bytes");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    private static List<HeaderEntry> Parse(byte[] header, string file, string partName)
    {
        var entries = new List<HeaderEntry>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            foreach (JsonProperty property in document.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__"))
            {
                JsonElement offsets = property.Value.GetProperty("data_offsets");
                entries.Add(new HeaderEntry(
                    property.Name,
                    property.Value.GetProperty("dtype").GetString() ?? "null",
                    new Shape([.. property.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())]),
                    offsets[0].GetInt64(),
                    offsets[1].GetInt64()));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException or IndexOutOfRangeException or DecoderFallbackException)
        {
            throw Damaged(file, partName, $"its header cannot be read ({exception.Message})", exception);
        }

        return entries;
    }

    private static ModelFormatException Damaged(string file, string partName, string what, Exception? inner = null) => new(
        ModelFormatError.Damaged, $"'{file}' is damaged: part '{partName}': {what}. Copy the file again or save the model again.", inner);

    private sealed record HeaderEntry(string Name, string ElementType, Shape Shape, long Start, long End);
}
