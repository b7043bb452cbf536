using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>One tensor that a header names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The format's word: F32, BF16, I64, …</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Start">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal sealed record SafetensorsEntry(string Name, string ElementType, Shape Shape, long Start, long End)
{
    /// <summary>Type and shape, for messages: <c>F32 [3, 36]</c>.</summary>
    internal string Kind => $"{ElementType} {Shape}";
}

/// <summary>The header of the safetensors format: https://github.com/huggingface/safetensors#format.</summary>
/// <remarks>8 bytes length (little-endian), then JSON {name: {dtype, shape, data_offsets}}, filled up with spaces.</remarks>
/// <param name="Entries">The tensors in the order of the header.</param>
/// <param name="Metadata">Text by name, the header's <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    // The reference implementation refuses longer ones.
    private const int Longest = 100_000_000;
    private const int HighestRank = 16;
    private const int BytesPerEntry = 512;
    private const string MetadataKey = "__metadata__";

    /// <summary>Reads a header and checks that its tensors fill the rest of the stream without gap and overlap.</summary>
    /// <param name="stream">At the start of the format; its length is known.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="length">Bytes of the format.</param>
    /// <param name="budget">What the header may make of itself.</param>
    internal static SafetensorsHeader Read(Stream stream, string name, long length, MemoryBudget budget)
    {
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        if (length < sizeof(ulong))
        {
            throw Damaged(name, $"expected 8 bytes that tell the header's length, got {length} bytes");
        }

        ReadExactly(stream, start, name);
        ulong claimed = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (claimed < 2 || claimed > Longest || (long)claimed > length - sizeof(ulong))
        {
            throw Damaged(name, $"expected a header of 2 to {Math.Min(Longest, length - sizeof(ulong)):N0} bytes, its header claims {claimed:N0}");
        }

        budget.Take((long)claimed);
        var json = new byte[claimed];
        ReadExactly(stream, json, name);
        SafetensorsHeader header = Parse(json, name, budget);
        header.CheckPlaces(name, length - sizeof(ulong) - json.Length);
        return header;
    }

    /// <summary>The bytes before the tensors' elements, which follow in the same order.</summary>
    internal static byte[] Bytes(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                if (name == MetadataKey)
                {
                    throw new ArgumentException($"A tensor cannot be named '{MetadataKey}': the safetensors format keeps that name. Rename it.", nameof(tensors));
                }

                WriteEntry(json, name, tensor, ref offset);
            }

            json.WriteEndObject();
        }

        while (buffer.Length % sizeof(ulong) != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        byte[] bytes = buffer.ToArray();
        int length = bytes.Length - sizeof(ulong);
        if (length > Longest)
        {
            throw new ArgumentException(
                $"Names and metadata take {length:N0} bytes; a safetensors header holds at most {Longest:N0}. Write fewer tensors or less metadata.",
                nameof(tensors));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        return bytes;
    }

    internal static void ReadExactly(Stream stream, Span<byte> target, string name)
    {
        try
        {
            stream.ReadExactly(target);
        }
        catch (EndOfStreamException exception)
        {
            throw Damaged(name, $"expected {target.Length:N0} more bytes, got its end", exception);
        }
    }

    internal static InterchangeException Damaged(string name, string what, Exception? inner = null) =>
        new($"'{name}': {what}. The safetensors file is damaged: fetch or save it again.", inner);

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, ref long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", tensor.ElementType == ElementType.BFloat16 ? "BF16" : "F32");
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

    private static SafetensorsHeader Parse(ReadOnlySpan<byte> bytes, string name, MemoryBudget budget)
    {
        if (bytes[0] != (byte)'{')
        {
            throw Damaged(name, "expected a header that starts with '{'");
        }

        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var json = new Utf8JsonReader(bytes);
            json.Read();
            while (NextKey(ref json) is { } key)
            {
                budget.Take(BytesPerEntry + (2 * sizeof(char) * key.Length));
                if (!names.Add(key))
                {
                    throw Damaged(name, $"expected each name once, got '{Shortened(key)}' twice");
                }

                if (key == MetadataKey)
                {
                    ReadMetadata(ref json, metadata, name, budget);
                }
                else
                {
                    entries.Add(ReadEntry(ref json, key, name));
                }
            }

            if (json.Read())
            {
                throw Damaged(name, "expected nothing after the header's JSON");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw Damaged(name, "expected a header of JSON as the format says", exception);
        }

        return new SafetensorsHeader(entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader json, Dictionary<string, string> metadata, string name, MemoryBudget budget)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (NextKey(ref json) is { } key)
        {
            Expect(ref json, JsonTokenType.String);
            string value = json.GetString()!;
            budget.Take(BytesPerEntry + (2L * sizeof(char) * (key.Length + value.Length)));
            if (!metadata.TryAdd(key, value))
            {
                throw Damaged(name, $"expected each name of its metadata once, got '{Shortened(key)}' twice");
            }
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader json, string tensor, string name)
    {
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref json, JsonTokenType.StartObject);
        while (NextKey(ref json) is { } key)
        {
            switch (key)
            {
                case "dtype" when type is null:
                    Expect(ref json, JsonTokenType.String);
                    type = json.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref json);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref json);
                    break;
                default:
                    throw Damaged(name, $"tensor '{Shortened(tensor)}': expected dtype, shape and data_offsets once each, got '{Shortened(key)}'");
            }
        }

        if (type is null || shape is null || shape.Exists(length => length > int.MaxValue) || offsets is not [var start, var end] || end < start)
        {
            throw Damaged(name, $"tensor '{Shortened(tensor)}': expected a dtype, a shape of up to {HighestRank} lengths and two rising data_offsets");
        }

        return new SafetensorsEntry(tensor, type, new Shape([.. shape.Select(length => (int)length)]), start, end);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartArray);
        var numbers = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == HighestRank || json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number) || number < 0)
            {
                throw new FormatException("Expected a short list of whole numbers of 0 or more.");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>The next property's name; null at the object's end.</summary>
    private static string? NextKey(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.EndObject ? null : json.GetString();
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type)
        {
            throw new FormatException($"Expected {type}.");
        }
    }

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private void CheckPlaces(string name, long room)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in Entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            int elementSize = SafetensorsTypes.SizeInBytes(entry.ElementType) ?? throw new InterchangeException(
                $"'{name}': tensor '{Shortened(entry.Name)}': expected one of the element types {SafetensorsTypes.Known}, got '{Shortened(entry.ElementType)}'. " +
                "Save it in one of them.");
            Int128 size = elementSize;
            foreach (int length in entry.Shape.AsSpan())
            {
                // Empty axes count as 1 at first, so that the others cannot hide an overflow behind one.
                size = Int128.Min(size * Math.Max(length, 1), long.MaxValue);
            }

            if (size > long.MaxValue - 1)
            {
                throw Damaged(name, $"tensor '{Shortened(entry.Name)}': expected lengths of a tensor that a file can hold, got {entry.Kind}");
            }

            size = entry.Shape.Contains(0) ? 0 : size;
            if (entry.Start != end || entry.End > room || entry.End - entry.Start != size)
            {
                throw Damaged(
                    name,
                    $"tensor '{Shortened(entry.Name)}': expected {entry.Kind} of {size:N0} bytes from byte {end:N0} of {room:N0}, " +
                    $"got bytes {entry.Start:N0} to {entry.End:N0}");
            }

            end = entry.End;
        }

        if (end != room)
        {
            throw Damaged(name, $"expected its tensors to fill {room:N0} bytes, got {end:N0}");
        }
    }
}
