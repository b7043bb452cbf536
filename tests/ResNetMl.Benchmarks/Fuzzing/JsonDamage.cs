using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Damages what a JSON text says and keeps it JSON.</summary>
internal static class JsonDamage
{
    private const int LengthBytes = 8;

    private static readonly string[] Texts = ["", "x", "Conv2d", "relu", "../x", "\u0001", "Infinity", "F64", "input", new('n', 300)];

    /// <summary>A damaged copy; null where the bytes are no JSON.</summary>
    internal static byte[]? Apply(byte[] text, ref CounterRandom random)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }

        int wounds = 1 + random.NextInt32(3);
        for (int i = 0; i < wounds && root is not null; i++)
        {
            root = Wounded(root, ref random);
        }

        return Encoding.UTF8.GetBytes(root?.ToJsonString() ?? "null");
    }

    /// <summary>The same for the header of a safetensors file, whose length is set right.</summary>
    internal static byte[]? ApplyToSafetensors(byte[] file, ref CounterRandom random)
    {
        long length = file.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length < 0 || length > file.Length - LengthBytes || Apply(file[LengthBytes..(LengthBytes + (int)length)], ref random) is not { } header)
        {
            return null;
        }

        var bytes = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        return [.. bytes, .. header, .. file.AsSpan(LengthBytes + (int)length)];
    }

    private static JsonNode? Wounded(JsonNode node, ref CounterRandom random)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map when random.NextInt32(6) != 0:
                string key = map.ElementAt(random.NextInt32(map.Count)).Key;
                switch (random.NextInt32(8))
                {
                    case 0:
                        map.Remove(key);
                        break;
                    case 1:
                        JsonNode? moved = map[key]?.DeepClone();
                        map.Remove(key);
                        map[Texts[random.NextInt32(Texts.Length)]] = moved;
                        break;
                    case 2:
                        map[key] = map.ElementAt(random.NextInt32(map.Count)).Value?.DeepClone();
                        break;
                    default:
                        map[key] = map[key] is { } member ? Wounded(member.DeepClone(), ref random) : Value(ref random);
                        break;
                }

                return map;

            case JsonArray { Count: > 0 } list when random.NextInt32(6) != 0:
                int index = random.NextInt32(list.Count);
                switch (random.NextInt32(8))
                {
                    case 0:
                        list.RemoveAt(index);
                        break;
                    case 1:
                        list.Insert(random.NextInt32(list.Count + 1), list[index]?.DeepClone());
                        break;
                    default:
                        list[index] = list[index] is { } item ? Wounded(item.DeepClone(), ref random) : Value(ref random);
                        break;
                }

                return list;

            default:
                return Value(ref random);
        }
    }

    private static JsonNode? Value(ref CounterRandom random) => random.NextInt32(8) switch
    {
        0 => null,
        1 => JsonValue.Create(random.NextInt32(2) == 0),
        2 => JsonValue.Create(Texts[random.NextInt32(Texts.Length)]),
        3 => new JsonArray(JsonValue.Create(Mutation.Edge(ref random)), JsonValue.Create(Mutation.Edge(ref random))),
        4 => new JsonObject(),
        5 => JsonValue.Create(random.NextDouble(-2, 2)),
        _ => JsonValue.Create(Mutation.Edge(ref random)),
    };
}
