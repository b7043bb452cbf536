using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A 2-D convolution (cross-correlation, as in every deep-learning library). ONNX operator Conv; torch.nn.Conv2d.</summary>
/// <remarks>
/// Shapes: [N, inChannels, H, W] → [N, outChannels, ⌊(H + padding − dilation·(kernel − 1) − 1)/stride⌋ + 1, likewise W].
/// Weight [outChannels, inChannels/groups, kH, kW]; bias [outChannels].
/// </remarks>
public sealed record Conv2d : PrimitiveLayer
{
    /// <summary>Describes a convolution.</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="kernelSize">Height and width of the window.</param>
    /// <param name="stride">Step of the window; null is 1.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="groups">Groups of channels that do not mix; divides both channel counts. inChannels groups: depthwise.</param>
    /// <param name="dilation">Distance of the window's elements; null is 1.</param>
    /// <param name="hasBias">Whether a bias per output channel is added; the networks here have batch norm instead.</param>
    /// <exception cref="ArgumentException">A number is out of range or the groups do not divide the channels.</exception>
    public Conv2d(
        int inChannels,
        int outChannels,
        Size2d kernelSize,
        Size2d? stride = null,
        Padding2d padding = default,
        int groups = 1,
        Size2d? dilation = null,
        bool hasBias = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        Window.Check(kernelSize, stride ?? 1, padding, dilation ?? 1);
        if (inChannels % groups != 0 || outChannels % groups != 0)
        {
            throw new ArgumentException(
                $"groups ({groups}) must divide inChannels ({inChannels}) and outChannels ({outChannels}).", nameof(groups));
        }

        InChannels = inChannels;
        OutChannels = outChannels;
        KernelSize = kernelSize;
        Stride = stride ?? 1;
        Padding = padding;
        Groups = groups;
        Dilation = dilation ?? 1;
        HasBias = hasBias;
    }

    /// <summary>Channels of the input.</summary>
    public int InChannels { get; }

    /// <summary>Channels of the output.</summary>
    public int OutChannels { get; }

    /// <summary>Height and width of the window.</summary>
    public Size2d KernelSize { get; }

    /// <summary>Step of the window.</summary>
    public Size2d Stride { get; }

    /// <summary>Zeros around the input.</summary>
    public Padding2d Padding { get; }

    /// <summary>Groups of channels that do not mix.</summary>
    public int Groups { get; }

    /// <summary>Distance of the window's elements; 1 is an ordinary convolution.</summary>
    public Size2d Dilation { get; }

    /// <summary>Whether a bias per output channel is added.</summary>
    public bool HasBias { get; }

    /// <summary>What every bias starts with, finite; 0 but for gates, which start almost shut (He et al. 2016, section 3.1: −6).</summary>
    public float BiasStart
    {
        get;
        init => field = Require.Within(float.MinValue, float.MaxValue, value);
    }

    /// <summary>
    /// How the weight starts: for what ReLU follows, normal by fan-out; uniform by fan-in for a classifier's last layer, whose few outputs would
    /// make a fan-out normal far too wide; zeros for a branch that starts as nothing.
    /// </summary>
    public Initialization WeightInitialization { get; init; } = Initialization.HeNormalFanOut;

    /// <inheritdoc/>
    public override string DefaultName => "conv";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            int area = KernelSize.Height * KernelSize.Width;
            int fanIn = InChannels / Groups * area;
            int fanOut = OutChannels / Groups * area;
            var weight = new ParameterSpec(
                "weight",
                [OutChannels, InChannels / Groups, KernelSize.Height, KernelSize.Width],
                StateKind.Parameter,
                WeightInitialization,
                fanIn,
                fanOut);
            return HasBias
                ? [weight, new ParameterSpec("bias", [OutChannels], StateKind.Parameter, BiasInitialization, Value: BiasStart)]
                : [weight];
        }
    }

    private Initialization BiasInitialization => BiasStart == 0 ? Initialization.Zeros : Initialization.Constant;

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Rank != 4 || input[1] != InChannels)
        {
            throw Mismatch(
                nodeName,
                $"[N, {InChannels}, H, W]",
                input,
                "The channels of the layer before it, or of the images, differ.");
        }

        (int height, int width) = Window.OutputSize(nodeName, input, KernelSize, Stride, Padding, Dilation, ceilMode: false);
        return [input[0], OutChannels, height, width];
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(IReadOnlyList<Shape> inputs, Shape output) =>
        output.ElementCount * (InChannels / Groups) * KernelSize.Height * KernelSize.Width;
}
