using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// MaxPool and AveragePool along one, two or three axes, and the pools over all of them. A window over three axes is pooled over the last two and
/// then over the first: maxima of maxima, and means of means of equal counts.
/// </summary>
internal static class PoolingOperators
{
    internal static void Pool(OnnxNode node, PoolingKind kind)
    {
        node.Ignore("storage_order");
        if (node.IsOutputUsed(1))
        {
            throw node.Error("one output", "a second one that is used, the indices of the largest elements");
        }

        DataValue input = node.Data(0);
        if (node.RankOf(input) is < 3 or > 5)
        {
            throw node.Error("an input [N, C, …] of rank 3 to 5", $"{input.Shape}");
        }

        node.Bind(0, node.PerImage(input, image => PoolImages(node, image, kind)));
    }

    internal static void GlobalPool(OnnxNode node, ReductionKind kind)
    {
        DataValue input = node.Data(0);
        if (node.RankOf(input) < 3)
        {
            throw node.Error("an input [N, C, …] of rank 3 or more", $"{input.Shape}");
        }

        int first = 2 + node.Shift;
        PrimitiveLayer layer = kind == ReductionKind.Mean && input.Shape.Rank == 4 && node.Shift == 0
            ? new GlobalAveragePool()
            : new Reduce(kind, new Shape([.. Enumerable.Range(first, input.Shape.Rank - first)]), KeepsAxes: true);
        node.Bind(0, node.Add(layer, input));
    }

    private static DataValue PoolImages(OnnxNode node, DataValue input, PoolingKind kind)
    {
        bool ceilMode = node.Flag("ceil_mode");
        bool countsPadding = kind == PoolingKind.Average && node.Flag("count_include_pad");
        var window = WindowAttributes.Read(node, input.Shape.AsSpan()[2..].ToArray(), weightKernel: null);
        Shape shape = input.Shape;
        switch (shape.Rank)
        {
            case 3:
                DataValue line = node.Reshape(input, [shape[1], 1, shape[2]], "plane");
                DataValue pooled = PoolPlanes(node, line, kind, window.AsPlane(), ceilMode, countsPadding, node.Name);
                return node.Reshape(pooled, [shape[1], pooled.Shape[3]], "line");

            case 4:
                return PoolPlanes(node, input, kind, window, ceilMode, countsPadding, node.Name);

            default:
                DataValue planes = node.Reshape(input, [shape.Product(1, 3), shape[3], shape[4]], "planes");
                planes = PoolPlanes(node, planes, kind, window.Part(1..), ceilMode, countsPadding, $"{node.Name}/planes");
                (int height, int width) = (planes.Shape[2], planes.Shape[3]);
                DataValue columns = node.Reshape(planes, [shape[1], shape[2], height * width], "columns");
                columns = PoolPlanes(node, columns, kind, window.Part(..1).AsColumn(), ceilMode, countsPadding, node.Name);
                return node.Reshape(columns, [shape[1], columns.Shape[2], height, width], "volume");
        }
    }

    private static DataValue PoolPlanes(
        OnnxNode node, DataValue input, PoolingKind kind, WindowAttributes window, bool ceilMode, bool countsPadding, string name)
    {
        bool isTooWide = window.Kernel.Zip(window.Before, window.After).Any(axis => axis.Second >= axis.First || axis.Third >= axis.First);
        if (isTooWide)
        {
            // As layers of their own: zeros that count, or the least number, which never wins.
            if (kind == PoolingKind.Average && !countsPadding)
            {
                throw node.Error("pads less than the kernel", "windows that hold nothing but padding");
            }

            for (int axis = 0; axis < 2; axis++)
            {
                if (window.Before[axis] + window.After[axis] > 0)
                {
                    input = node.AddPart("pad", new Pad(axis + 2, window.Before[axis], window.After[axis], PadMode.Constant, kind == PoolingKind.Max ? float.MinValue : 0), input);
                }
            }

            window = window.WithoutPadding();
        }

        Pool2d layer = node.Make(() => new Pool2d(
            kind, window.KernelSize, window.Stride, window.Padding, ceilMode, countsPadding || kind == PoolingKind.Max, window.Dilation));
        return node.Composer.Add(node.Where, layer, name, [input]);
    }
}
