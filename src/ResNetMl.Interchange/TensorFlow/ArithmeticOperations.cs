using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Sums, products, reductions and constants as TensorFlow's operations.</summary>
internal static class ArithmeticOperations
{
    internal static string WriteSum(NodeContext node)
    {
        string sum = node.Inputs[0];
        for (int i = 1; i < node.Inputs.Count; i++)
        {
            bool isLast = i == node.Inputs.Count - 1;
            sum = node.Nodes.Add("AddV2", isLast ? node.Name : $"{node.Name}/first{i + 1}", [sum, node.Inputs[i]], Attributes.Float);
        }

        return sum;
    }

    internal static string Write(NodeContext node, Arithmetic arithmetic) => node.Nodes.Add(
        arithmetic.Kind switch
        {
            ArithmeticKind.Add => "AddV2",
            ArithmeticKind.Subtract => "Sub",
            ArithmeticKind.Multiply => "Mul",
            ArithmeticKind.Divide => "RealDiv",
            ArithmeticKind.Maximum => "Maximum",
            ArithmeticKind.Minimum => "Minimum",
            ArithmeticKind.Power => "Pow",
            _ => throw node.Refused($"it has no {arithmetic.Kind}"),
        },
        node.Name,
        node.Inputs,
        Attributes.Float);

    /// <summary>Matrices are the last two axes of the own order.</summary>
    internal static string WriteProduct(NodeContext node)
    {
        int rank = node.Output.Rank;
        string left = node.Transpose("left", node.Inputs[0], ChannelsLast.ToOwn(rank));
        string right = node.Transpose("right", node.Inputs[1], ChannelsLast.ToOwn(rank));
        string product = node.Nodes.Add(
            "BatchMatMulV2",
            rank < 4 ? node.Name : node.Name + "/product",
            [left, right],
            Attributes.Float,
            ("adj_x", Attributes.Of(false)),
            ("adj_y", Attributes.Of(false)));
        return node.Transpose(null, product, ChannelsLast.FromOwn(rank));
    }

    internal static string Write(NodeContext node, Reduce reduce)
    {
        int rank = node.Shapes[0].Rank;
        int[] axes = [.. reduce.Axes.Select(axis => ChannelsLast.Stored(axis, rank)).Order()];

        // The axes left over stand in the input's stored order, and may have to move to that of their own rank.
        int[] left = [.. Enumerable.Range(0, rank).Except(axes).Select(stored => ChannelsLast.Own(stored, rank))];
        int[] own = [.. left.Order()];
        int[] order = reduce.KeepsAxes
            ? [.. Enumerable.Range(0, rank)]
            : [.. ChannelsLast.FromOwn(own.Length).Select(axis => Array.IndexOf(left, own[axis]))];
        bool moves = !order.Order().SequenceEqual(order);
        string result = node.Nodes.Add(
            reduce.Kind switch
            {
                ReductionKind.Mean => "Mean",
                ReductionKind.Sum => "Sum",
                ReductionKind.Max => "Max",
                ReductionKind.Min => "Min",
                _ => throw node.Refused($"it has no reduction {reduce.Kind}"),
            },
            moves ? node.Name + "/reduced" : node.Name,
            [node.Inputs[0], node.Nodes.List(node.Name + "/axes", axes)],
            Attributes.Float,
            Attributes.Int32("Tidx"),
            ("keep_dims", Attributes.Of(reduce.KeepsAxes)));
        return node.Transpose(null, result, order);
    }

    /// <summary>With a batch axis of 1, which broadcasts.</summary>
    internal static string Write(NodeContext node, Constant constant)
    {
        Tensor value = node.Weights("value");
        Shape shape = value.Shape.Prepend(1);
        return node.Nodes.Constant(node.Name, ChannelsLast.Permute(value.Span, shape, ChannelsLast.FromOwn(shape.Rank)), ChannelsLast.Stored(shape));
    }
}
