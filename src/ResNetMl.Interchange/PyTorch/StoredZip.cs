using System.Buffers.Binary;
using System.Text;

namespace ResNetMl.Interchange;

/// <summary>The entries of a zip file in memory whose entries are stored, not compressed: what torch.save writes since PyTorch 1.6.</summary>
/// <remarks>
/// PKWARE's APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14–4.3.16 (its end), 4.5.3 (64-bit sizes). Entries are
/// slices of the file, so that nothing is copied and nothing grows. CRC-32 sums are not checked: PyTorch can be told to leave them out, and
/// its own reader does not ask for them.
/// </remarks>
internal sealed class StoredZip
{
    private const uint EndSignature = 0x06054B50;
    private const uint End64LocatorSignature = 0x07064B50;
    private const uint End64Signature = 0x06064B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint LocalSignature = 0x04034B50;
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const int LongestComment = ushort.MaxValue;
    private const int BytesPerEntry = 160;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly string _name;
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _entries = new(StringComparer.Ordinal);

    /// <summary>Reads the directory of a zip file.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="name">Named in messages.</param>
    /// <param name="budget">What the list of entries may take.</param>
    /// <exception cref="InterchangeException">It is damaged.</exception>
    internal StoredZip(ReadOnlyMemory<byte> file, string name, MemoryBudget budget)
    {
        _file = file;
        _name = name;
        (long position, long count) = FindDirectory();
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = Slice(position, CentralLength, "an entry of its directory");
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != CentralSignature)
            {
                throw Damaged($"expected entry {i + 1} of {count} in its directory at byte {position:N0}");
            }

            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
            string entry = Encoding.UTF8.GetString(Slice(position + CentralLength, nameLength, "an entry's name"));
            ReadOnlySpan<byte> extra = Slice(position + CentralLength + nameLength, extraLength, "an entry's extra field");
            budget.Take(BytesPerEntry + (sizeof(char) * nameLength));
            Add(entry, header, extra);
            position += CentralLength + nameLength + extraLength + commentLength;
        }
    }

    /// <summary>Names of the entries.</summary>
    internal IEnumerable<string> Names => _entries.Keys;

    /// <summary>Whether there is an entry of a name, readable or not.</summary>
    internal bool Contains(string entry) => _entries.ContainsKey(entry);

    /// <summary>The bytes of an entry, if there is one of that name.</summary>
    /// <exception cref="InterchangeException">It is compressed or encrypted.</exception>
    internal bool TryGet(string entry, out ReadOnlyMemory<byte> bytes) => !_unreadable.Contains(entry)
        ? _entries.TryGetValue(entry, out bytes)
        : throw new InterchangeException(
            $"'{_name}': expected a zip whose entries are stored, got '{entry}' compressed or encrypted. " +
            "Save it with torch.save, or zip it again without compression (zip -0).");

    private void Add(string entry, ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        ushort method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        ReadExtra(extra, ref size, ref packed, ref offset);
        if (method != 0 || (flags & 1) != 0)
        {
            // Refused when asked for: what nobody reads does no harm.
            _unreadable.Add(entry);
            size = packed;
        }

        if (packed != size)
        {
            throw Damaged($"expected the stored entry '{entry}' to have one size, got {packed:N0} and {size:N0}");
        }

        ReadOnlySpan<byte> local = Slice(offset, LocalLength, $"the header of '{entry}'");
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != LocalSignature)
        {
            throw Damaged($"expected the header of '{entry}' at byte {offset:N0}");
        }

        long start = offset + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(local[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        Slice(start, size, $"'{entry}'");
        if (!_entries.TryAdd(entry, _file.Slice((int)start, (int)size)))
        {
            throw Damaged($"expected each entry once, got '{entry}' twice");
        }
    }

    /// <summary>Sizes of 32 bits that are all ones stand in the extra field of type 1, in this order.</summary>
    private static void ReadExtra(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            ReadOnlySpan<byte> field = extra.Slice(4, length);
            if (type == 1)
            {
                Replace(ref size, ref field);
                Replace(ref packed, ref field);
                Replace(ref offset, ref field);
            }

            extra = extra[(4 + length)..];
        }

        static void Replace(ref long number, ref ReadOnlySpan<byte> field)
        {
            if (number == uint.MaxValue && field.Length >= sizeof(long))
            {
                number = BinaryPrimitives.ReadInt64LittleEndian(field);
                field = field[sizeof(long)..];
            }
        }
    }

    private (long Position, long Count) FindDirectory()
    {
        ReadOnlySpan<byte> file = _file.Span;
        for (int at = file.Length - EndLength; at >= Math.Max(0, file.Length - EndLength - LongestComment); at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(file[at..]) != EndSignature)
            {
                continue;
            }

            long count = BinaryPrimitives.ReadUInt16LittleEndian(file[(at + 10)..]);
            long position = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 16)..]);
            const int LocatorLength = 20;
            if ((count == ushort.MaxValue || position == uint.MaxValue) && at >= LocatorLength &&
                BinaryPrimitives.ReadUInt32LittleEndian(file[(at - LocatorLength)..]) == End64LocatorSignature)
            {
                long end64 = BinaryPrimitives.ReadInt64LittleEndian(file[(at - LocatorLength + 8)..]);
                ReadOnlySpan<byte> record = Slice(end64, 56, "the 64-bit end of its directory");
                if (BinaryPrimitives.ReadUInt32LittleEndian(record) != End64Signature)
                {
                    throw Damaged($"expected the 64-bit end of its directory at byte {end64:N0}");
                }

                count = BinaryPrimitives.ReadInt64LittleEndian(record[32..]);
                position = BinaryPrimitives.ReadInt64LittleEndian(record[48..]);
            }

            return (position, count);
        }

        throw Damaged("expected the directory at the end of a zip file, got none: it may be cut short");
    }

    private ReadOnlySpan<byte> Slice(long start, long length, string what) =>
        start >= 0 && length >= 0 && start <= _file.Length && length <= _file.Length - start
            ? _file.Span.Slice((int)start, (int)length)
            : throw Damaged($"expected {what} inside the file of {_file.Length:N0} bytes, got bytes {start:N0} to {unchecked(start + length):N0}");

    private InterchangeException Damaged(string what) => new($"'{_name}': {what}. The zip file is damaged: fetch it again.");
}
