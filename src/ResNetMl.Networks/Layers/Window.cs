using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>The arithmetic that convolution and pooling windows share.</summary>
internal static class Window
{
    internal static void Check(Size2d kernelSize, Size2d stride, Padding2d padding, Size2d dilation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize.Height, nameof(kernelSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize.Width, nameof(kernelSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride.Height, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride.Width, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dilation.Height, nameof(dilation));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dilation.Width, nameof(dilation));
        if (padding.Top < 0 || padding.Left < 0 || padding.Bottom < 0 || padding.Right < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(padding), padding, "Padding is 0 or more on every side.");
        }
    }

    /// <summary>How many places the window has along H and W.</summary>
    internal static (int Height, int Width) OutputSize(
        string nodeName, Shape input, Size2d kernelSize, Size2d stride, Padding2d padding, Size2d dilation, bool ceilMode)
    {
        long height = Places(input[2], kernelSize.Height, stride.Height, padding.Top, padding.Bottom, dilation.Height, ceilMode);
        long width = Places(input[3], kernelSize.Width, stride.Width, padding.Left, padding.Right, dilation.Width, ceilMode);
        if (height < 1 || width < 1)
        {
            throw new ShapeMismatchException(
                $"{nodeName}: expected input of at least the {kernelSize} window less its padding, got {input}. Use larger images.");
        }

        return (Axis.Length(nodeName, height), Axis.Length(nodeName, width));
    }

    private static long Places(int length, int kernel, int stride, int before, int after, int dilation, bool ceilMode)
    {
        // In 64 bits: dilations and strides of files reach the end of 32.
        long room = (long)length + before + after - ((long)dilation * (kernel - 1)) - 1;
        if (room < 0)
        {
            return 0;
        }

        long places = (ceilMode ? (room + stride - 1) / stride : room / stride) + 1;

        // A window that ceilMode adds must start inside the image or its padding before it, not in the padding after it
        // (ONNX MaxPool, torch.nn.MaxPool2d).
        return ceilMode && (places - 1) * stride >= (long)length + before ? places - 1 : places;
    }
}
