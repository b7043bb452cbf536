using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Puts a graph of any form together, value by value: several inputs, values read in several places, several outputs.</summary>
/// <remarks>
/// For what is not a sequence of blocks. Layers are those of <see cref="Layers"/> and of the composing functions, with the same rules for
/// names: a layer's name, or its kind's made unique by a number.
/// </remarks>
/// <param name="name">What people call the network.</param>
public sealed class NetworkBuilder(string name)
{
    private readonly GraphComposer _graph = new();
    private readonly List<NetworkInput> _inputs = [];
    private readonly Dictionary<string, NetworkValue> _values = new(StringComparer.Ordinal);

    /// <summary>Adds an input.</summary>
    /// <param name="shape">Shape for one image, [C, H, W], without the batch.</param>
    /// <param name="name">Its name; unique in the network.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public NetworkValue Input(Shape shape, string name = "input")
    {
        var input = new NetworkInput(name, shape.Prepend(1));
        var value = new NetworkValue(name, input.Shape);
        Add(value);
        _inputs.Add(input);
        return value;
    }

    /// <summary>Adds a layer that reads values made before.</summary>
    /// <param name="layer">A composed layer, which reads one value, or a primitive one, which reads as many as it has inputs.</param>
    /// <param name="inputs">Values of this builder, in the layer's order.</param>
    /// <returns>What the layer makes; the input itself where the layer is the identity.</returns>
    /// <exception cref="ArgumentException">A value is another builder's, their number is not the layer's, or a name is taken.</exception>
    /// <exception cref="ShapeMismatchException">A layer cannot take the shape it is given.</exception>
    public NetworkValue Apply(Layer layer, params ReadOnlySpan<NetworkValue> inputs)
    {
        string[] names = new string[inputs.Length];
        for (int index = 0; index < names.Length; index++)
        {
            names[index] = NameOf(inputs[index]);
        }

        int before = _graph.Nodes.Count;
        string made = layer is PrimitiveLayer primitive and not Identity
            ? _graph.Append(primitive, prefix: "", RequireCount(primitive, names))
            : _graph.Append(layer, prefix: "", names.Length == 1 ? names[0] : throw WrongCount(layer, "1", names.Length));
        for (int index = before; index < _graph.Nodes.Count; index++)
        {
            Node node = _graph.Nodes[index];
            Add(new NetworkValue(node.Name, node.Layer.InferShape(node.Name, [.. node.Inputs.Select(input => _values[input].Shape)])));
        }

        return _values[made];
    }

    /// <summary>The network of all that was added.</summary>
    /// <param name="outputs">The values that are its answer, at least one; a classifier has one, its logits.</param>
    /// <exception cref="ArgumentException">There is no input or no output, or a value is another builder's.</exception>
    public NetworkDefinition Define(params ReadOnlySpan<NetworkValue> outputs)
    {
        string[] names = new string[outputs.Length];
        for (int index = 0; index < names.Length; index++)
        {
            names[index] = NameOf(outputs[index]);
        }

        return new NetworkDefinition(name, _inputs, _graph.Nodes, names);
    }

    private static string[] RequireCount(PrimitiveLayer layer, string[] inputs)
    {
        bool fits = layer.InputCount < 0 ? inputs.Length >= 2 : inputs.Length == layer.InputCount;
        return fits ? inputs : throw WrongCount(layer, layer.InputCount < 0 ? "two or more" : $"{layer.InputCount}", inputs.Length);
    }

    private static ArgumentException WrongCount(Layer layer, string expected, int got) =>
        new($"{layer.Name ?? layer.GetType().Name}: expected {expected} values to read, got {got}.");

    private string NameOf(NetworkValue value) => _values.TryGetValue(value.Name, out NetworkValue? own) && ReferenceEquals(own, value)
        ? value.Name
        : throw new ArgumentException($"Network '{name}' has no value '{value.Name}' of its own; use what its Input and Apply returned.");

    private void Add(NetworkValue value)
    {
        if (!_values.TryAdd(value.Name, value))
        {
            throw new ArgumentException($"Network '{name}' has two values named '{value.Name}'; name each once.");
        }
    }
}

/// <summary>A value of a graph that a <see cref="NetworkBuilder"/> puts together.</summary>
/// <param name="Name">Its name: the input's or the node's.</param>
/// <param name="Shape">Its shape with a batch of 1: [1, C, H, W].</param>
public sealed record NetworkValue(string Name, Shape Shape);
