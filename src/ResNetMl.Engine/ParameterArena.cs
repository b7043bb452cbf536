using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Where one tensor lies in a <see cref="ParameterArena"/>.</summary>
/// <param name="Spec">Its whole name, shape and kind.</param>
/// <param name="Offset">Index of its first element; a multiple of 16, so 64 bytes.</param>
/// <param name="Length">Its number of elements.</param>
public sealed record ArenaEntry(ParameterSpec Spec, int Offset, int Length);

/// <summary>
/// A training plan's fp32 master weights, gradients and running statistics, each in one contiguous tensor in the layout of
/// the state dictionary (PyTorch's), so that optimisers, norms and checkpoints are flat passes.
/// </summary>
/// <remarks>Elements between entries are 0 in all tensors and stay 0.</remarks>
public sealed class ParameterArena
{
    private const int AlignmentElements = Tensor.Alignment / sizeof(float);
    private readonly Dictionary<string, ArenaEntry> _byName = new(StringComparer.Ordinal);

    /// <summary>Lays out and fills the arena.</summary>
    /// <param name="state">Every parameter and buffer, under whole names.</param>
    /// <param name="initial">Their first values; further tensors in it are ignored.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has another shape.</exception>
    public ParameterArena(IEnumerable<ParameterSpec> state, StateDictionary initial)
    {
        var parameters = new List<ArenaEntry>();
        var buffers = new List<ArenaEntry>();
        int parameterEnd = 0;
        int bufferEnd = 0;
        foreach (ParameterSpec spec in state)
        {
            int length = checked((int)spec.Shape.ElementCount);
            ref int end = ref spec.Kind == StateKind.Parameter ? ref parameterEnd : ref bufferEnd;
            var entry = new ArenaEntry(spec, end, length);
            (spec.Kind == StateKind.Parameter ? parameters : buffers).Add(entry);
            _byName.Add(spec.Name, entry);
            end = checked(end + ((length + AlignmentElements - 1) / AlignmentElements * AlignmentElements));
        }

        Parameters = parameters;
        Buffers = buffers;
        Values = new Tensor([parameterEnd]);
        Gradients = new Tensor([parameterEnd]);
        BufferValues = new Tensor([bufferEnd]);
        Load(initial);
    }

    /// <summary>The parameters, in the network's order.</summary>
    public IReadOnlyList<ArenaEntry> Parameters { get; }

    /// <summary>The buffers, in the network's order.</summary>
    public IReadOnlyList<ArenaEntry> Buffers { get; }

    /// <summary>All parameters, flat.</summary>
    public Tensor Values { get; }

    /// <summary>∂loss/∂parameter, laid out as <see cref="Values"/>.</summary>
    public Tensor Gradients { get; }

    /// <summary>All buffers, flat.</summary>
    public Tensor BufferValues { get; }

    /// <summary>Where a tensor lies.</summary>
    /// <param name="name">Its whole name.</param>
    public ArenaEntry Find(string name) => _byName.TryGetValue(name, out ArenaEntry? entry)
        ? entry
        : throw new KeyNotFoundException($"The network has no parameter or buffer named '{name}'.");

    /// <summary>Current elements of a parameter or buffer.</summary>
    /// <param name="name">Its whole name.</param>
    public Span<float> ValueOf(string name)
    {
        ArenaEntry entry = Find(name);
        Tensor holder = entry.Spec.Kind == StateKind.Parameter ? Values : BufferValues;
        return holder.Span.Slice(entry.Offset, entry.Length);
    }

    /// <summary>Current gradient of a parameter.</summary>
    /// <param name="name">Its whole name.</param>
    public Span<float> GradientOf(string name)
    {
        ArenaEntry entry = Find(name);
        return entry.Spec.Kind == StateKind.Parameter
            ? Gradients.Span.Slice(entry.Offset, entry.Length)
            : throw new KeyNotFoundException($"'{name}' is a buffer: it has no gradient.");
    }

    /// <summary>Copies of all parameters and buffers by name.</summary>
    public StateDictionary ToStateDictionary()
    {
        var state = new StateDictionary();
        foreach (ArenaEntry entry in _byName.Values)
        {
            state.Add(entry.Spec.Name, new Tensor(entry.Spec.Shape, ValueOf(entry.Spec.Name)));
        }

        return state;
    }

    /// <summary>Overwrites all parameters and buffers.</summary>
    /// <param name="state">A tensor for each; further ones are ignored.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has another shape.</exception>
    public void Load(StateDictionary state)
    {
        foreach (ArenaEntry entry in _byName.Values)
        {
            if (!state.TryGetValue(entry.Spec.Name, out Tensor? tensor) || tensor.Shape != entry.Spec.Shape)
            {
                string got = tensor is null ? "none" : tensor.Shape.ToString();
                throw new ArgumentException(
                    $"{entry.Spec.Name}: expected a tensor {entry.Spec.Shape}, got {got}. The weights are of another network.", nameof(state));
            }

            tensor.Span.CopyTo(ValueOf(entry.Spec.Name));
        }
    }
}
