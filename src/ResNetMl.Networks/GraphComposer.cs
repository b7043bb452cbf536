namespace ResNetMl.Networks;

/// <summary>Turns composed layers into a list of named nodes.</summary>
internal sealed class GraphComposer
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Appends a layer that reads one value and returns the name of the value it makes.</summary>
    internal string Append(Layer layer, string prefix, string input)
    {
        string path = Join(prefix, layer.Name);
        switch (layer)
        {
            case Identity:
                return input;

            case Sequence sequence:
                foreach (Layer step in sequence.Layers)
                {
                    input = Append(step, path, input);
                }

                return input;

            case Sum sum:
                string[] branches = [.. sum.Branches.Select(branch => Append(branch, path, input))];
                return AddNode(new Add(), Join(path, "add"), isNamed: false, branches);

            case Product product:
                string[] factors = [.. product.Branches.Select(branch => Append(branch, path, input))];
                return factors.Aggregate((left, right) => Multiply(path, left, right));

            case Gated gated:
                string gate = Append(gated.Gate, path, input);
                string open = Multiply(path, Append(gated.Branch, path, input), gate);
                string closed = Append(Layers.OneMinus(), path, gate);
                string passed = Multiply(path, Append(gated.Shortcut, path, input), closed);
                return AddNode(new Add(), Join(path, "add"), isNamed: false, [open, passed]);

            case PrimitiveLayer primitive:
                return Append(primitive, prefix, [input]);

            default:
                throw new ArgumentException($"A layer of type {layer.GetType().Name} cannot be placed in a network.", nameof(layer));
        }
    }

    /// <summary>Appends a primitive layer that reads any number of values, under its own name or its type's.</summary>
    internal string Append(PrimitiveLayer layer, string prefix, string[] inputs) => AddNode(
        layer, Join(prefix, layer.Name ?? layer.DefaultName), layer.Name is not null, inputs);

    private static string Join(string prefix, string? name) =>
        name is null ? prefix : prefix.Length == 0 ? name : $"{prefix}.{name}";

    private string Multiply(string path, string left, string right) =>
        Append(new Arithmetic(ArithmeticKind.Multiply), path, [left, right]);

    private string AddNode(PrimitiveLayer layer, string name, bool isNamed, string[] inputs)
    {
        string unique = name;

        // A given name is a promise about the weights' names, so it is never changed: two equal ones are an error, found later.
        for (int number = 2; !_taken.Add(unique) && !isNamed; number++)
        {
            unique = $"{name}{number}";
        }

        // The node carries the whole name; the part that the layer gave to it is spent.
        _nodes.Add(new Node(unique, layer with { Name = null }, inputs));
        return unique;
    }
}
