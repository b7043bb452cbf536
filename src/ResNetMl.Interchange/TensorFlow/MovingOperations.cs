using ResNetMl.Interchange.TensorFlow.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Layers that move numbers without changing them, as TensorFlow's operations.</summary>
internal static class MovingOperations
{
    // Each costs an operation.
    private const int MostEdges = 16;

    /// <summary>Every stride-th pixel by a 1×1 max pool, which every reader knows, then channels of zeros.</summary>
    internal static string Write(NodeContext node, ZeroPadShortcut shortcut)
    {
        (int Before, int After) channels = (shortcut.ChannelsBefore, shortcut.ChannelsAfter);
        bool isPadded = channels != default;
        string value = shortcut.Stride == 1
            ? node.Inputs[0]
            : EveryPixel(node, isPadded ? node.Name + "/pixels" : node.Name, node.Inputs[0], [shortcut.Stride, shortcut.Stride]);
        return node.Pad(null, value, [default, default, default, channels]);
    }

    /// <summary>Rows are counted in the own order of axes, so that channels-last feature maps are turned before and after.</summary>
    internal static string WriteReshape(NodeContext node)
    {
        Shape input = node.Shapes[0];
        Shape output = node.Output;

        // Where all but one axis have length 1, all orders are the same.
        bool isRow = input.Skip(1).Count(length => length != 1) <= 1;
        string value = isRow ? node.Inputs[0] : node.Transpose("channels-first", node.Inputs[0], ChannelsLast.ToOwn(input.Rank));
        bool turns = output.Rank >= 4 && output.Skip(1).Count(length => length != 1) > 1;
        Shape written = turns ? output : ChannelsLast.Stored(output);
        string name = turns ? node.Name + "/channels-first-shape" : node.Name;
        string shape = node.Nodes.List(name + "/shape", [-1, .. written.Skip(1)]);
        string result = node.Nodes.Add("Reshape", name, [value, shape], Attributes.Float, Attributes.Int32("Tshape"));
        return turns ? node.Transpose(null, result, ChannelsLast.FromOwn(output.Rank)) : result;
    }

    internal static string Write(NodeContext node, Transpose transpose)
    {
        int rank = transpose.Order.Rank;
        return node.Transpose(
            null,
            node.Inputs[0],
            [.. Enumerable.Range(0, rank).Select(stored => ChannelsLast.Stored(transpose.Order[ChannelsLast.Own(stored, rank)], rank))]);
    }

    internal static string Write(NodeContext node, Concat concat)
    {
        string axis = node.Nodes.Constant(node.Name + "/axis", [ChannelsLast.Stored(concat.Axis, node.Output.Rank)], []);
        return node.Nodes.Add(
            "ConcatV2", node.Name, [.. node.Inputs, axis], Attributes.Float, Attributes.Int32("Tidx"), ("N", Attributes.Of((long)node.Inputs.Count)));
    }

    internal static string Write(NodeContext node, Slice slice)
    {
        int rank = node.Output.Rank;
        int axis = ChannelsLast.Stored(slice.Axis, rank);
        int length = node.Shapes[0][slice.Axis];
        if (slice.Step < 0)
        {
            return WriteStrided(node, slice, axis);
        }

        bool isEveryPixel = slice.Step > 1 && rank == 4 && slice.Axis >= 2;
        if (slice.Step > 1 && !isEveryPixel)
        {
            return WriteStrided(node, slice, axis);
        }

        // A part without gaps, of which a 1×1 max pool then takes every step-th pixel.
        int part = ((slice.Length - 1) * slice.Step) + 1;
        int reach = isEveryPixel && (length - slice.Start + slice.Step - 1) / slice.Step == slice.Length ? length - slice.Start : part;
        string value = reach == length ? node.Inputs[0] : Part(node, isEveryPixel ? node.Name + "/part" : node.Name, axis, slice.Start, reach);
        return isEveryPixel
            ? EveryPixel(node, node.Name, value, slice.Axis == 2 ? [slice.Step, 1] : [1, slice.Step])
            : value;
    }

    internal static string Write(NodeContext node, Pad pad)
    {
        int rank = node.Output.Rank;
        int axis = ChannelsLast.Stored(pad.Axis, rank);
        (int Before, int After)[] Pads(int before, int after)
        {
            var pads = new (int Before, int After)[rank];
            pads[axis] = (before, after);
            return pads;
        }

        if (pad.Mode == PadMode.Constant)
        {
            return node.Pad(null, node.Inputs[0], Pads(pad.Before, pad.After), pad.Value);
        }

        if (pad.Before == 0 && pad.After == 0)
        {
            return node.Inputs[0];
        }

        if (pad.Mode == PadMode.Reflect)
        {
            return node.Mirror(node.Name, node.Inputs[0], "REFLECT", Pads(pad.Before, pad.After));
        }

        // TensorFlow repeats no edges, but mirrors with the edge included: by one element that is the same.
        int times = Math.Max(pad.Before, pad.After);
        if (times > MostEdges)
        {
            throw node.Refused($"it repeats an edge at most {MostEdges} times");
        }

        string value = node.Inputs[0];
        for (int i = 0; i < times; i++)
        {
            value = node.Mirror(
                i == times - 1 ? node.Name : $"{node.Name}/edge{i}", value, "SYMMETRIC", Pads(i < pad.Before ? 1 : 0, i < pad.After ? 1 : 0));
        }

        return value;
    }

    private static string EveryPixel(NodeContext node, string name, string value, int[] stride) =>
        PoolingOperations.Pool(node, "MaxPool", name, value, [1, 1], stride, isSame: false);

    private static string Part(NodeContext node, string name, int axis, int start, int length)
    {
        int rank = node.Output.Rank;
        var begin = new int[rank];
        begin[axis] = start;

        // −1 is all that is left: the batch is known only when the graph runs.
        int[] size = [.. Enumerable.Repeat(-1, rank)];
        size[axis] = length;
        return node.Nodes.Add(
            "Slice",
            name,
            [node.Inputs[0], node.Nodes.List(name + "/begin", begin), node.Nodes.List(name + "/size", size)],
            Attributes.Float,
            Attributes.Int32("Index"));
    }

    private static string WriteStrided(NodeContext node, Slice slice, int axis)
    {
        int rank = node.Output.Rank;
        var begin = new int[rank];
        var end = new int[rank];
        int[] steps = [.. Enumerable.Repeat(1, rank)];
        begin[axis] = slice.Start;
        steps[axis] = slice.Step;

        // The end is the first index left out. Before index 0 there is none: then a bit of the mask says "to the end".
        int last = slice.Start + ((slice.Length - 1) * slice.Step);
        int others = ((1 << rank) - 1) & ~(1 << axis);
        bool isOpen = slice.Step < 0 && last + slice.Step < 0;
        end[axis] = isOpen ? 0 : last + Math.Sign(slice.Step);
        string name = node.Name;
        return node.Nodes.Add(
            "StridedSlice",
            name,
            [node.Inputs[0], node.Nodes.List(name + "/begin", begin), node.Nodes.List(name + "/end", end), node.Nodes.List(name + "/steps", steps)],
            Attributes.Float,
            Attributes.Int32("Index"),
            ("begin_mask", Attributes.Of((long)others)),
            ("end_mask", Attributes.Of((long)(isOpen ? others | (1 << axis) : others))),
            ("ellipsis_mask", Attributes.Of(0L)),
            ("new_axis_mask", Attributes.Of(0L)),
            ("shrink_axis_mask", Attributes.Of(0L)));
    }
}
