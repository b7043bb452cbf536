using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>An architecture: a graph of named layers with named inputs and outputs, without weights. Immutable.</summary>
/// <remarks>The same definition is counted, drawn, exported, trained and scored.</remarks>
public sealed class NetworkDefinition
{
    private readonly Dictionary<string, Shape> _shapes;

    /// <summary>Makes a definition from a graph, checking it.</summary>
    /// <param name="name">What people call it: <c>resnet20</c>.</param>
    /// <param name="inputs">The inputs, at least one.</param>
    /// <param name="nodes">The nodes, each after those it reads.</param>
    /// <param name="outputs">Names of the values that are the network's answer, at least one.</param>
    /// <exception cref="ArgumentException">A name is used twice, or a value is read before it is made.</exception>
    /// <exception cref="ShapeMismatchException">A layer cannot take the shape it is given.</exception>
    public NetworkDefinition(
        string name, IReadOnlyList<NetworkInput> inputs, IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (inputs.Count == 0 || outputs.Count == 0)
        {
            throw new ArgumentException($"Network '{name}' needs at least one input and one output.");
        }

        Name = name;
        Inputs = [.. inputs];
        Nodes = [.. nodes];
        Outputs = [.. outputs];
        _shapes = InferShapes(name, inputs, nodes);
        foreach (string output in outputs)
        {
            if (!_shapes.ContainsKey(output))
            {
                throw new ArgumentException($"Network '{name}' has no value named '{output}', which its outputs name.", nameof(outputs));
            }
        }
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>The inputs, in order.</summary>
    public IReadOnlyList<NetworkInput> Inputs { get; }

    /// <summary>The nodes, each after those it reads.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Names of the output values, in order; a classifier has one, its logits.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Every parameter and buffer under its whole name, in graph order.</summary>
    public IEnumerable<ParameterSpec> State =>
        from node in Nodes
        from parameter in node.Layer.Parameters
        select parameter with { Name = $"{node.Name}.{parameter.Name}" };

    /// <summary>How many numbers are learned (buffers are not counted).</summary>
    public long ParameterCount => State.Where(s => s.Kind == StateKind.Parameter).Sum(s => s.Shape.ElementCount);

    /// <summary>Multiply-adds of all convolutions and linear layers for one image, as the papers count them.</summary>
    public long MultiplyAdds => Nodes.Sum(MultiplyAddsOf);

    /// <summary>
    /// Convolutions and linear layers on the longest way from an input to an output, as the papers count depth: 20 for ResNet-20, whose
    /// projections lie on the shorter ways. Small gates that weigh feature maps are no way: 50 for SE-ResNet-50.
    /// </summary>
    public int Depth
    {
        get
        {
            var depths = Inputs.ToDictionary(input => input.Name, _ => 0, StringComparer.Ordinal);
            foreach (Node node in Nodes)
            {
                int before = WaysInto(node).Select(input => depths[input]).DefaultIfEmpty().Max();
                depths[node.Name] = before + (node.Layer is Conv2d or Conv3d or Linear ? 1 : 0);
            }

            return Outputs.Max(output => depths[output]);
        }
    }

    /// <summary>A network with one input and one output, from a composed layer.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="inputShape">Shape of one image: [C, H, W]; or of one row: [features].</param>
    /// <param name="layer">The whole network.</param>
    /// <exception cref="ShapeMismatchException">A layer cannot take the shape it is given.</exception>
    public static NetworkDefinition FromLayer(string name, Shape inputShape, Layer layer)
    {
        const string InputName = "input";
        var graph = new GraphComposer();
        string output = graph.Append(layer, prefix: "", InputName);
        return new NetworkDefinition(name, [new NetworkInput(InputName, inputShape.Prepend(1))], graph.Nodes, [output]);
    }

    /// <summary>Shape of a value, with a batch of 1.</summary>
    /// <param name="valueName">Name of an input or of a node.</param>
    /// <exception cref="ArgumentException">No input and no node has that name.</exception>
    public Shape ShapeOf(string valueName) => _shapes.TryGetValue(valueName, out Shape shape)
        ? shape
        : throw new ArgumentException($"Network '{Name}' has no value named '{valueName}'.", nameof(valueName));

    /// <summary>Multiply-adds of one node for one image.</summary>
    /// <param name="node">A node of this network.</param>
    public long MultiplyAddsOf(Node node) =>
        node.Layer.MultiplyAdds([.. node.Inputs.Select(ShapeOf)], ShapeOf(node.Name));

    /// <summary>The same network for inputs of another shape, as far as its layers allow.</summary>
    /// <param name="inputShape">Shape of one image: [C, H, W].</param>
    /// <exception cref="ShapeMismatchException">A layer cannot take the shape it is given.</exception>
    public NetworkDefinition WithInputShape(Shape inputShape) =>
        new(Name, [Inputs[0] with { Shape = inputShape.Prepend(1) }, .. Inputs.Skip(1)], Nodes, Outputs);

    /// <summary>The values a node reads, without those that are repeated along an axis to the shape of the other.</summary>
    private IEnumerable<string> WaysInto(Node node)
    {
        IEnumerable<string> ways = node.Inputs.Where(input => node.Layer is not Arithmetic || ShapeOf(input) == ShapeOf(node.Name));
        return ways.Any() ? ways : node.Inputs;
    }

    private static Dictionary<string, Shape> InferShapes(string name, IReadOnlyList<NetworkInput> inputs, IReadOnlyList<Node> nodes)
    {
        var shapes = new Dictionary<string, Shape>(StringComparer.Ordinal);
        foreach (NetworkInput input in inputs)
        {
            AddOnce(input.Name, input.Shape);
        }

        foreach (Node node in nodes)
        {
            int expected = node.Layer.InputCount;
            if (expected >= 0 ? node.Inputs.Count != expected : node.Inputs.Count < 2)
            {
                throw new ArgumentException(
                    $"Network '{name}': node '{node.Name}' ({node.Layer.GetType().Name}) reads {node.Inputs.Count} values, " +
                    $"expected {(expected >= 0 ? expected : "two or more")}.");
            }

            foreach (string input in node.Inputs)
            {
                if (!shapes.ContainsKey(input))
                {
                    throw new ArgumentException(
                        $"Network '{name}': node '{node.Name}' reads '{input}', which no input and no earlier node makes.");
                }
            }

            AddOnce(node.Name, node.Layer.InferShape(node.Name, [.. node.Inputs.Select(i => shapes[i])]));
        }

        return shapes;

        void AddOnce(string valueName, Shape shape)
        {
            if (!shapes.TryAdd(valueName, shape))
            {
                throw new ArgumentException($"Network '{name}' has two values named '{valueName}'; name each node once.");
            }
        }
    }
}
