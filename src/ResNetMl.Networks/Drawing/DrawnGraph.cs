using System.Globalization;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Nodes that are drawn together: a block, or a part of the graph that one value enters and one leaves.</summary>
/// <param name="Nodes">In order.</param>
/// <param name="Label">The block's name; empty where it has none.</param>
/// <param name="Last">The node whose value leaves.</param>
internal sealed record DrawnUnit(IReadOnlyList<DrawnNode> Nodes, string Label, DrawnNode Last);

/// <summary>Equal units in a row.</summary>
/// <param name="Unit">The first, which stands for all.</param>
/// <param name="Count">How many.</param>
/// <param name="LastLabel">The label of the last one.</param>
internal sealed record DrawnRepeat(DrawnUnit Unit, int Count, string LastLabel)
{
    /// <summary>Whether it is drawn in a frame: a block, or several.</summary>
    internal bool IsSetApart => Count > 1 || Unit.Label.Length > 0;
}

/// <summary>A stage.</summary>
/// <param name="Title">Its name; empty for inputs and outputs, which have no panel.</param>
/// <param name="Repeats">What it holds, from top to bottom.</param>
/// <param name="Shape">Shape of the value that leaves, with a batch of 1.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="MultiplyAdds">For one image.</param>
internal sealed record DrawnPanel(string Title, IReadOnlyList<DrawnRepeat> Repeats, Shape Shape, long Parameters, long MultiplyAdds);

/// <summary>Divides a graph into panels, blocks and repeated blocks.</summary>
internal sealed class DrawnGraph
{
    private const int MaxPeriod = 24;
    private const int MaxJoined = 48;
    private readonly List<DrawnNode> _nodes = [];
    private readonly Dictionary<DrawnNode, string> _stageOf = [];

    internal DrawnGraph(NetworkDefinition definition)
    {
        var byName = new Dictionary<string, DrawnNode>(StringComparer.Ordinal);
        foreach (NetworkInput input in definition.Inputs)
        {
            Add(new DrawnNode(input.Name, null, definition.Inputs.Count == 1 ? "input" : input.Name, input.Shape, NodeLook.Terminal), [], byName);
        }

        AddNodes(definition, byName);
        foreach (SummaryStage stage in NetworkSummary.Of(definition).Stages)
        {
            foreach (SummaryRow row in stage.Rows)
            {
                _stageOf[byName[row.Name]] = stage.Name;
            }
        }
    }

    /// <summary>Terminals without a panel, and the panels between them.</summary>
    /// <param name="drawsEveryBlock">Whether equal blocks are kept apart.</param>
    internal IReadOnlyList<DrawnPanel> Panels(bool drawsEveryBlock)
    {
        var panels = new List<DrawnPanel>();
        foreach ((string title, List<DrawnUnit> segments) in Runs(Segments(), StageOf))
        {
            List<DrawnUnit> units = Blocks(segments);
            List<DrawnRepeat> repeats = drawsEveryBlock
                ? [.. units.Select(unit => new DrawnRepeat(unit, 1, unit.Label))]
                : Repeats(units);
            panels.Add(new DrawnPanel(
                title,
                WithoutSeams(repeats),
                segments[^1].Last.Shape,
                segments.Sum(segment => segment.Nodes.Sum(node => node.Parameters)),
                segments.Sum(segment => segment.Nodes.Sum(node => node.MultiplyAdds))));
        }

        return panels;
    }

    private static IEnumerable<(TKey Key, List<T> Items)> Runs<T, TKey>(IEnumerable<T> items, Func<T, TKey> keyOf)
    {
        var run = new List<T>();
        foreach (T item in items)
        {
            if (run.Count > 0 && !Equals(keyOf(run[0]), keyOf(item)))
            {
                yield return (keyOf(run[0]), run);
                run = [];
            }

            run.Add(item);
        }

        if (run.Count > 0)
        {
            yield return (keyOf(run[0]), run);
        }
    }

    /// <summary>The number of a block: <c>layer1.0</c> of <c>layer1.0.conv1</c>; empty for other names.</summary>
    private static string BlockOf(DrawnNode node)
    {
        string[] parts = node.Name.Split('.', 3);
        return parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"{parts[0]}.{parts[1]}" : "";
    }

    /// <summary>Joins segments of one block by name, or, where names tell none, segments that come again in the same order.</summary>
    private static List<DrawnUnit> Blocks(List<DrawnUnit> segments)
    {
        // A network's own numbers below its stages are its blocks; those of a deep stem are layers.
        if (segments.Count(segment => BlockOf(segment.Last).Length > 0) * 2 > segments.Count)
        {
            return [.. Runs(segments, segment => BlockOf(segment.Last)).SelectMany(run => run.Key.Length > 0 ? [Joined(run.Items, run.Key)] : run.Items)];
        }

        var units = new List<DrawnUnit>();
        for (int start = 0; start < segments.Count;)
        {
            int period = Period(segments, start, out int count);
            for (int repeat = 0; repeat < count; repeat++, start += period)
            {
                units.Add(Joined(segments.GetRange(start, period), ""));
            }
        }

        return units;
    }

    /// <summary>How many segments come again right after themselves, and how often; that which covers most, with the fewest segments.</summary>
    private static int Period(List<DrawnUnit> segments, int start, out int count)
    {
        (int period, count) = (1, 1);
        for (int length = 1; length <= Math.Min(MaxPeriod, (segments.Count - start) / 2); length++)
        {
            int repeats = 1;
            while (start + ((repeats + 1) * length) <= segments.Count && Enumerable.Range(0, length).All(
                offset => Alike(segments[start + offset], segments[start + (repeats * length) + offset])))
            {
                repeats++;
            }

            bool hasWeights = segments.GetRange(start, length).Any(segment => segment.Nodes.Any(node => node.HasWeights));
            if (repeats > 1 && hasWeights && repeats * length > period * count)
            {
                (period, count) = (length, repeats);
            }
        }

        return period;
    }

    private static DrawnUnit Joined(List<DrawnUnit> segments, string label) =>
        new([.. segments.SelectMany(segment => segment.Nodes)], label, segments[^1].Last);

    private static List<DrawnRepeat> Repeats(List<DrawnUnit> units)
    {
        var repeats = new List<DrawnRepeat>();
        foreach (DrawnUnit unit in units)
        {
            if (repeats.Count > 0 && repeats[^1] is var last && unit.Nodes.Any(node => node.HasWeights) && Alike(last.Unit, unit))
            {
                repeats[^1] = last with { Count = last.Count + 1, LastLabel = unit.Label };
            }
            else
            {
                repeats.Add(new DrawnRepeat(unit, 1, unit.Label));
            }
        }

        return repeats;
    }

    /// <summary>Units that nothing sets apart become one, so that a batch norm leans against its convolution.</summary>
    private static List<DrawnRepeat> WithoutSeams(List<DrawnRepeat> repeats) =>
    [
        .. Runs(repeats, repeat => repeat.IsSetApart ? repeat : null).SelectMany(run => run.Key is null
            ? run.Items.Chunk(MaxJoined).Select(part => new DrawnRepeat(Joined([.. part.Select(repeat => repeat.Unit)], ""), 1, ""))
            : run.Items),
    ];

    private static bool Alike(DrawnUnit left, DrawnUnit right)
    {
        if (left.Nodes.Count != right.Nodes.Count)
        {
            return false;
        }

        for (int index = 0; index < left.Nodes.Count; index++)
        {
            if (!left.Nodes[index].LooksLike(right.Nodes[index]) || !PlacesOfInputs(left, index).SequenceEqual(PlacesOfInputs(right, index)))
            {
                return false;
            }
        }

        return true;

        // −1 is the value that enters.
        static IEnumerable<int> PlacesOfInputs(DrawnUnit unit, int index) =>
            unit.Nodes[index].Inputs.Select(input => unit.Nodes.Take(index).ToList().IndexOf(input));
    }

    private void AddNodes(NetworkDefinition definition, Dictionary<string, DrawnNode> byName)
    {
        // Constants go right before their first reader: however early a file lists them, they are no ways through the network.
        var constants = definition.Nodes.Where(node => node.Layer.InputCount == 0).ToDictionary(node => node.Name, StringComparer.Ordinal);
        for (int index = 0; index < definition.Nodes.Count; index++)
        {
            Node node = definition.Nodes[index];
            foreach (Node constant in node.Inputs.Where(constants.ContainsKey).Select(input => constants[input]).Distinct())
            {
                constants.Remove(constant.Name);
                Add(DrawnNode.Of(definition, constant), [], byName);
            }

            bool isLateConstant = node.Layer.InputCount == 0 && (byName.ContainsKey(node.Name) || !definition.Outputs.Contains(node.Name));
            if (!isLateConstant)
            {
                Add(DrawnNode.Of(definition, node), node.Inputs, byName);
            }

            if (definition.Outputs.Contains(node.Name))
            {
                DrawnNode made = byName[node.Name];
                var output = new DrawnNode(node.Name, null, definition.Outputs.Count == 1 ? "output" : $"output {node.Name}", made.Shape, NodeLook.Terminal);
                output.Inputs.Add(made);
                made.Consumers.Add(output);
                _nodes.Add(output);
            }
        }

        // A constant that nothing reads is drawn nowhere, but belongs to a stage like any node.
        foreach (Node unread in constants.Values.Where(constant => !byName.ContainsKey(constant.Name)))
        {
            byName[unread.Name] = DrawnNode.Of(definition, unread);
        }
    }

    private void Add(DrawnNode node, IReadOnlyList<string> inputs, Dictionary<string, DrawnNode> byName)
    {
        foreach (string input in inputs)
        {
            node.Inputs.Add(byName[input]);
            if (!byName[input].Consumers.Contains(node))
            {
                byName[input].Consumers.Add(node);
            }
        }

        byName[node.Name] = node;
        _nodes.Add(node);
    }

    /// <summary>Cuts the graph wherever a single value is all that the rest reads.</summary>
    private List<DrawnUnit> Segments()
    {
        Dictionary<DrawnNode, int> lastReader = [];
        for (int index = 0; index < _nodes.Count; index++)
        {
            foreach (DrawnNode input in _nodes[index].Inputs)
            {
                lastReader[input] = index;
            }
        }

        var segments = new List<DrawnUnit>();
        var live = new HashSet<DrawnNode>();
        int start = 0;
        for (int index = 0; index < _nodes.Count; index++)
        {
            DrawnNode node = _nodes[index];
            live.RemoveWhere(value => lastReader[value] == index);
            if (lastReader.ContainsKey(node))
            {
                live.Add(node);
            }

            if (live.Count == 1 || index == _nodes.Count - 1)
            {
                DrawnNode last = live.Count == 1 && _nodes.IndexOf(live.First(), start, index + 1 - start) >= 0 ? live.First() : node;
                segments.Add(new DrawnUnit(_nodes.GetRange(start, index + 1 - start), "", last));
                start = index + 1;
            }
        }

        return segments;
    }

    /// <summary>The stage of a segment's last node; empty for inputs and outputs.</summary>
    private string StageOf(DrawnUnit segment) =>
        segment.Nodes.LastOrDefault(node => node.Layer is not null) is { } last ? _stageOf[last] : "";
}
