using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>The definition and its weights while they grow, node by node. Names are kept where they are free, and each value is within the limits.</summary>
internal sealed class NetworkComposer
{
    // Room for the number that makes a name unique.
    private const int MaxNameLength = NetworkLimits.MaxNameLength - 16;

    private readonly List<Node?> _nodes = [];
    private readonly List<NetworkInput> _inputs = [];
    private readonly Dictionary<string, Shape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _promises = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _state = new(StringComparer.Ordinal);

    internal DataValue AddInput(string where, string name, Shape shape)
    {
        Check(where, shape);
        string unique = Unique(name, "input");
        _inputs.Add(new NetworkInput(unique, shape));
        _shapes.Add(unique, shape);
        return new DataValue(unique, shape);
    }

    /// <summary>Adds a node.</summary>
    /// <param name="where">For messages.</param>
    /// <param name="layer">What it computes.</param>
    /// <param name="name">The name it should have; a number is added where it is taken.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="state">Its weights, by the last part of their names.</param>
    internal DataValue Add(string where, PrimitiveLayer layer, string name, ReadOnlySpan<DataValue> inputs, params ReadOnlySpan<(string Name, Tensor Value)> state)
    {
        if (_nodes.Count >= NetworkLimits.MaxNodes)
        {
            throw new InterchangeException($"{where}: expected at most {NetworkLimits.MaxNodes:N0} layers, got more. Use a smaller network.");
        }

        Shape shape;
        try
        {
            shape = layer.InferShape(where, [.. Shapes(inputs)]);
        }
        catch (Exception exception) when (exception is ShapeMismatchException or OverflowException or ArgumentException)
        {
            throw new InterchangeException(exception is ShapeMismatchException ? exception.Message : $"{where}: {exception.Message}", exception);
        }

        Check(where, shape);
        string unique = Unique(name, layer.DefaultName);
        _places.Add(unique, _nodes.Count);
        _nodes.Add(new Node(unique, layer, [.. Names(inputs)]));
        _shapes.Add(unique, shape);
        foreach (DataValue input in inputs)
        {
            _readers[input.Name] = _readers.GetValueOrDefault(input.Name) + 1;
        }

        foreach ((string part, Tensor value) in state)
        {
            _state.Add($"{unique}.{part}", value);
        }

        return new DataValue(unique, shape);
    }

    /// <summary>Says that this many operators of the file (or outputs of its graph) will read a value.</summary>
    internal void Promise(DataValue value, int uses) => _promises[value.Name] = _promises.GetValueOrDefault(value.Name) + uses;

    /// <summary>The node that makes a value, if it is of a kind and nothing else reads it than the operator at hand; else null.</summary>
    internal Node? SoleProducer<TLayer>(DataValue value, int readersSoFar = 0)
        where TLayer : PrimitiveLayer =>
        _places.TryGetValue(value.Name, out int place) && _nodes[place] is { Layer: TLayer } node &&
        _promises.GetValueOrDefault(value.Name) <= 1 && _readers.GetValueOrDefault(value.Name) <= readersSoFar
            ? node
            : null;

    /// <summary>Whether a value is fed.</summary>
    internal bool IsInput(DataValue value) => !_places.ContainsKey(value.Name);

    /// <summary>A value by its name in the definition.</summary>
    internal DataValue ValueOf(string name) => new(name, _shapes[name]);

    /// <summary>Takes a node away again that a pattern replaces; nothing reads it any more.</summary>
    internal void Remove(Node node)
    {
        _nodes[_places[node.Name]] = null;
        _places.Remove(node.Name);
        _shapes.Remove(node.Name);
        foreach (string input in node.Inputs)
        {
            _readers[input]--;
        }
    }

    /// <summary>The numbers of a constant layer; null where a name is another layer's.</summary>
    internal Tensor? ConstantOf(string name) =>
        _places.TryGetValue(name, out int place) && _nodes[place] is { Layer: Constant } ? _state[$"{name}.value"] : null;

    /// <summary>Takes a weight from a node that is about to be replaced.</summary>
    internal Tensor TakeState(Node node, string part)
    {
        _state.Remove($"{node.Name}.{part}", out Tensor? value);
        return value!;
    }

    /// <summary>The definition and the weights in the order in which it names them.</summary>
    internal ImportedNetwork Finish(string where, string name, IReadOnlyList<DataValue> outputs)
    {
        if (_inputs.Count == 0)
        {
            throw new InterchangeException($"{where}: expected a graph with an input, got one that computes the same numbers each time.");
        }

        try
        {
            // A pattern may have left a constant that nothing reads any more.
            Node[] nodes = [.. _nodes.OfType<Node>().Where(node => node.Layer is not Constant || _readers.GetValueOrDefault(node.Name) > 0 || outputs.Any(output => output.Name == node.Name))];
            var definition = new NetworkDefinition(name, _inputs, nodes, [.. outputs.Select(output => output.Name)]);
            var weights = new StateDictionary();
            foreach (ParameterSpec parameter in definition.State)
            {
                weights.Add(parameter.Name, _state[parameter.Name]);
            }

            return definition.MultiplyAdds <= NetworkLimits.MaxMultiplyAdds
                ? new ImportedNetwork(definition, weights)
                : throw new InterchangeException($"{where}: expected at most {NetworkLimits.MaxMultiplyAdds:N0} multiply-adds, got more. Use smaller images.");
        }
        catch (Exception exception) when (exception is ShapeMismatchException or ArgumentException or OverflowException)
        {
            throw new InterchangeException($"{where}: {exception.Message}", exception);
        }
    }

    private static IEnumerable<Shape> Shapes(ReadOnlySpan<DataValue> values)
    {
        var shapes = new Shape[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            shapes[i] = values[i].Shape;
        }

        return shapes;
    }

    private static string[] Names(ReadOnlySpan<DataValue> values)
    {
        var names = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            names[i] = values[i].Name;
        }

        return names;
    }

    private static void Check(string where, Shape shape)
    {
        TensorReader.RequireSize(where, shape.AsSpan());
        foreach (int length in shape)
        {
            if (length is < 1 or > NetworkLimits.MaxLength)
            {
                throw new InterchangeException($"{where}: expected axes of 1 to {NetworkLimits.MaxLength:N0} elements, got {shape}.");
            }
        }
    }

    private string Unique(string name, string without)
    {
        string start = name.Length == 0 ? without : name.Length > MaxNameLength ? name[..MaxNameLength] : name;
        if (start.Any(char.IsControl))
        {
            start = OnnxText.Show(start);
        }

        string unique = start;
        while (_shapes.ContainsKey(unique))
        {
            int number = _lastNumbers.GetValueOrDefault(start, 1) + 1;
            _lastNumbers[start] = number;
            unique = $"{start}{number}";
        }

        return unique;
    }
}
