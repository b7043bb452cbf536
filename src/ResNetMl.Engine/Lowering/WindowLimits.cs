using ResNetMl.Networks;

namespace ResNetMl.Engine;

/// <summary>Bounds on sliding windows, so that kernels may count places in 32 bits: a file of another program may hold any numbers.</summary>
internal static class WindowLimits
{
    /// <summary>Most that a kernel size, stride, dilation or padding may be: far beyond every image.</summary>
    private const int Most = 1 << 16;

    /// <summary>Refuses a layer whose window goes beyond.</summary>
    /// <exception cref="NotSupportedException">Names the node.</exception>
    internal static void Check(Node node)
    {
        int largest = node.Layer switch
        {
            Conv2d conv => Largest(conv.KernelSize, conv.Stride, conv.Dilation, conv.Padding),
            Pool2d pool => Largest(pool.KernelSize, pool.Stride, pool.Dilation, pool.Padding),
            Conv3d conv => new[] { conv.KernelSize, conv.Stride, conv.Dilation, conv.PaddingBefore, conv.PaddingAfter }.Max(triple => triple.Max()),
            _ => 0,
        };
        if (largest > Most)
        {
            throw new NotSupportedException(
                $"{node.Name}: expected a window whose kernel size, stride, dilation and padding are at most {Most}, got {largest}. " +
                "No image is as large; check the file that the network is from.");
        }
    }

    private static int Largest(Size2d kernelSize, Size2d stride, Size2d dilation, Padding2d padding)
    {
        ReadOnlySpan<int> numbers =
        [
            kernelSize.Height, kernelSize.Width, stride.Height, stride.Width, dilation.Height, dilation.Width,
            padding.Top, padding.Left, padding.Bottom, padding.Right,
        ];
        int largest = 0;
        foreach (int number in numbers)
        {
            largest = Math.Max(largest, number);
        }

        return largest;
    }
}
