using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>kernel_shape, strides, dilations, pads and auto_pad, which convolutions and pools share; one number for each axis that the window slides along.</summary>
internal sealed class WindowAttributes
{
    private WindowAttributes(int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, bool isAutomatic)
    {
        Kernel = kernel;
        Strides = strides;
        Dilations = dilations;
        Before = before;
        After = after;
        IsAutomatic = isAutomatic;
    }

    internal int[] Kernel { get; }

    internal int[] Strides { get; }

    internal int[] Dilations { get; }

    internal int[] Before { get; }

    internal int[] After { get; }

    /// <summary>Whether the padding was computed from the input's size (SAME_UPPER, SAME_LOWER).</summary>
    internal bool IsAutomatic { get; }

    internal bool HasPadding => Before.Concat(After).Any(length => length > 0);

    internal static WindowAttributes Read(OnnxNode node, int[] lengths, int[]? weightKernel, bool ceil = false)
    {
        int axes = lengths.Length;
        int[] kernel = Lengths(node, "kernel_shape", axes, weightKernel, least: 1);
        if (weightKernel is not null && !kernel.SequenceEqual(weightKernel))
        {
            throw node.Error($"a kernel_shape like the weight's, {Text(weightKernel)}", Text(kernel));
        }

        int[] strides = Lengths(node, "strides", axes, Ones(axes), least: 1);
        int[] dilations = Lengths(node, "dilations", axes, Ones(axes), least: 1);
        int[] pads = Lengths(node, "pads", 2 * axes, new int[2 * axes], least: 0);
        (int[] before, int[] after) = (pads[..axes], pads[axes..]);
        string automatic = node.Text("auto_pad", "NOTSET");
        switch (automatic)
        {
            case "NOTSET" or "":
                break;
            case "VALID":
                (before, after) = (new int[axes], new int[axes]);
                break;
            case "SAME_UPPER" or "SAME_LOWER":
                for (int axis = 0; axis < axes; axis++)
                {
                    int places = (lengths[axis] + strides[axis] - 1) / strides[axis];
                    long total = Math.Max(0, ((long)(places - 1) * strides[axis]) + ((long)dilations[axis] * (kernel[axis] - 1)) + 1 - lengths[axis]);
                    int small = node.Int32(total / 2, "padding");
                    int large = node.Int32(total - small, "padding");
                    (before[axis], after[axis]) = automatic == "SAME_UPPER" ? (small, large) : (large, small);
                }

                break;
            default:
                throw node.Error("auto_pad as NOTSET, VALID, SAME_UPPER or SAME_LOWER", $"'{automatic}'");
        }

        return new WindowAttributes(kernel, strides, dilations, before, after, automatic.StartsWith("SAME", StringComparison.Ordinal));
    }

    /// <summary>The numbers of axis 0 alone, or of the axes behind it: a window over three axes is one over the last two, then one over the first.</summary>
    internal WindowAttributes Part(Range axes) =>
        new(Kernel[axes], Strides[axes], Dilations[axes], Before[axes], After[axes], IsAutomatic);

    /// <summary>As two axes: H of length 1 before the one there is.</summary>
    internal WindowAttributes AsPlane() => Kernel.Length == 2
        ? this
        : new([1, .. Kernel], [1, .. Strides], [1, .. Dilations], [0, .. Before], [0, .. After], IsAutomatic);

    /// <summary>As two axes: W of length 1 behind the one there is.</summary>
    internal WindowAttributes AsColumn() => new([.. Kernel, 1], [.. Strides, 1], [.. Dilations, 1], [.. Before, 0], [.. After, 0], IsAutomatic);

    internal WindowAttributes WithoutPadding() => new(Kernel, Strides, Dilations, new int[Kernel.Length], new int[Kernel.Length], IsAutomatic);

    internal Size2d KernelSize => new(Kernel[0], Kernel[1]);

    internal Size2d Stride => new(Strides[0], Strides[1]);

    internal Size2d Dilation => new(Dilations[0], Dilations[1]);

    internal Padding2d Padding => new(Before[0], Before[1], After[0], After[1]);

    private static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    private static int[] Lengths(OnnxNode node, string name, int count, int[]? without, int least)
    {
        long[]? numbers = node.Ints(name);
        if (numbers is null || (numbers.Length == 0 && without is not null))
        {
            return without ?? throw node.Error($"{name}", "none");
        }

        return numbers.Length == count && numbers.All(number => number >= least && number <= NetworkLimits.MaxWindow)
            ? Array.ConvertAll(numbers, number => (int)number)
            : throw node.Error($"{name} as {count} numbers from {least} to {NetworkLimits.MaxWindow}", $"[{string.Join(", ", numbers)}]");
    }

    private static string Text(int[] numbers) => new Shape(numbers).ToString();
}
