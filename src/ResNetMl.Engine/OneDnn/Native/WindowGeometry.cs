namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>How a window moves over an image.</summary>
/// <param name="Stride">Pixels between windows, rows and columns alike.</param>
/// <param name="PaddingTopLeft">Pixels added above and on the left.</param>
/// <param name="PaddingBottomRight">Pixels added below and on the right; negative where the last windows leave pixels unread.</param>
internal readonly record struct WindowGeometry(
    (int Height, int Width) Stride, (int Height, int Width) PaddingTopLeft, (int Height, int Width) PaddingBottomRight)
{
    /// <summary>The geometry that reads an input of one size and makes an output of another.</summary>
    /// <param name="input">Height and width read.</param>
    /// <param name="output">Height and width made.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Pixels between windows.</param>
    /// <param name="padding">Pixels added above and on the left.</param>
    /// <remarks>
    /// oneDNN checks out = (in − kernel + before + after)/stride + 1 with the division rounding down, so the padding after follows from the
    /// output; a window that starts in the padding (ceiling mode) gets as much as it reaches over.
    /// </remarks>
    internal static WindowGeometry Between(
        (int Height, int Width) input,
        (int Height, int Width) output,
        (int Height, int Width) kernel,
        (int Height, int Width) stride,
        (int Height, int Width) padding) => new(
            stride,
            padding,
            (((output.Height - 1) * stride.Height) + kernel.Height - input.Height - padding.Height,
             ((output.Width - 1) * stride.Width) + kernel.Width - input.Width - padding.Width));
}
