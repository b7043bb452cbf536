using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Pad: one layer for each axis that gets longer, a slice where pads are negative; with a strided slice before it, the shortcut of option A.</summary>
internal static class PadOperator
{
    internal static void Pad(OnnxNode node)
    {
        DataValue input = node.Data(0);
        int rank = node.RankOf(input);
        PadMode mode = node.Text("mode", "constant") switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            string other => throw node.Error("mode as constant, reflect or edge", $"'{other}'"),
        };
        bool hasInputs = node.Opset >= 11;
        long[] pads = hasInputs ? node.Integers(1, "pads") : node.Ints("pads") ?? node.Ints("paddings") ?? throw node.Error("pads", "none");
        float value = !hasInputs ? node.Float("value", 0) : node.HasInput(2) ? node.Scalar(2, "constant_value") : 0;
        int[] axes = node.HasInput(3) ? [.. node.Integers(3, "axes").Select(axis => node.Axis(axis, rank))] : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length || axes.Distinct().Count() != axes.Length)
        {
            throw node.Error($"two pads for each of {axes.Length} axes", $"{pads.Length}");
        }

        (int[] before, int[] after) = (new int[rank], new int[rank]);
        for (int i = 0; i < axes.Length; i++)
        {
            before[axes[i]] = node.Int32(pads[i], "a pad");
            after[axes[i]] = node.Int32(pads[axes.Length + i], "a pad");
        }

        node.Bind(0, ShortcutPattern.Find(node, input, mode, value, before, after) ?? PadAxes(node, input, mode, value, before, after));
    }

    private static DataValue PadAxes(OnnxNode node, DataValue input, PadMode mode, float value, int[] before, int[] after)
    {
        for (int axis = 0; axis < before.Length; axis++)
        {
            if (before[axis] == 0 && after[axis] == 0)
            {
                continue;
            }

            int inner = node.InnerAxis(axis);
            if (before[axis] < 0 || after[axis] < 0)
            {
                int start = Math.Max(0, -before[axis]);
                int length = input.Shape[inner] - start - Math.Max(0, -after[axis]);
                input = (DataValue)SliceOperators.Part(node, input, axis, start, length, step: 1, $"{node.Name}/cut");
            }

            (int more, int behind) = (Math.Max(0, before[axis]), Math.Max(0, after[axis]));
            if (more + behind > 0)
            {
                float added = mode == PadMode.Constant ? value : 0;
                input = node.Add(node.Make(() => new Pad(inner, more, behind, mode, added)), input);
            }
        }

        return input;
    }
}
