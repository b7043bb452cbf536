using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ResNetMl.Interchange;

/// <summary>
/// Reads Python's pickle format, protocols 2 to 5, as far as it describes data: the opcodes that torch.save and Python's pickler write for
/// dictionaries, lists, tuples, text, numbers and tensors. Python's pickletools documents each opcode.
/// </summary>
/// <remarks>
/// A pickle is a program for a machine with a stack. Python's own machine imports and calls what the program names; this one looks names up in
/// <see cref="PickleGlobals"/> and builds data (PickleValues.cs). It loops over the bytes and never recurses; what it may build is bounded
/// by the file's <see cref="MemoryBudget"/>.
/// </remarks>
internal sealed class PickleReader
{
    // A stack slot, a memo entry and the smallest object together take less.
    private const int BytesPerOpcode = 64;
    private const int BytesPerDictionaryEntry = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _file;
    private readonly MemoryBudget _budget;
    private readonly Dictionary<string, StorageType>? _storages;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;
    private int _opcodeAt;

    private PickleReader(
        ReadOnlyMemory<byte> bytes, int position, string file, MemoryBudget budget, Dictionary<string, StorageType>? storages)
    {
        _storages = storages;
        _bytes = bytes;
        _position = position;
        _file = file;
        _budget = budget;
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">The file or part.</param>
    /// <param name="position">Where the pickle starts; set to the byte after it.</param>
    /// <param name="file">Named in messages.</param>
    /// <param name="budget">What it may build.</param>
    /// <param name="storages">Takes up the storages it names, with the type of their elements; null where it must name none.</param>
    /// <returns>null, bool, long, <see cref="BigInteger"/>, double, string, byte[], or one of the types in PickleValues.cs.</returns>
    /// <exception cref="InterchangeException">It is damaged, or names something that is not data.</exception>
    internal static object? Read(
        ReadOnlyMemory<byte> bytes, ref int position, string file, MemoryBudget budget, Dictionary<string, StorageType>? storages = null)
    {
        var reader = new PickleReader(bytes, position, file, budget, storages);
        object? value = reader.Run();
        position = reader._position;
        return value;
    }

    private object? Run()
    {
        if (Byte() != (byte)PickleOpcode.Protocol || Byte() is < 2 or > 5)
        {
            throw Damaged("expected a pickle of protocol 2 to 5");
        }

        try
        {
            while (true)
            {
                _opcodeAt = _position;
                _budget.Take(BytesPerOpcode);
                var opcode = (PickleOpcode)Byte();
                if (opcode == PickleOpcode.Stop)
                {
                    return Pop();
                }

                if (!Constant(opcode) && !Container(opcode) && !Memo(opcode))
                {
                    Act(opcode);
                }
            }
        }
        catch (FormatException exception)
        {
            throw Damaged(exception.Message, exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw Damaged("expected text in UTF-8", exception);
        }
    }

    private bool Constant(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None: value = null; break;
            case PickleOpcode.True: value = true; break;
            case PickleOpcode.False: value = false; break;
            case PickleOpcode.Int32: value = (long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)); break;
            case PickleOpcode.UInt8: value = (long)Byte(); break;
            case PickleOpcode.UInt16: value = (long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)); break;
            case PickleOpcode.Long1: value = Integer(Byte()); break;
            case PickleOpcode.Float64: value = BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)); break;
            case PickleOpcode.Text: value = Text(UInt32()); break;
            case PickleOpcode.ShortText: value = Text(Byte()); break;
            case PickleOpcode.LongText: value = Text(Int64()); break;

            // Python 2's str, whose bytes torch.load takes as ASCII or UTF-8.
            case PickleOpcode.ShortString: value = Text(Byte()); break;
            case PickleOpcode.String: value = Text(UInt32()); break;
            case PickleOpcode.ShortBytes: value = Blob(Byte()); break;
            case PickleOpcode.Bytes: value = Blob(UInt32()); break;
            case PickleOpcode.LongBytes: value = Blob(Int64()); break;
            default: return false;
        }

        _stack.Add(value);
        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                return true;

            case PickleOpcode.EmptyTuple:
                _stack.Add(new PickleTuple([]));
                return true;

            case PickleOpcode.Tuple1:
            case PickleOpcode.Tuple2:
            case PickleOpcode.Tuple3:
                int count = opcode - PickleOpcode.Tuple1 + 1;
                Need(count);
                _stack.Add(new PickleTuple(PopFrom(_stack.Count - count)));
                return true;

            case PickleOpcode.Tuple:
                _stack.Add(new PickleTuple(PopToMark()));
                return true;

            case PickleOpcode.EmptyList:
                _stack.Add(new PickleList());
                return true;

            case PickleOpcode.List:
                object?[] items = PopToMark();
                var list = new PickleList();
                list.Items.AddRange(items);
                _stack.Add(list);
                return true;

            case PickleOpcode.Append:
                object? last = Pop();
                Top<PickleList>().Items.Add(last);
                return true;

            case PickleOpcode.Appends:
                object?[] more = PopToMark();
                Top<PickleList>().Items.AddRange(more);
                return true;

            case PickleOpcode.EmptyDictionary:
                _stack.Add(new PickleDictionary());
                return true;

            case PickleOpcode.Dictionary:
                object?[] entries = PopToMark();
                _stack.Add(new PickleDictionary());
                SetItems(entries);
                return true;

            case PickleOpcode.SetItem:
                Need(2);
                SetItems(PopFrom(_stack.Count - 2));
                return true;

            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                return true;

            default:
                return false;
        }
    }

    private bool Memo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Put: _memo[Byte()] = Top(); return true;
            case PickleOpcode.LongPut: _memo[UInt32()] = Top(); return true;
            case PickleOpcode.Memoize: _memo[_memo.Count] = Top(); return true;
            case PickleOpcode.Get: _stack.Add(Remembered(Byte())); return true;
            case PickleOpcode.LongGet: _stack.Add(Remembered(UInt32())); return true;
            case PickleOpcode.Duplicate: _stack.Add(Top()); return true;
            case PickleOpcode.Pop: Pop(); return true;
            case PickleOpcode.PopMark: PopToMark(); return true;
            default: return false;
        }
    }

    private void Act(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Frame:
                // Says how many bytes belong together; they are all in memory already.
                Int64();
                break;

            case PickleOpcode.Global:
                string module = Line();
                _stack.Add(Global(module, Line()));
                break;

            case PickleOpcode.StackGlobal:
                _stack.Add(Pop() is string name && Pop() is string package
                    ? Global(package, name)
                    : throw Damaged("expected the two names of a global"));
                break;

            case PickleOpcode.Reduce:
                object? arguments = Pop();
                if (arguments is PickleTuple { Items: [PickleList pairs] })
                {
                    // A remembered list can be made a dictionary of again and again.
                    _budget.Take((long)pairs.Items.Count * BytesPerDictionaryEntry);
                }

                _stack.Add(Pop() is PickleGlobal global && arguments is PickleTuple tuple
                    ? PickleGlobals.Make(global, tuple.Items)
                    : throw Damaged("expected a known global and its arguments"));
                break;

            case PickleOpcode.Build:
                // Attributes of the object below, such as the _metadata of a state dictionary: nothing here reads them.
                Pop();
                Need(1);
                break;

            case PickleOpcode.PersistentId:
                _stack.Add(Storage(Pop()));
                break;

            default:
                throw Damaged($"expected an opcode of pickled data, got 0x{(byte)opcode:X2}");
        }
    }

    private PickleStorage Storage(object? persistentId)
    {
        PickleStorage storage = PickleGlobals.Storage(persistentId);
        if (_storages is null)
        {
            throw Damaged("expected no storage here");
        }

        return _storages.TryAdd(storage.Key, storage.Type) || _storages[storage.Key] == storage.Type
            ? storage
            : throw Damaged($"expected storage '{storage.Key}' to have one type, got {storage.Type} and {_storages[storage.Key]}");
    }

    private object Global(string module, string name) => PickleGlobals.Find(module, name) ?? throw new InterchangeException(
        $"'{_file}', byte {_opcodeAt:N0} of its pickle: expected a state dictionary (names, tensors, numbers), got the global '{Shortened(module)}.{Shortened(name)}', " +
        "which is not data. Nothing was run. Save weights alone: torch.save(model.state_dict(), path).");

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private void SetItems(object?[] entries)
    {
        if (entries.Length % 2 != 0)
        {
            throw Damaged("expected keys and values in pairs");
        }

        PickleDictionary dictionary = Top<PickleDictionary>();
        _budget.Take((long)entries.Length / 2 * BytesPerDictionaryEntry);
        for (int i = 0; i < entries.Length; i += 2)
        {
            dictionary.Set(entries[i], entries[i + 1]);
        }
    }

    private object Integer(int length)
    {
        var value = new BigInteger(Bytes(length));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private string Text(long length)
    {
        ReadOnlySpan<byte> bytes = Bytes(length);
        _budget.Take(sizeof(char) * length);
        return StrictUtf8.GetString(bytes);
    }

    private byte[] Blob(long length)
    {
        ReadOnlySpan<byte> bytes = Bytes(length);
        _budget.Take(length);
        return bytes.ToArray();
    }

    private string Line()
    {
        int length = _bytes.Span[_position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Damaged("expected a line that ends");
        }

        string line = Text(length);
        _position++;
        return line;
    }

    private object? Remembered(long key) =>
        _memo.TryGetValue(key, out object? value) ? value : throw Damaged($"expected a value remembered as {key}, got none");

    private object? Top()
    {
        Need(1);
        return _stack[^1];
    }

    private T Top<T>()
        where T : class => Top() as T ?? throw Damaged($"expected a {typeof(T).Name} on the stack, got {_stack[^1]?.GetType().Name ?? "None"}");

    private object? Pop()
    {
        Need(1);
        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Damaged("expected a mark below, got none");
        }

        int start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(start);
    }

    private object?[] PopFrom(int start)
    {
        object?[] items = [.. _stack[start..]];
        _budget.Take(2L * sizeof(long) * items.Length);
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    /// <summary>Values above the last mark: what an opcode may take without a mark.</summary>
    private void Need(int count)
    {
        if (_stack.Count - (_marks.Count == 0 ? 0 : _marks[^1]) < count)
        {
            throw Damaged($"expected {count} values on the stack");
        }
    }

    private byte Byte() => Bytes(1)[0];

    private long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    private long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > _bytes.Length - _position)
        {
            throw Damaged($"expected {count:N0} more bytes, got {_bytes.Length - _position:N0}");
        }

        ReadOnlySpan<byte> bytes = _bytes.Span.Slice(_position, (int)count);
        _position += (int)count;
        return bytes;
    }

    private InterchangeException Damaged(string what, Exception? inner = null) => new(
        $"'{_file}', byte {_opcodeAt:N0} of its pickle: {what}. The file is damaged or was not written by torch.save: fetch it again.", inner);
}
