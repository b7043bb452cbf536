using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Reads weights that torch.save wrote: state dictionaries in <c>.pth</c>, <c>.pt</c> and <c>.th</c> files, old and new.</summary>
/// <remarks>
/// <para>
/// Such a file holds a pickle, which Python runs as a program. Nothing is run here: a reader of its opcodes builds dictionaries, numbers and
/// tensors, and refuses by name whatever else the pickle asks for.
/// </para>
/// <para>
/// Single, half, bfloat16 and double precision become single precision, whatever strides and shared storages the tensors had. Tensors of whole
/// numbers, such as the <c>num_batches_tracked</c> of batch norm, are left out: no layer reads them.
/// </para>
/// </remarks>
public static class PyTorchFile
{
    private const string Kind = "a PyTorch file";
    private const string ParallelPrefix = "module.";
    private const int DeepestNesting = 4;

    // Where training programs put the state dictionary beside epoch, optimiser and results.
    private static readonly string[] StateKeys = ["state_dict", "model_state_dict", "model", "net"];

    /// <summary>Reads the state dictionary of a file.</summary>
    /// <param name="path">A file of torch.save: the zip of PyTorch 1.6 and later, or the older stream.</param>
    /// <returns>
    /// The tensors by name in their order, in single precision. The names' prefix <c>module.</c>, which DataParallel puts before all of them, is
    /// taken off; a dictionary under <c>state_dict</c>, <c>model_state_dict</c>, <c>model</c> or <c>net</c> is found.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is not such a file, is damaged, holds no state dictionary, or names something that is not data.</exception>
    public static StateDictionary Read(string path) => Read(ForeignFile.ReadAll(path, Kind), path);

    /// <summary>Reads the state dictionary of a file's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns><inheritdoc cref="Read(string)" path="/returns"/></returns>
    /// <exception cref="InterchangeException"><inheritdoc cref="Read(string)" path="/exception[@cref='InterchangeException']"/></exception>
    public static StateDictionary Read(ReadOnlyMemory<byte> bytes, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var budget = MemoryBudget.ForFile(name, bytes.Length);
        PyTorchContent content = bytes.Span switch
        {
            [0x50, 0x4B, ..] => ZipContent.Read(bytes, name, budget),
            [0x80, >= 2 and <= 5, ..] => LegacyStream.Read(bytes, name, budget),
            _ => throw new InterchangeException(
                $"'{name}': expected {Kind}, a zip (bytes 50 4B) or a pickle (80 02), got {Start(bytes.Span)}. " +
                "Give a file that torch.save wrote, or the reader of its own format."),
        };

        (PickleDictionary found, string where) = FindState(content.Root, name);
        var tensors = found.Entries.Where(entry => entry.Value is PickleTensor tensor && tensor.Storage.Type.IsReal())
            .Select(entry => (Name: entry.Key, Tensor: (PickleTensor)entry.Value!)).ToList();
        if (tensors.Count == 0)
        {
            throw new InterchangeException(
                $"'{name}': expected tensors of real numbers by name in {where}, got none. Save weights with torch.save(model.state_dict(), path).");
        }

        int prefix = tensors.All(tensor => tensor.Name.StartsWith(ParallelPrefix, StringComparison.Ordinal)) ? ParallelPrefix.Length : 0;
        var state = new StateDictionary();
        foreach ((string key, PickleTensor tensor) in tensors)
        {
            state.Add(key[prefix..], Numbers(tensor, key, content, name, budget));
        }

        return state;
    }

    private static (PickleDictionary State, string Where) FindState(object? root, string file)
    {
        object? value = root;
        string where = "the pickled object";
        for (int depth = 0; depth < DeepestNesting && value is PickleDictionary dictionary; depth++)
        {
            if (dictionary.Entries.Any(entry => entry.Value is PickleTensor))
            {
                return (dictionary, where);
            }

            string? key = StateKeys.FirstOrDefault(key => dictionary.Find(key) is PickleDictionary);
            if (key is null)
            {
                string keys = string.Join(", ", dictionary.Entries.Take(8).Select(entry => $"'{Shortened(entry.Key)}'"));
                throw new InterchangeException(
                    $"'{file}': expected names of tensors in {where}, or a dictionary under {string.Join(", ", StateKeys)}, " +
                    $"got {(keys.Length == 0 ? "no names" : keys)}. Save weights with torch.save(model.state_dict(), path).");
            }

            value = dictionary.Find(key);
            where = $"its '{key}'";
        }

        throw new InterchangeException(
            $"'{file}': expected a state dictionary, tensors by name, in {where}, got {What(value)}. " +
            "Save weights with torch.save(model.state_dict(), path).");
    }

    private static Tensor Numbers(PickleTensor tensor, string key, PyTorchContent content, string file, MemoryBudget budget)
    {
        if (!content.Storages.TryGetValue(tensor.Storage.Key, out ReadOnlyMemory<byte> storage))
        {
            throw new InterchangeException(
                $"'{file}': expected the numbers of '{Shortened(key)}' in storage '{Shortened(tensor.Storage.Key)}', got no such storage. " +
                "The file is damaged: fetch it again.");
        }

        int size = tensor.Storage.Type.SizeInBytes();
        long first = tensor.Storage.Start;
        if (first > storage.Length / size || tensor.Storage.Count > (storage.Length / size) - first)
        {
            throw new InterchangeException(
                $"'{file}': expected {tensor.Storage.Count:N0} numbers for '{Shortened(key)}', got a storage of {storage.Length:N0} bytes. " +
                "The file is damaged: fetch it again.");
        }

        budget.Take((tensor.Shape.ElementCount * sizeof(float)) + Tensor.Alignment);
        return StorageBytes.ToTensor(tensor, storage.Span.Slice((int)(first * size), (int)(tensor.Storage.Count * size)));
    }

    private static string What(object? value) => value switch
    {
        null => "None",
        PickleTensor tensor => $"one tensor {tensor.Shape}",
        PickleList => "a list",
        PickleTuple => "a tuple",
        PickleDictionary => "dictionaries in dictionaries",
        string => "text",
        _ => "a number",
    };

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private static string Start(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "an empty file" : $"one that starts with {string.Join(' ', bytes[..Math.Min(bytes.Length, 4)].ToArray().Select(b => $"{b:X2}"))}";
}
