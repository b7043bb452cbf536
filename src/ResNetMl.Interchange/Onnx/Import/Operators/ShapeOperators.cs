using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Flatten, Reshape, Squeeze, Unsqueeze, Transpose and Identity, of computed values and of constants.</summary>
internal static class ShapeOperators
{
    internal static void Identity(OnnxNode node) => node.Bind(0, node.Input(0));

    internal static void Flatten(OnnxNode node)
    {
        long given = node.Int("axis", 1);
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        int axis = given == rank ? rank : node.Axis(given, Math.Max(rank, 1));
        if (input is ConstantValue constant)
        {
            node.Bind(0, constant.Reshaped(node.Where, node.Graph.Tensors, [constant.Shape.Product(0, axis), constant.Shape.Product(axis, rank)]));
            return;
        }

        var data = (DataValue)input;
        Shape shape = data.Shape;
        if (node.Shift == 1)
        {
            node.Bind(0, node.Reshape(data, [shape.Product(1, axis + 1), shape.Product(axis + 1, shape.Rank)]));
            return;
        }

        bool isWhole = axis == 1 || (axis == 0 && node.Graph.DeclaredBatch == 1);
        node.Bind(0, isWhole ? node.Reshape(data, [shape.Product(1, shape.Rank)]) : throw node.TouchesBatch($"flattens at axis {axis}"));
    }

    internal static void Reshape(OnnxNode node)
    {
        node.Ignore("consumed_inputs");
        Number[] target = node.Opset < 5 || (node.InputCount < 2 && node.Has("shape"))
            ? [.. (node.Ints("shape") ?? []).Select(length => (Number)length)]
            : node.Numbers(1, "the shape");
        bool allowsZero = node.Flag("allowzero");
        OnnxValue input = node.Input(0);
        if (input is ConstantValue constant)
        {
            Shape constantShape = TargetShape.Whole(node, target, constant.Shape, allowsZero);
            node.Bind(0, constant.Reshaped(node.Where, node.Graph.Tensors, constantShape));
            return;
        }

        var data = (DataValue)input;
        Shape shape = node.Shift == 0
            ? TargetShape.ForEachImage(node, target, data.ElementShape(), allowsZero)
            : TargetShape.Whole(node, target, data.ElementShape(), allowsZero);
        node.Bind(0, node.Reshape(data, shape));
    }

    internal static void Squeeze(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        long[]? given = ReductionOperators.Axes(node, 1);
        int[] lengths = Lengths(node, input);
        int[] axes = given is null
            ? [.. Enumerable.Range(0, rank).Where(axis => lengths[axis] == 1)]
            : [.. given.Select(axis => node.Axis(axis, rank))];
        foreach (int axis in axes)
        {
            if (lengths[axis] != 1)
            {
                throw node.Error("axes of length 1", $"axis {axis} of length {lengths[axis]}");
            }
        }

        Bind(node, input, [.. Enumerable.Range(0, rank).Where(axis => !axes.Contains(axis)).Select(axis => lengths[axis])], keepsFirst: !axes.Contains(0));
    }

    internal static void Unsqueeze(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        long[] given = ReductionOperators.Axes(node, 1) ?? throw node.Error("axes", "none");
        int rank = node.RankOf(input) + given.Length;
        if (rank > NetworkLimits.MaxRank)
        {
            throw node.Error($"at most {NetworkLimits.MaxRank} axes", $"{rank}");
        }

        int[] axes = [.. given.Select(axis => node.Axis(axis, rank))];
        if (axes.Distinct().Count() != axes.Length)
        {
            throw node.Error("each axis once", $"[{string.Join(", ", given)}]");
        }

        var left = new Queue<int>(Lengths(node, input));
        Bind(node, input, [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : left.Dequeue())], keepsFirst: !axes.Contains(0));
    }

    internal static void Transpose(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        long[] given = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        int[] order = [.. given.Select(axis => node.Axis(axis, rank))];
        if (order.Length != rank || order.Distinct().Count() != rank)
        {
            throw node.Error($"perm with each of {rank} axes once", $"[{string.Join(", ", given)}]");
        }

        if (input is ConstantValue constant)
        {
            long[] strides = Strided.Strides(constant.Shape);
            Shape shape = [.. order.Select(axis => constant.Shape[axis])];
            node.Bind(0, constant.View(node.Where, node.Graph.Tensors, shape, [.. order.Select(axis => strides[axis])]));
            return;
        }

        int[] whole = node.Shift == 0 ? order : [0, .. order.Select(axis => axis + 1)];
        if (whole.Length > 0 && whole[0] != 0)
        {
            throw node.TouchesBatch("moves axis 0");
        }

        bool isIdentity = whole.SequenceEqual(Enumerable.Range(0, whole.Length));
        node.Bind(0, isIdentity ? input : node.Add(new Transpose(new Shape(whole)), (DataValue)input));
    }

    // The lengths as the file counts axes; the images' is not known and stands as that of the file, or 0.
    private static int[] Lengths(OnnxNode node, OnnxValue input)
    {
        if (input is ConstantValue constant)
        {
            return [.. constant.Shape];
        }

        Shape shape = ((DataValue)input).Shape;
        return node.Shift == 1 ? [.. shape.AsSpan()[1..]] : [node.Graph.DeclaredBatch ?? 0, .. shape.AsSpan()[1..]];
    }

    private static void Bind(OnnxNode node, OnnxValue input, int[] lengths, bool keepsFirst)
    {
        if (input is ConstantValue constant)
        {
            node.Bind(0, constant.Reshaped(node.Where, node.Graph.Tensors, new Shape(lengths)));
            return;
        }

        if (node.Shift == 0 && !keepsFirst)
        {
            throw node.TouchesBatch("removes axis 0 or puts one before it");
        }

        node.Bind(0, node.Reshape((DataValue)input, new Shape(node.Shift == 0 ? lengths[1..] : lengths)));
    }
}
