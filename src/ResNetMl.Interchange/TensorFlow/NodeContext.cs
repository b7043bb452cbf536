using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>One node of a network while it is written as TensorFlow's operations.</summary>
/// <param name="writer">The graph being written.</param>
/// <param name="node">The node.</param>
internal sealed class NodeContext(GraphWriter writer, Node node)
{
    /// <summary>Its name, which its last operation has in the graph, too.</summary>
    internal string Name => node.Name;

    /// <summary>What it computes.</summary>
    internal PrimitiveLayer Layer => node.Layer;

    /// <summary>Names of its inputs in the graph.</summary>
    internal IReadOnlyList<string> Inputs { get; } = [.. node.Inputs.Select(writer.NameOf)];

    /// <summary>Shapes of its inputs in the own order of axes.</summary>
    internal IReadOnlyList<Shape> Shapes { get; } = [.. node.Inputs.Select(writer.ShapeOf)];

    /// <summary>Shape of its output in the own order of axes.</summary>
    internal Shape Output => writer.ShapeOf(node.Name);

    /// <summary>Where its operations go.</summary>
    internal GraphBuilder Nodes => writer.Nodes;

    /// <summary>Whether its first input is certainly ≥ 0.</summary>
    internal bool ReadsNoNegatives => writer.IsNotNegative(node.Inputs[0]);

    /// <summary>One of its tensors, by the last part of its name.</summary>
    internal Tensor Weights(string part) => writer.Weights($"{node.Name}.{part}");

    /// <summary>A constant below its name.</summary>
    internal string Constant(string part, ReadOnlySpan<float> elements, params IEnumerable<int> shape) => Nodes.Constant($"{Name}/{part}", elements, shape);

    /// <summary>A constant number below its name.</summary>
    internal string Number(string part, float number) => Nodes.Constant($"{Name}/{part}", [number], []);

    /// <summary>Swaps axes of a value.</summary>
    /// <param name="part">Last part of the operation's name; null for the node's own.</param>
    /// <param name="value">The value.</param>
    /// <param name="order">For each new axis, the old one.</param>
    internal string Transpose(string? part, string value, int[] order)
    {
        string name = part is null ? Name : $"{Name}/{part}";
        return order.Order().SequenceEqual(order)
            ? value
            : Nodes.Add("Transpose", name, [value, Nodes.List(name + "/order", order)], Attributes.Float, Attributes.Int32("Tperm"));
    }

    /// <summary>Puts numbers around a value.</summary>
    /// <param name="part">Last part of the operation's name; null for the node's own.</param>
    /// <param name="value">The value.</param>
    /// <param name="pads">For each stored axis, how many before and after.</param>
    /// <param name="number">The number put around; 0 is what every reader knows.</param>
    internal string Pad(string? part, string value, IReadOnlyList<(int Before, int After)> pads, float number = 0)
    {
        if (pads.All(pad => pad == default))
        {
            return value;
        }

        string name = part is null ? Name : $"{Name}/{part}";
        string table = PadTable(name, pads);
        return number == 0
            ? Nodes.Add("Pad", name, [value, table], Attributes.Float, Attributes.Int32("Tpaddings"))
            : Nodes.Add(
                "PadV2", name, [value, table, Nodes.Constant(name + "/number", [number], [])], Attributes.Float, Attributes.Int32("Tpaddings"));
    }

    /// <summary>Puts a mirror's image around a value.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="mode">REFLECT leaves the edge out, SYMMETRIC repeats it.</param>
    /// <param name="pads">For each stored axis, how many before and after.</param>
    internal string Mirror(string name, string value, string mode, IReadOnlyList<(int Before, int After)> pads) => Nodes.Add(
        "MirrorPad", name, [value, PadTable(name, pads)], Attributes.Float, Attributes.Int32("Tpaddings"), ("mode", Attributes.Of(mode)));

    /// <summary>The error of a layer that TensorFlow's operations cannot express.</summary>
    /// <param name="why">What is missing.</param>
    internal InterchangeException Refused(string why) => new(
        $"Node '{Name}' ({Layer.GetType().Name}): expected a layer that TensorFlow's operations express, but {why}. Export the network to ONNX instead.");

    private string PadTable(string name, IReadOnlyList<(int Before, int After)> pads) =>
        Nodes.Constant(name + "/paddings", [.. pads.SelectMany(pad => (int[])[pad.Before, pad.After])], pads.Count, 2);
}
