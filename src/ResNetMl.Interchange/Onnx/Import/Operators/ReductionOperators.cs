using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>ReduceMean, ReduceSum, ReduceMax, ReduceMin; the axes are an attribute, later an input.</summary>
internal static class ReductionOperators
{
    internal static void Reduce(OnnxNode node, ReductionKind kind)
    {
        DataValue input = node.Data(0);
        int rank = node.RankOf(input);
        bool keepsAxes = node.Flag("keepdims", without: true);
        long[] given = Axes(node, 1) ?? [];
        if (given.Length == 0)
        {
            if (node.Flag("noop_with_empty_axes"))
            {
                node.Bind(0, input);
                return;
            }

            given = [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        }
        else
        {
            node.Ignore("noop_with_empty_axes");
        }

        if (rank == 0)
        {
            node.Bind(0, input);
            return;
        }

        int[] axes = [.. given.Select(axis => node.InnerAxis(node.Axis(axis, rank))).Distinct().Order()];
        if (kind == ReductionKind.Mean && node.Shift == 0 && input.Shape.Rank == 4 && axes is [2, 3])
        {
            // What a classifier's pool is called elsewhere.
            DataValue pooled = keepsAxes ? node.Add(new GlobalAveragePool(), input) : node.AddPart("pool", new GlobalAveragePool(), input);
            node.Bind(0, keepsAxes ? pooled : node.Reshape(pooled, [input.Shape[1]]));
            return;
        }

        node.Bind(0, node.Add(new Reduce(kind, new Shape(axes), keepsAxes), input));
    }

    /// <summary>Axes as an attribute or as an input; null where neither is there.</summary>
    internal static long[]? Axes(OnnxNode node, int input) => node.HasInput(input) ? node.Integers(input, "axes") : node.Ints("axes");
}
