using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace ResNetMl.Tensors;

/// <summary>A network's parameters and buffers by name, in the order they were added.</summary>
/// <remarks>
/// Names are PyTorch's: <c>layer1.0.conv1.weight</c>, <c>layer1.0.bn1.running_mean</c> (torch.nn.Module.state_dict), so that
/// published weights load without a table of names.
/// </remarks>
public sealed class StateDictionary : IReadOnlyDictionary<string, Tensor>
{
    private readonly OrderedDictionary<string, Tensor> _entries = new(StringComparer.Ordinal);

    /// <summary>How many tensors are held.</summary>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => _entries.Values;

    /// <summary>The tensor of a name; setting adds or replaces it.</summary>
    /// <param name="key">The tensor's name.</param>
    /// <exception cref="KeyNotFoundException">No tensor has that name; the message says how many do exist.</exception>
    public Tensor this[string key]
    {
        get => _entries.TryGetValue(key, out Tensor? tensor)
            ? tensor
            : throw new KeyNotFoundException(
                $"The state dictionary has no tensor named '{key}' among its {Count}. Is it of another network?");
        set => _entries[key] = value;
    }

    /// <summary>Adds a tensor under a new name.</summary>
    /// <param name="key">The tensor's name.</param>
    /// <param name="tensor">The tensor; kept, not copied.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string key, Tensor tensor) => _entries.Add(key, tensor);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => _entries.TryGetValue(key, out value);

    /// <summary>A dictionary of the same names with copies of all tensors.</summary>
    public StateDictionary Clone()
    {
        var copy = new StateDictionary();
        foreach ((string name, Tensor tensor) in _entries)
        {
            copy.Add(name, tensor.Clone());
        }

        return copy;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
