using ResNetMl.Images;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Damages what a protocol buffer says and keeps its framing, so that the reader gets past the framing to what is said.</summary>
internal static class ProtobufDamage
{
    private const int DeepestMessage = 8;
    private const int VarintWire = 0;
    private const int LengthWire = 2;

    /// <summary>A damaged copy; null where the bytes are no protocol buffer.</summary>
    internal static byte[]? Apply(byte[] file, ref CounterRandom random)
    {
        if (Parse(file, depth: 0) is not { } fields)
        {
            return null;
        }

        int wounds = 1 + random.NextInt32(3);
        for (int i = 0; i < wounds; i++)
        {
            Wound(fields, ref random);
        }

        return Encode(fields);
    }

    /// <summary>Goes down a random way and changes what it finds.</summary>
    private static void Wound(List<Field> fields, ref CounterRandom random)
    {
        if (fields.Count == 0)
        {
            return;
        }

        int index = random.NextInt32(fields.Count);
        Field field = fields[index];
        if (field.Message is { Count: > 0 } message && random.NextInt32(5) != 0)
        {
            Wound(message, ref random);
            return;
        }

        switch (random.NextInt32(6))
        {
            case 0:
                fields.RemoveAt(index);
                break;
            case 1:
                fields.Insert(random.NextInt32(fields.Count + 1), field);
                break;
            case 2:
                int other = random.NextInt32(fields.Count);
                (fields[index], fields[other]) = (fields[other], fields[index]);
                break;
            case 3:
                // What one field says, said by another of the same kind: a name of another node, another shape.
                Field[] alike = [.. fields.Where(candidate => candidate.Wire == field.Wire)];
                fields[index] = alike[random.NextInt32(alike.Length)] with { Number = field.Number };
                break;
            default:
                fields[index] = field.Wire switch
                {
                    VarintWire => field with { Varint = (ulong)Mutation.Edge(ref random) },
                    LengthWire => field with { Bytes = Mutation.Apply(Content(field), Content(field), ref random), Message = null },
                    _ => field with { Bytes = Mutation.Apply(field.Bytes, field.Bytes, ref random)[..] is { } bytes && bytes.Length == field.Bytes.Length ? bytes : field.Bytes },
                };
                break;
        }
    }

    private static byte[] Content(Field field) => field.Message is { } message ? Encode(message) : field.Bytes;

    private static List<Field>? Parse(ReadOnlySpan<byte> bytes, int depth)
    {
        var fields = new List<Field>();
        while (bytes.Length > 0)
        {
            if (!TryReadVarint(ref bytes, out ulong tag) || tag >> 3 == 0 || tag > uint.MaxValue)
            {
                return null;
            }

            int wire = (int)(tag & 7);
            var number = (int)(tag >> 3);
            switch (wire)
            {
                case VarintWire:
                    if (!TryReadVarint(ref bytes, out ulong value))
                    {
                        return null;
                    }

                    fields.Add(new Field(number, wire, value, [], null));
                    break;
                case LengthWire:
                    if (!TryReadVarint(ref bytes, out ulong length) || length > (ulong)bytes.Length)
                    {
                        return null;
                    }

                    byte[] content = bytes[..(int)length].ToArray();
                    bool isText = Array.TrueForAll(content, letter => letter is >= 32 and < 127);
                    fields.Add(new Field(number, wire, 0, content, isText || depth >= DeepestMessage ? null : Parse(content, depth + 1)));
                    bytes = bytes[(int)length..];
                    break;
                case 1 or 5:
                    int size = wire == 1 ? 8 : 4;
                    if (bytes.Length < size)
                    {
                        return null;
                    }

                    fields.Add(new Field(number, wire, 0, bytes[..size].ToArray(), null));
                    bytes = bytes[size..];
                    break;
                default:
                    return null;
            }
        }

        return fields;
    }

    private static byte[] Encode(List<Field> fields)
    {
        var bytes = new List<byte>();
        foreach (Field field in fields)
        {
            bytes.AddRange(Mutation.Varint((long)(((ulong)field.Number << 3) | (uint)field.Wire)));
            if (field.Wire == VarintWire)
            {
                bytes.AddRange(Mutation.Varint((long)field.Varint));
                continue;
            }

            byte[] content = Content(field);
            if (field.Wire == LengthWire)
            {
                bytes.AddRange(Mutation.Varint(content.Length));
            }

            bytes.AddRange(content);
        }

        return [.. bytes];
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            value |= (ulong)(bytes[i] & 127) << (7 * i);
            if (bytes[i] < 128)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>A field of a message: a number, bytes, or bytes that are a message themselves.</summary>
    private sealed record Field(int Number, int Wire, ulong Varint, byte[] Bytes, List<Field>? Message);
}
