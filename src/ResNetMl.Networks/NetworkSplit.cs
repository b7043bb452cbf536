using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A network in two: what is fixed and comes before everything that is learned, and the rest.</summary>
/// <remarks>
/// The first part gives the same values for an image whenever it is asked: it can be scored like any network, with nothing kept for gradients,
/// and its answers may be kept for many epochs. The two share no learned parameter.
/// </remarks>
public sealed class NetworkSplit
{
    private NetworkSplit(NetworkDefinition? @fixed, NetworkDefinition learned, IReadOnlyList<string> boundary)
    {
        Fixed = @fixed;
        Learned = learned;
        Boundary = boundary;
    }

    /// <summary>From the network's inputs to those values of <see cref="Boundary"/> that are no inputs of the network; null where all are.</summary>
    public NetworkDefinition? Fixed { get; }

    /// <summary>From <see cref="Boundary"/>, its inputs, to the network's outputs.</summary>
    public NetworkDefinition Learned { get; }

    /// <summary>Names of the values that the second part reads: of nodes of the first part or of the network's inputs.</summary>
    public IReadOnlyList<string> Boundary { get; }

    /// <summary>Splits a network before its first learned layers.</summary>
    /// <param name="definition">The network.</param>
    /// <param name="isLearned">Whether a node's parameters are learned; asked for nodes that have some.</param>
    /// <returns>The parts. Nodes keep their names; those that no output depends on are left out.</returns>
    /// <exception cref="ArgumentException">No node is learned, or an output depends on none that is.</exception>
    public static NetworkSplit Of(NetworkDefinition definition, Func<Node, bool> isLearned)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(isLearned);
        IReadOnlyList<Node> nodes = NeededFor(definition.Nodes, definition.Outputs);
        var learned = new HashSet<string>(StringComparer.Ordinal);
        var varying = new HashSet<string>(definition.Inputs.Select(input => input.Name), StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            bool learns = node.Layer.Parameters.Any(parameter => parameter.Kind == StateKind.Parameter) && isLearned(node);
            if (learns || node.Inputs.Any(learned.Contains))
            {
                learned.Add(node.Name);
            }

            if (node.Inputs.Any(varying.Contains))
            {
                varying.Add(node.Name);
            }
        }

        foreach (string output in definition.Outputs)
        {
            if (!learned.Contains(output))
            {
                throw new ArgumentException(
                    $"{definition.Name}: expected a learned layer before the output '{output}', got frozen layers only. Let at least the last layer learn.",
                    nameof(isLearned));
            }
        }

        // Values that depend on no input, such as constants, go along with whatever reads them.
        string[] boundary = WithoutCopies(
            nodes,
            [
                .. nodes.Where(node => learned.Contains(node.Name))
                    .SelectMany(node => node.Inputs)
                    .Where(name => varying.Contains(name) && !learned.Contains(name))
                    .Distinct(),
            ]);
        string[] made = [.. boundary.Where(name => definition.Inputs.All(input => input.Name != name))];
        NetworkInput[] inputs = [.. boundary.Select(name => new NetworkInput(name, definition.ShapeOf(name)))];
        Node[] rest = [.. NeededFor(nodes, definition.Outputs, boundary)];
        return new NetworkSplit(
            made.Length == 0 ? null : new NetworkDefinition(definition.Name, definition.Inputs, NeededFor(nodes, made), made),
            new NetworkDefinition(definition.Name, inputs, rest, definition.Outputs),
            boundary);
    }

    /// <summary>Leaves out values that nodes without parameters make of others alone: they are made again, which is less than they would take to keep.</summary>
    private static string[] WithoutCopies(IReadOnlyList<Node> nodes, List<string> boundary)
    {
        foreach (Node node in nodes.Reverse())
        {
            if (boundary.Contains(node.Name) && node.Layer.Parameters.Count == 0 && node.Inputs.All(boundary.Contains))
            {
                boundary.Remove(node.Name);
            }
        }

        return [.. boundary];
    }

    /// <summary>The nodes that values are computed from, in their order, without going back behind some others.</summary>
    private static List<Node> NeededFor(IReadOnlyList<Node> nodes, IEnumerable<string> values, IEnumerable<string>? given = null)
    {
        var needed = new HashSet<string>(values, StringComparer.Ordinal);
        var known = new HashSet<string>(given ?? [], StringComparer.Ordinal);
        var kept = new List<Node>();
        foreach (Node node in nodes.Reverse())
        {
            if (needed.Contains(node.Name) && !known.Contains(node.Name))
            {
                needed.UnionWith(node.Inputs);
                kept.Add(node);
            }
        }

        kept.Reverse();
        return kept;
    }
}
