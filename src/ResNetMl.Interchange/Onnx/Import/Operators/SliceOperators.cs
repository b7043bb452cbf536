using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Slice and Split.</summary>
internal static class SliceOperators
{
    internal static void Slice(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        bool hasInputs = node.Opset >= 10;
        long[] starts = hasInputs ? node.Integers(1, "starts") : node.Ints("starts") ?? [];
        Number[] ends = hasInputs ? node.Numbers(2, "ends") : [.. (node.Ints("ends") ?? []).Select(end => (Number)end)];
        long[]? axes = hasInputs ? node.HasInput(3) ? node.Integers(3, "axes") : null : node.Ints("axes");
        long[]? steps = hasInputs && node.HasInput(4) ? node.Integers(4, "steps") : null;
        axes ??= [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        steps ??= [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw node.Error("starts, ends, axes and steps of one length", $"{starts.Length}, {ends.Length}, {axes.Length} and {steps.Length}");
        }

        int[] wholeAxes = [.. axes.Select(axis => node.Axis(axis, rank))];
        foreach (int i in Enumerable.Range(0, starts.Length).OrderBy(i => wholeAxes[i]))
        {
            input = SliceAxis(node, input, wholeAxes[i], starts[i], ends[i], steps[i]);
        }

        node.Bind(0, input);
    }

    internal static void Split(OnnxNode node)
    {
        OnnxValue input = node.Input(0);
        int rank = node.RankOf(input);
        int axis = node.Axis(node.Int("axis", 0), rank);
        int outputs = node.OutputCount;
        long[]? given = node.HasInput(1) ? node.Integers(1, "split") : node.Ints("split");
        if (node.Has("num_outputs") && node.Int("num_outputs", outputs) != outputs)
        {
            throw node.Error($"num_outputs = {outputs}, the outputs there are", $"{node.Int("num_outputs", 0)}");
        }

        int inner = input is ConstantValue ? axis : node.InnerAxis(axis);
        int length = input is ConstantValue whole ? whole.Shape[axis] : ((DataValue)input).Shape[inner];

        // Equal parts, of which the last may be smaller (opset 18).
        long part = outputs > 0 ? (length + outputs - 1) / outputs : 0;
        long[] lengths = given ?? [.. Enumerable.Range(0, outputs).Select(i => Math.Max(0, Math.Min(part, length - (i * part))))];
        if (lengths.Length != outputs || lengths.Any(l => l < 0 || l > length) || lengths.Sum() != length)
        {
            throw node.Error($"{outputs} parts that add up to {length}", $"[{string.Join(", ", lengths)}]");
        }

        int start = 0;
        for (int i = 0; i < outputs; i++)
        {
            if (node.IsOutputUsed(i))
            {
                node.Bind(i, Part(node, input, axis, start, (int)lengths[i], step: 1, i == 0 ? node.Name : $"{node.Name}/{i}"));
            }

            start += (int)lengths[i];
        }
    }

    /// <summary>Some elements along an axis as the file counts it.</summary>
    internal static OnnxValue Part(OnnxNode node, OnnxValue input, int axis, int start, int length, int step, string name)
    {
        if (input is ConstantValue constant)
        {
            long[] strides = Strided.Strides(constant.Shape);
            long offset = length > 0 ? start * strides[axis] : 0;
            strides[axis] *= step;
            return constant.View(node.Where, node.Graph.Tensors, constant.Shape.With(axis, length), strides, offset);
        }

        var data = (DataValue)input;
        int inner = node.InnerAxis(axis);
        if (length < 1)
        {
            throw node.Error("one element or more", "none");
        }

        return length == data.Shape[inner] && step == 1
            ? data
            : node.Composer.Add(node.Where, node.Make(() => new Slice(inner, start, length, step)), name, [data]);
    }

    private static OnnxValue SliceAxis(OnnxNode node, OnnxValue input, int axis, long start, Number end, long step)
    {
        if (step == 0 || step is < int.MinValue or > int.MaxValue)
        {
            throw node.Error("a step other than 0", $"{step}");
        }

        if (input is DataValue data && axis == 0 && node.Shift == 0)
        {
            bool isWhole = start == 0 && step == 1 &&
                (end is { IsBatch: true, Value: >= 1 } || (!end.IsBatch && (end.Value >= int.MaxValue || end.Value >= (node.Graph.DeclaredBatch ?? long.MaxValue))));
            return isWhole ? data : throw node.TouchesBatch("takes some of axis 0");
        }

        long stop = end.IsBatch ? throw node.TouchesBatch("takes elements by the number of images") : end.Value;
        int length = input is ConstantValue constant ? constant.Shape[axis] : ((DataValue)input).Shape[axis + node.Shift];

        // Ends beyond the axis are cut off; going backwards, one before the first is an end.
        long first = Math.Clamp(start < 0 ? start + length : start, 0, step > 0 ? length : length - 1);
        long last = Math.Clamp(stop < 0 ? Math.Max(stop, -length - 1L) + length : stop, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
        long count = Math.Max(0, step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step);
        return Part(node, input, axis, (int)Math.Max(0, first), (int)count, (int)step, node.Name);
    }
}
