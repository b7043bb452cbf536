using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Option A's shortcut (He et al. 2015, section 3.3): every second row and column, then channels of zeros. Files write the first part as Slice with
/// steps or as a 1×1 MaxPool with strides.
/// </summary>
internal static class ShortcutPattern
{
    internal static DataValue? Find(OnnxNode node, DataValue input, PadMode mode, float value, int[] before, int[] after)
    {
        bool padsChannels = node.Shift == 0 && before.Length == 4 && mode == PadMode.Constant && value == 0 && before[1] >= 0 && after[1] >= 0 &&
            before[1] + after[1] > 0 && before[0] == 0 && after[0] == 0 && before[2..].Concat(after[2..]).All(pad => pad == 0);
        if (!padsChannels)
        {
            return null;
        }

        (DataValue source, int stride) = Subsampled(node.Composer, input);
        return node.Add(new ZeroPadShortcut(stride, before[1], after[1]), source);
    }

    // What was subsampled and by how much; the input itself, by 1, where it was not.
    private static (DataValue Source, int Stride) Subsampled(NetworkComposer composer, DataValue input)
    {
        if (composer.SoleProducer<Pool2d>(input) is { Layer: Pool2d pool } poolNode && pool.KernelSize == 1 && pool.Padding == 0 && !pool.CeilMode &&
            pool.Stride.Height == pool.Stride.Width)
        {
            composer.Remove(poolNode);
            return (composer.ValueOf(poolNode.Inputs[0]), pool.Stride.Height);
        }

        if (composer.SoleProducer<Slice>(input) is not { Layer: Slice { Axis: 3, Start: 0 } columns } columnNode || columns.Step < 2)
        {
            return (input, 1);
        }

        DataValue rowsValue = composer.ValueOf(columnNode.Inputs[0]);
        if (composer.SoleProducer<Slice>(rowsValue, readersSoFar: 1) is not { Layer: Slice { Axis: 2, Start: 0 } rows } rowNode || rows.Step != columns.Step)
        {
            return (input, 1);
        }

        DataValue source = composer.ValueOf(rowNode.Inputs[0]);
        bool takesAll = rows.Length == Places(source.Shape[2], rows.Step) && columns.Length == Places(source.Shape[3], rows.Step);
        if (!takesAll)
        {
            return (input, 1);
        }

        composer.Remove(columnNode);
        composer.Remove(rowNode);
        return (source, rows.Step);
    }

    private static int Places(int length, int step) => (length + step - 1) / step;
}
