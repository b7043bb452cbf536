using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>What a pickle names and this reader knows, as data. Nothing in a pickle is ever called.</summary>
internal enum PickleGlobal
{
    /// <summary>collections.OrderedDict.</summary>
    OrderedDictionary,

    /// <summary>torch._utils._rebuild_tensor(storage, offset, size, stride).</summary>
    RebuildTensor,

    /// <summary>torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks[, metadata]).</summary>
    RebuildTensorV2,

    /// <summary>torch._utils._rebuild_parameter(data, requires_grad, backward_hooks).</summary>
    RebuildParameter,

    /// <summary>torch.Size(lengths): a tuple.</summary>
    Size,

    /// <summary>torch.device(name[, index]): text that nothing here reads.</summary>
    Device,
}

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    internal object?[] Items { get; } = items;
}

/// <summary>A list.</summary>
internal sealed class PickleList
{
    internal List<object?> Items { get; } = [];
}

/// <summary>A dictionary: dict or collections.OrderedDict. Only entries with text as key are found again; others are dropped.</summary>
internal sealed class PickleDictionary
{
    // Made when first needed: a pickle can make an empty dictionary with one byte.
    private OrderedDictionary<string, object?>? _entries;

    internal IEnumerable<KeyValuePair<string, object?>> Entries => _entries ?? [];

    internal void Set(object? key, object? value)
    {
        if (key is string text)
        {
            _entries ??= new OrderedDictionary<string, object?>(StringComparer.Ordinal);
            _entries[text] = value;
        }
    }

    internal object? Find(string key) => _entries is not null && _entries.TryGetValue(key, out object? value) ? value : null;
}

/// <summary>Numbers that tensors share: where they lie is known only after the pickle.</summary>
/// <param name="Key">Their name in the file.</param>
/// <param name="Type">How one is stored.</param>
/// <param name="Count">How many, ≥ 0.</param>
internal sealed record PickleStorage(string Key, StorageType Type, long Count)
{
    /// <summary>First number within the storage of that key: not 0 in a view of a storage, which old files have.</summary>
    internal long Start { get; init; }
}

/// <summary>A tensor as a strided view of a storage, checked to lie inside it.</summary>
/// <param name="Storage">The numbers.</param>
/// <param name="Offset">Of the first element, in elements.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Strides">Step of each axis, in elements, ≥ 0.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, Shape Shape, long[] Strides);
