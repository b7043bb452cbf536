using System.Buffers.Binary;
using System.Text;

namespace ResNetMl.Data;

/// <summary>Says where a zip was cut: its directory stands at the end and is lost, but each entry's header at the front tells its length.</summary>
internal static class CutShort
{
    private const uint LocalHeaderSignature = 0x04034b50;
    private const int LocalHeaderLength = 30;

    /// <summary>Whether the stream begins as every zip with entries does; leaves the position anywhere.</summary>
    public static bool StartsAsZip(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(start) == LocalHeaderSignature;
    }

    /// <summary>A clause such as <c>part 'weights.bin' ends after 10 of 400 bytes</c>.</summary>
    public static string Describe(Stream stream)
    {
        Span<byte> header = stackalloc byte[LocalHeaderLength];
        long position = 0;
        string? last = null;
        while (true)
        {
            stream.Position = position;
            if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
                || BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalHeaderSignature)
            {
                break;
            }

            uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            byte[] nameBytes = new byte[nameLength];
            if (stream.ReadAtLeast(nameBytes, nameLength, throwOnEndOfStream: false) < nameLength)
            {
                break;
            }

            string name = Encoding.UTF8.GetString(nameBytes);
            if (!PartName.IsValid(name))
            {
                break;
            }

            long dataStart = position + LocalHeaderLength + nameLength + extraLength;
            if (dataStart + size > stream.Length)
            {
                return $"part '{name}' ends after {Math.Max(0, stream.Length - dataStart):N0} of {size:N0} bytes";
            }

            last = name;
            position = dataStart + size;
        }

        return last is null ? "it ends before its first part" : $"it ends after part '{last}', before the list of parts";
    }
}
