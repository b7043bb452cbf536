using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>How a pooling window becomes one number.</summary>
public enum PoolingKind
{
    /// <summary>Its largest element; padding never wins. ONNX MaxPool.</summary>
    Max = 0,

    /// <summary>Its mean; <see cref="Pool2d.CountsPadding"/> says whether padding counts as zeros. ONNX AveragePool.</summary>
    Average = 1,
}

/// <summary>Pooling over a sliding window, each channel for itself. Shapes: [N, C, H, W] → [N, C, H', W'].</summary>
public sealed record Pool2d : PrimitiveLayer
{
    /// <summary>Describes a pooling layer.</summary>
    /// <param name="kind">Maximum or mean.</param>
    /// <param name="kernelSize">Height and width of the window.</param>
    /// <param name="stride">Step of the window; null is the kernel size.</param>
    /// <param name="padding">Rows and columns around the input; less than the kernel size.</param>
    /// <param name="ceilMode">Whether a last window that sticks out of the padded input counts (ONNX ceil_mode).</param>
    /// <param name="countsPadding">For means, whether padding counts as zeros (ONNX count_include_pad, PyTorch's default).</param>
    /// <param name="dilation">Distance of the window's elements; null is 1.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Pool2d(
        PoolingKind kind,
        Size2d kernelSize,
        Size2d? stride = null,
        Padding2d padding = default,
        bool ceilMode = false,
        bool countsPadding = true,
        Size2d? dilation = null)
    {
        Window.Check(kernelSize, stride ?? kernelSize, padding, dilation ?? 1);
        if (padding.Top >= kernelSize.Height || padding.Bottom >= kernelSize.Height ||
            padding.Left >= kernelSize.Width || padding.Right >= kernelSize.Width)
        {
            throw new ArgumentException(
                $"padding ({padding}) must be less than kernelSize ({kernelSize}), else a window would hold nothing but padding.",
                nameof(padding));
        }

        Kind = kind;
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        CeilMode = ceilMode;
        CountsPadding = countsPadding;
        Dilation = dilation ?? 1;
    }

    /// <summary>Maximum or mean.</summary>
    public PoolingKind Kind { get; }

    /// <summary>Height and width of the window.</summary>
    public Size2d KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public Size2d Stride { get; }

    /// <summary>Rows and columns around the input.</summary>
    public Padding2d Padding { get; }

    /// <summary>Whether a last window that sticks out of the padded input counts.</summary>
    public bool CeilMode { get; }

    /// <summary>For means, whether padding counts as zeros.</summary>
    public bool CountsPadding { get; }

    /// <summary>Distance of the window's elements.</summary>
    public Size2d Dilation { get; }

    /// <inheritdoc/>
    public override string DefaultName => Kind == PoolingKind.Max ? "maxpool" : "avgpool";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Rank != 4)
        {
            throw Mismatch(nodeName, "[N, C, H, W]", input, "Pooling reads feature maps: place it before Flatten.");
        }

        (int height, int width) = Window.OutputSize(nodeName, input, KernelSize, Stride, Padding, Dilation, CeilMode);
        return [input[0], input[1], height, width];
    }
}

/// <summary>The mean of each channel's whole feature map. Shapes: [N, C, H, W] → [N, C, 1, 1]. ONNX GlobalAveragePool.</summary>
public sealed record GlobalAveragePool : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "avgpool";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0].Rank == 4
        ? [inputs[0][0], inputs[0][1], 1, 1]
        : throw Mismatch(nodeName, "[N, C, H, W]", inputs[0], "Pooling reads feature maps: place it before Flatten.");
}
