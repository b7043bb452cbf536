using ResNetMl.Engine.OneDnn.Native;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.OneDnn;

/// <summary>The weights of a compiled network, brought once into each layout that a primitive wants; shared by its plans.</summary>
internal sealed unsafe class PreparedWeights : IDisposable
{
    private readonly OneDnnLibrary _library;
    private readonly Dictionary<string, Tensor> _plain = new(StringComparer.Ordinal);
    private readonly List<(string Name, Memory Memory, NativeBuffer Buffer)> _prepared = [];
    private readonly Lock _lock = new();
    private int _users = 1;

    /// <summary>Copies the weights.</summary>
    /// <param name="library">The library.</param>
    /// <param name="operations">The operations that name them.</param>
    /// <param name="weights">Every tensor named.</param>
    internal PreparedWeights(OneDnnLibrary library, OperationList operations, StateDictionary weights)
    {
        _library = library;

        // The arena checks names and shapes in one place for all backends.
        StateDictionary copies = new ParameterArena(operations.State, weights).ToStateDictionary();
        foreach ((string name, Tensor tensor) in copies)
        {
            _plain.Add(name, tensor);
        }
    }

    /// <summary>First element of a parameter or buffer as it was given.</summary>
    /// <param name="name">Its name.</param>
    internal float* AddressOf(string name) => (float*)_plain[name].Address;

    /// <summary>A weight in the layout a primitive wants.</summary>
    /// <param name="builder">The plan that asks.</param>
    /// <param name="name">Name of the weight.</param>
    /// <param name="plain">Its layout in a state dictionary.</param>
    /// <param name="wanted">The layout wanted.</param>
    internal Memory As(PlanBuilder builder, string name, MemoryDescriptor plain, MemoryDescriptor wanted)
    {
        lock (_lock)
        {
            foreach ((string preparedName, Memory memory, _) in _prepared)
            {
                if (preparedName == name && memory.Layout.IsSameAs(wanted))
                {
                    return memory;
                }
            }

            var buffer = new NativeBuffer(wanted.SizeInBytes);
            var prepared = new Memory(_library.Engine, wanted, buffer.Address);
            _prepared.Add((name, prepared, buffer));
            using var source = new Memory(_library.Engine, plain, AddressOf(name));
            using Primitive reorder = builder.Factory.Reorder(plain, wanted, $"{name}: prepare");
            using var scratch = new NativeBuffer(reorder.Scratchpad.SizeInBytes);
            using var scratchpad = new Memory(_library.Engine, reorder.Scratchpad, scratch.Address);
            using var bound = new BoundPrimitive(
                reorder, (ArgumentKind.Source, source), (ArgumentKind.Destination, prepared), (ArgumentKind.Scratchpad, scratchpad));
            bound.Execute(builder.Stream);
            return prepared;
        }
    }

    /// <summary>Keeps the weights until one more <see cref="Dispose"/>.</summary>
    internal PreparedWeights Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Frees the weights when the compiled network and all its plans are gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        foreach ((_, Memory memory, NativeBuffer buffer) in _prepared)
        {
            memory.Dispose();
            buffer.Dispose();
        }
    }
}
