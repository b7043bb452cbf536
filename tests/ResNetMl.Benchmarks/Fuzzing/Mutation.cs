using System.Buffers.Binary;
using System.Text;
using ResNetMl.Images;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Damages a file in ways that parsers tend to stumble over. A pure function of the random numbers.</summary>
internal static class Mutation
{
    private const int MostSteps = 6;

    /// <summary>Numbers at the edges of integer types, of which sizes, counts and offsets are made.</summary>
    private static readonly long[] Edges =
    [
        0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue - 1, int.MaxValue, (long)int.MaxValue + 1,
        uint.MaxValue, 1L << 32, 1L << 40, (1L << 61) - 1, 1L << 62, long.MaxValue - 1, long.MaxValue, long.MinValue, int.MinValue,
    ];

    /// <summary>Words that mean something in one of the formats, among them those that must not be followed.</summary>
    private static readonly string[] Words =
    [
        "../secret.bin", OutsideWatch.AbsoluteSecret, "..\\secret.bin", "secret.bin", "./../secret.bin", "external", "location", "offset", "length",
        "Conv", "Gemm", "Reshape", "Loop", "If", "Gather", "Tile", "ConstantOfShape", "Expand", "Slice", "Pad", "Concat", "Softmax",
        "cos\nsystem\n", "cposix\nsystem\n", "c__builtin__\neval\n", "c__builtin__\nexec\n", "cbuiltins\n__import__\n", "csubprocess\nPopen\n",
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "ccollections\nOrderedDict\n", "module.", "state_dict", "__metadata__",
        "\"dtype\":\"F64\"", "\"shape\":[4294967296]", "\"data_offsets\":[0,9223372036854775807]", "1e999", "-1", "null", "{}", "[]", "true", "\"\"",
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="file">The file; not changed.</param>
    /// <param name="other">Another file of the same kind, from which pieces are taken.</param>
    /// <param name="random">Decides everything.</param>
    internal static byte[] Apply(byte[] file, byte[] other, ref CounterRandom random)
    {
        byte[] damaged = [.. file];

        // One wound in half of the files: the more there are, the sooner the reader sees one and the less of it is tried.
        int steps = random.NextInt32(2) == 0 ? 1 : 1 + random.NextInt32(MostSteps);
        for (int i = 0; i < steps && damaged.Length > 0; i++)
        {
            damaged = Step(damaged, other, ref random);
        }

        return damaged;
    }

    private static byte[] Step(byte[] file, byte[] other, ref CounterRandom random)
    {
        // Headers are at the front or, in a zip, at the end; weights between them are only numbers. So most damage goes to the ends.
        int at = random.NextInt32(4) switch
        {
            0 => random.NextInt32(Math.Min(file.Length, 64)),
            1 => random.NextInt32(Math.Min(file.Length, 4096)),
            2 => file.Length - 1 - random.NextInt32(Math.Min(file.Length, 4096)),
            _ => random.NextInt32(file.Length),
        };
        int length = Math.Min(1 + random.NextInt32(random.NextInt32(2) == 0 ? 8 : 200), file.Length - at);
        switch (random.NextInt32(13))
        {
            case 0:
                file[at] ^= (byte)(1 << random.NextInt32(8));
                return file;
            case 1:
                file[at] = (byte)random.NextInt32(256);
                return file;
            case 2:
                return Write(file, at, 4, Edge(ref random));
            case 3:
                return Write(file, at, 8, Edge(ref random));
            case 4:
                return Replace(file, at, 0, Varint(Edge(ref random)));
            case 5:
                return Replace(file, at, length, []);
            case 6:
                return Replace(file, at, 0, file.AsSpan(at, length).ToArray());
            case 7:
                return file[..at];
            case 8:
                int from = random.NextInt32(other.Length);
                return Replace(file, at, random.NextInt32(2) * length, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
            case 9:
                return Replace(file, at, random.NextInt32(2) * length, Encoding.ASCII.GetBytes(Words[random.NextInt32(Words.Length)]));
            case 10:
                return ReplaceDigits(file, at, Edge(ref random));
            case 11:
                return Replace(file, at, 0, Repeated(ref random));
            default:
                return SwapRanges(file, at, random.NextInt32(file.Length), length);
        }
    }

    /// <summary>A number at the edge of a type, or any.</summary>
    internal static long Edge(ref CounterRandom random) =>
        random.NextInt32(4) == 0 ? (long)random.NextUInt64() >> random.NextInt32(64) : Edges[random.NextInt32(Edges.Length)];

    private static byte[] Write(byte[] file, int at, int size, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        bytes[..Math.Min(size, file.Length - at)].CopyTo(file.AsSpan(at));
        return file;
    }

    /// <summary>Protocol buffers' integers: seven bits a byte.</summary>
    internal static byte[] Varint(long number)
    {
        var bytes = new List<byte>();
        for (ulong rest = (ulong)number; ; rest >>= 7)
        {
            if (rest < 128)
            {
                bytes.Add((byte)rest);
                return [.. bytes];
            }

            bytes.Add((byte)(rest | 128));
        }
    }

    /// <summary>Another number in place of the next one that is written in digits, as in JSON.</summary>
    private static byte[] ReplaceDigits(byte[] file, int at, long number)
    {
        int first = Array.FindIndex(file, at, IsDigit);
        if (first < 0)
        {
            return file;
        }

        int end = first;
        while (end < file.Length && IsDigit(file[end]))
        {
            end++;
        }

        return Replace(file, first, end - first, Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
    }

    /// <summary>Nesting: opening brackets, pickle marks and tuples, tags of messages inside messages.</summary>
    private static byte[] Repeated(ref CounterRandom random)
    {
        byte[][] pieces = ["["u8.ToArray(), "{\"a\":"u8.ToArray(), "("u8.ToArray(), "]"u8.ToArray(), "}"u8.ToArray(), [0x85], [0x0a, 0x7f], [0x3a, 0x7f], [0xff], [0]];
        byte[] piece = pieces[random.NextInt32(pieces.Length)];
        int count = 1 << random.NextInt32(15);
        var bytes = new byte[piece.Length * count];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = piece[i % piece.Length];
        }

        return bytes;
    }

    private static byte[] SwapRanges(byte[] file, int first, int second, int length)
    {
        length = Math.Min(length, file.Length - Math.Max(first, second));
        if (Math.Abs(first - second) >= length)
        {
            for (int i = 0; i < length; i++)
            {
                (file[first + i], file[second + i]) = (file[second + i], file[first + i]);
            }
        }

        return file;
    }

    private static byte[] Replace(byte[] file, int at, int length, byte[] by)
    {
        length = Math.Min(length, file.Length - at);
        return [.. file.AsSpan(0, at), .. by, .. file.AsSpan(at + length)];
    }
}
