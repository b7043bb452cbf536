namespace ResNetMl.Interchange;

/// <summary>Where sliding windows lie along one axis.</summary>
internal static class WindowPlaces
{
    /// <summary>TensorFlow's padding SAME: as much as gives ⌈length/stride⌉ places, the odd element after.</summary>
    internal static (int Before, int After) Same(int length, int kernel, int stride, int dilation)
    {
        int places = (length + stride - 1) / stride;
        int all = Math.Max(((places - 1) * stride) + (dilation * (kernel - 1)) + 1 - length, 0);
        return (all / 2, all - (all / 2));
    }
}
