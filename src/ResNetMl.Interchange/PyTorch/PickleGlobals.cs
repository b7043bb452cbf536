using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>What a pickle's globals and persistent ids stand for. A fixed table: everything else is refused by name.</summary>
internal static class PickleGlobals
{
    private const int HighestRank = 16;

    /// <summary>A global as data: a <see cref="PickleGlobal"/> or a <see cref="StorageType"/>; null where it is not in the table.</summary>
    internal static object? Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => PickleGlobal.OrderedDictionary,
        ("torch._utils", "_rebuild_tensor") => PickleGlobal.RebuildTensor,
        ("torch._utils", "_rebuild_tensor_v2") => PickleGlobal.RebuildTensorV2,
        ("torch._utils", "_rebuild_parameter") => PickleGlobal.RebuildParameter,
        ("torch", "Size") => PickleGlobal.Size,
        ("torch", "device") => PickleGlobal.Device,
        ("torch" or "torch.cuda", _) when StorageTypes.Of(name) is { } type => type,
        _ => null,
    };

    /// <summary>What a global makes of its arguments, as data.</summary>
    /// <exception cref="FormatException">The arguments are not those that torch.save writes; the message says what was expected.</exception>
    internal static object? Make(PickleGlobal global, object?[] arguments) => (global, arguments) switch
    {
        (PickleGlobal.OrderedDictionary, []) => new PickleDictionary(),
        (PickleGlobal.OrderedDictionary, [PickleList pairs]) => Dictionary(pairs),
        (PickleGlobal.RebuildTensor, [PickleStorage storage, long offset, PickleTuple size, PickleTuple stride]) => Tensor(storage, offset, size, stride),
        (PickleGlobal.RebuildTensorV2, [PickleStorage storage, long offset, PickleTuple size, PickleTuple stride, _, ..]) =>
            Tensor(storage, offset, size, stride),
        (PickleGlobal.RebuildParameter, [PickleTensor tensor, _, ..]) => tensor,
        (PickleGlobal.Size, [PickleTuple lengths]) => lengths,
        (PickleGlobal.Device, [string device, ..]) => device,
        _ => throw new FormatException($"expected the arguments that torch.save writes for {global}"),
    };

    /// <summary>A storage from a persistent id: ('storage', type, key, location, count[, view]), view being None or (key, offset, count).</summary>
    /// <exception cref="FormatException">It is something else; the message says what was expected.</exception>
    internal static PickleStorage Storage(object? persistentId) => persistentId switch
    {
        PickleTuple { Items: ["storage", StorageType type, string key, string, long count] } when count >= 0 => new PickleStorage(key, type, count),
        PickleTuple { Items: ["storage", StorageType type, string key, string, long count, null] } when count >= 0 =>
            new PickleStorage(key, type, count),
        PickleTuple { Items: ["storage", StorageType type, string key, string, long count, PickleTuple { Items: [string, long start, long length] }] }
            when start >= 0 && length >= 0 && length <= count - start => new PickleStorage(key, type, length) { Start = start },
        _ => throw new FormatException("expected a persistent id ('storage', type, key, location, count)"),
    };

    private static PickleDictionary Dictionary(PickleList pairs)
    {
        var dictionary = new PickleDictionary();
        foreach (object? pair in pairs.Items)
        {
            (object? key, object? value) = pair switch
            {
                PickleList { Items: [var first, var second] } => (first, second),
                PickleTuple { Items: [var first, var second] } => (first, second),
                _ => throw new FormatException("expected a list of pairs to make an OrderedDict of"),
            };
            dictionary.Set(key, value);
        }

        return dictionary;
    }

    private static PickleTensor Tensor(PickleStorage storage, long offset, PickleTuple size, PickleTuple stride)
    {
        if (size.Items.Length != stride.Items.Length || size.Items.Length > HighestRank)
        {
            throw new FormatException(
                $"expected a size and a stride for each of at most {HighestRank} axes, got {size.Items.Length} sizes and {stride.Items.Length} strides");
        }

        int[] lengths = [.. size.Items.Select(item => item is long and >= 0 and <= int.MaxValue
            ? (int)(long)item
            : throw new FormatException("expected the sizes of a tensor to be numbers from 0 to 2,147,483,647"))];
        long[] strides = [.. stride.Items.Select(item => item is long and >= 0
            ? (long)item
            : throw new FormatException("expected the strides of a tensor to be numbers of 0 or more"))];

        // Int128: sixteen products of a 31-bit and a 63-bit number do not overflow it. Empty axes count as 1, lest they hide others' overflow.
        Int128 last = offset;
        Int128 count = 1;
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            last += (Int128)Math.Max(lengths[axis] - 1, 0) * strides[axis];
            count = Int128.Min(count * Math.Max(lengths[axis], 1), long.MaxValue);
        }

        if (offset < 0 || (!lengths.Contains(0) && last >= storage.Count))
        {
            throw new FormatException(
                $"expected a tensor inside its storage of {storage.Count:N0} elements, got elements {offset:N0} to {last:N0}");
        }

        return count <= int.MaxValue
            ? new PickleTensor(storage, offset, new Shape(lengths), strides)
            : throw new FormatException($"expected a tensor of at most {int.MaxValue:N0} elements, got {count:N0}");
    }
}
