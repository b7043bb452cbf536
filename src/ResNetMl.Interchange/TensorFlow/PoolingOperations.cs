using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Pooling layers as TensorFlow's operations.</summary>
internal static class PoolingOperations
{
    internal static string WriteGlobalAverage(NodeContext node) => node.Nodes.Add(
        "Mean",
        node.Name,
        [node.Inputs[0], node.Nodes.List(node.Name + "/axes", 1, 2)],
        Attributes.Float,
        Attributes.Int32("Tidx"),
        ("keep_dims", Attributes.Of(true)));

    internal static string Write(NodeContext node, Pool2d pool)
    {
        if (pool.Dilation != 1)
        {
            throw node.Refused("its pooling has no dilation");
        }

        (int Before, int After)[] padding = [(pool.Padding.Top, pool.Padding.Bottom), (pool.Padding.Left, pool.Padding.Right)];
        int[] kernel = [pool.KernelSize.Height, pool.KernelSize.Width];
        int[] stride = [pool.Stride.Height, pool.Stride.Width];
        int[] lengths = [node.Shapes[0][2], node.Shapes[0][3]];
        int[] places = [node.Output[2], node.Output[3]];

        // What ceil mode lets stick out is added as padding; VALID windows that end inside are dropped by the stride as they are here.
        (int Before, int After)[] all = [.. Enumerable.Range(0, 2).Select(axis =>
            (padding[axis].Before, Math.Max(padding[axis].After, ((places[axis] - 1) * stride[axis]) + kernel[axis] - lengths[axis] - padding[axis].Before)))];
        bool isSame = Enumerable.Range(0, 2).All(axis =>
            all[axis] == WindowPlaces.Same(lengths[axis], kernel[axis], stride[axis], 1));
        bool isPadded = all.Any(pad => pad != default);

        if (pool.Kind == PoolingKind.Max)
        {
            string value = isSame ? node.Inputs[0] : PadForMaximum(node, kernel, lengths, all);
            return Pool(node, "MaxPool", node.Name, value, kernel, stride, isSame && isPadded);
        }

        float[] scale = Scale(pool, padding, kernel, stride, lengths, places);
        bool needsScale = scale.Any(factor => factor != 1);
        if (isSame && isPadded && !pool.CountsPadding)
        {
            // TensorFlow's mean with SAME leaves padding out, too.
            return Pool(node, "AvgPool", node.Name, node.Inputs[0], kernel, stride, isSame: true);
        }

        string mean = Pool(
            node, "AvgPool", needsScale ? node.Name + "/sums" : node.Name, node.Pad("padded", node.Inputs[0], [default, .. all, default]), kernel, stride, isSame: false);
        return needsScale
            ? node.Nodes.Add("Mul", node.Name, [mean, node.Constant("scale", scale, 1, places[0], places[1], 1)], Attributes.Float)
            : mean;
    }

    /// <summary>Padding that never wins a maximum, as SAME's does not.</summary>
    private static string PadForMaximum(NodeContext node, int[] kernel, int[] lengths, (int Before, int After)[] padding)
    {
        (int, int)[] pads = [default, .. padding, default];
        if (node.ReadsNoNegatives || padding.All(pad => pad == default))
        {
            return node.Pad("padded", node.Inputs[0], pads);
        }

        // Mirrored elements that lie in the same window anyway change no maximum, and more readers know a mirror than other numbers than 0.
        bool isMirrored = Enumerable.Range(0, 2).All(axis =>
            Math.Max(padding[axis].Before, padding[axis].After) is var most && 2 * most < kernel[axis] && most < lengths[axis]);
        return isMirrored
            ? node.Mirror(node.Name + "/padded", node.Inputs[0], "REFLECT", pads)
            : node.Pad("padded", node.Inputs[0], pads, float.MinValue);
    }

    internal static string Pool(NodeContext node, string operation, string name, string value, int[] kernel, int[] stride, bool isSame) => node.Nodes.Add(
        operation,
        name,
        [value],
        Attributes.Float,
        ("ksize", Attributes.Window(kernel)),
        ("strides", Attributes.Window(stride)),
        ("padding", Attributes.Of(isSame ? "SAME" : "VALID")),
        Attributes.ChannelsLast(4));

    /// <summary>For each place, the window's size over the number of elements that count there.</summary>
    private static float[] Scale(Pool2d pool, (int Before, int After)[] padding, int[] kernel, int[] stride, int[] lengths, int[] places)
    {
        int[] Counts(int axis) => [.. Enumerable.Range(0, places[axis]).Select(place =>
        {
            int start = (place * stride[axis]) - padding[axis].Before;
            int end = start + kernel[axis];
            return pool.CountsPadding
                ? Math.Min(end, lengths[axis] + padding[axis].After) - start
                : Math.Min(end, lengths[axis]) - Math.Max(start, 0);
        })];

        int[] columns = Counts(1);
        return [.. from rowCount in Counts(0)
                   from columnCount in columns
                   select (float)(kernel[0] * kernel[1]) / (rowCount * columnCount)];
    }
}
