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

            case PrimitiveLayer primitive:
                string nodeName = layer.Name is null ? Join(path, primitive.DefaultName) : path;
                return AddNode(primitive, nodeName, layer.Name is not null, [input]);

            default:
                throw new ArgumentException($"A layer of type {layer.GetType().Name} cannot be placed in a network.", nameof(layer));
        }
    }

    private static string Join(string prefix, string? name) =>
        name is null ? prefix : prefix.Length == 0 ? name : $"{prefix}.{name}";

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
