using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Places where a network can be cut in two through a single value: between its stages and between its blocks.</summary>
/// <remarks>Found from the graph alone, so that they are found in networks of other programs, whatever their nodes are called.</remarks>
public static class NetworkCuts
{
    /// <summary>Every value through which everything passes from the input to the output, in order, the input first.</summary>
    /// <param name="definition">A network with one input and one output.</param>
    /// <exception cref="ArgumentException">The network has several inputs or outputs.</exception>
    public static IReadOnlyList<string> Of(NetworkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Inputs.Count != 1 || definition.Outputs.Count != 1)
        {
            throw new ArgumentException(
                $"{definition.Name}: expected one input and one output, got {definition.Inputs.Count} and {definition.Outputs.Count}. Such a network has no single way through.",
                nameof(definition));
        }

        var lastReader = new Dictionary<string, int>(StringComparer.Ordinal) { [definition.Outputs[0]] = definition.Nodes.Count };
        for (int i = 0; i < definition.Nodes.Count; i++)
        {
            foreach (string read in definition.Nodes[i].Inputs)
            {
                lastReader[read] = Math.Max(lastReader.GetValueOrDefault(read), i);
            }
        }

        // A value is a cut where, once it is made, nothing made before it is read any more.
        var cuts = new List<string> { definition.Inputs[0].Name };
        var varying = new HashSet<string>([definition.Inputs[0].Name], StringComparer.Ordinal);
        int lastRead = lastReader.GetValueOrDefault(definition.Inputs[0].Name);
        for (int i = 0; i < definition.Nodes.Count; i++)
        {
            Node node = definition.Nodes[i];
            if (!node.Inputs.Any(varying.Contains))
            {
                continue;
            }

            varying.Add(node.Name);
            if (lastRead <= i && lastReader.ContainsKey(node.Name))
            {
                cuts.Add(node.Name);
            }

            lastRead = Math.Max(lastRead, lastReader.GetValueOrDefault(node.Name));
        }

        return cuts;
    }

    /// <summary>The value before the last stages: the last cut whose feature maps are larger than theirs.</summary>
    /// <remarks>A stage is what computes feature maps of one height and width, He et al. 2015, table 1; global pooling and what follows belong to the last.</remarks>
    /// <param name="definition">A network with one input and one output.</param>
    /// <param name="stages">How many stages, ≥ 1.</param>
    /// <exception cref="ArgumentException">The network has not so many; the message says how many.</exception>
    public static string BeforeLastStages(NetworkDefinition definition, int stages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stages);
        List<string> lastOfSize = [];
        (int, int) size = default;
        foreach (string cut in Of(definition))
        {
            Shape shape = definition.ShapeOf(cut);
            if (shape.Rank != 4 || (shape[2] == 1 && shape[3] == 1))
            {
                continue;
            }

            if (lastOfSize.Count > 0 && (shape[2], shape[3]) == size)
            {
                lastOfSize[^1] = cut;
            }
            else
            {
                lastOfSize.Add(cut);
                size = (shape[2], shape[3]);
            }
        }

        return stages < lastOfSize.Count
            ? lastOfSize[^(stages + 1)]
            : throw new ArgumentException(
                $"{definition.Name}: expected more than {stages} sizes of feature maps to freeze all but the last {stages}, got {lastOfSize.Count}. Train fewer stages, or all layers.",
                nameof(stages));
    }

    /// <summary>The value before the last residual blocks: the sum that ends the block before them.</summary>
    /// <param name="definition">A residual network with one input and one output.</param>
    /// <param name="blocks">How many blocks, ≥ 1; what follows the last one counts as part of it.</param>
    /// <exception cref="ArgumentException">The network has not so many; the message says how many.</exception>
    public static string BeforeLastBlocks(NetworkDefinition definition, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        var sums = new HashSet<string>(definition.Nodes.Where(node => node.Layer is Add).Select(node => node.Name), StringComparer.Ordinal);
        string[] ends = [.. Of(definition).Where(sums.Contains)];
        return blocks < ends.Length
            ? ends[^(blocks + 1)]
            : throw new ArgumentException(
                $"{definition.Name}: expected more than {blocks} residual blocks to freeze all but the last {blocks}, got {ends.Length}. Train fewer blocks, or all layers.",
                nameof(blocks));
    }

    /// <summary>The nodes that depend on a value.</summary>
    /// <param name="definition">The network.</param>
    /// <param name="value">Name of an input or a node.</param>
    /// <exception cref="ArgumentException">There is no such value.</exception>
    public static IReadOnlyList<Node> After(NetworkDefinition definition, string value)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _ = definition.ShapeOf(value);
        var reached = new HashSet<string>([value], StringComparer.Ordinal);
        var after = new List<Node>();
        foreach (Node node in definition.Nodes)
        {
            if (node.Inputs.Any(reached.Contains))
            {
                reached.Add(node.Name);
                after.Add(node);
            }
        }

        return after;
    }
}
