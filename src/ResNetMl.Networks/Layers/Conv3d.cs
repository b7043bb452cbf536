using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A 3-D convolution: [N, inChannels, D, H, W] → [N, outChannels, D', H', W']. ONNX Conv of rank 5; torch.nn.Conv3d.</summary>
/// <remarks>Weight [outChannels, inChannels/groups, kD, kH, kW]; bias [outChannels]. For files of other programs; residual networks of images have none.</remarks>
public sealed record Conv3d : PrimitiveLayer
{
    /// <summary>Describes a convolution. Each triple is [along D, along H, along W].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="paddingBefore">Zeros before the input.</param>
    /// <param name="paddingAfter">Zeros after it.</param>
    /// <param name="dilation">Distance of the window's elements.</param>
    /// <param name="groups">Groups of channels that do not mix; divides both channel counts.</param>
    /// <param name="hasBias">Whether a bias per output channel is added.</param>
    /// <exception cref="ArgumentException">A number is out of range or the groups do not divide the channels.</exception>
    public Conv3d(
        int inChannels,
        int outChannels,
        Shape kernelSize,
        Shape stride,
        Shape paddingBefore,
        Shape paddingAfter,
        Shape dilation,
        int groups = 1,
        bool hasBias = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        InChannels = Require.AtLeast(1, inChannels);
        OutChannels = Require.AtLeast(1, outChannels);
        KernelSize = RequireTriple(1, kernelSize, nameof(kernelSize));
        Stride = RequireTriple(1, stride, nameof(stride));
        PaddingBefore = RequireTriple(0, paddingBefore, nameof(paddingBefore));
        PaddingAfter = RequireTriple(0, paddingAfter, nameof(paddingAfter));
        Dilation = RequireTriple(1, dilation, nameof(dilation));
        Groups = inChannels % groups == 0 && outChannels % groups == 0
            ? groups
            : throw new ArgumentException(
                $"groups ({groups}) must divide inChannels ({inChannels}) and outChannels ({outChannels}).", nameof(groups));
        HasBias = hasBias;
    }

    /// <summary>Channels of the input.</summary>
    public int InChannels { get; }

    /// <summary>Channels of the output.</summary>
    public int OutChannels { get; }

    /// <summary>Size of the window along D, H and W.</summary>
    public Shape KernelSize { get; }

    /// <summary>Step of the window along D, H and W.</summary>
    public Shape Stride { get; }

    /// <summary>Zeros before the input along D, H and W.</summary>
    public Shape PaddingBefore { get; }

    /// <summary>Zeros after the input along D, H and W.</summary>
    public Shape PaddingAfter { get; }

    /// <summary>Distance of the window's elements along D, H and W.</summary>
    public Shape Dilation { get; }

    /// <summary>Groups of channels that do not mix.</summary>
    public int Groups { get; }

    /// <summary>Whether a bias per output channel is added.</summary>
    public bool HasBias { get; }

    /// <inheritdoc/>
    public override string DefaultName => "conv";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            int volume = checked((int)KernelSize.ElementCount);
            var weight = new ParameterSpec(
                "weight",
                [OutChannels, InChannels / Groups, KernelSize[0], KernelSize[1], KernelSize[2]],
                StateKind.Parameter,
                Initialization.HeNormalFanOut,
                checked(InChannels / Groups * volume),
                checked(OutChannels / Groups * volume));
            return HasBias
                ? [weight, new ParameterSpec("bias", [OutChannels], StateKind.Parameter, Initialization.Zeros)]
                : [weight];
        }
    }

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Rank != 5 || input[1] != InChannels)
        {
            throw Mismatch(nodeName, $"[N, {InChannels}, D, H, W]", input, "The channels of the layer before it differ.");
        }

        int[] lengths = new int[3];
        for (int i = 0; i < 3; i++)
        {
            long room = (long)input[i + 2] + PaddingBefore[i] + PaddingAfter[i] - ((long)Dilation[i] * (KernelSize[i] - 1)) - 1;
            lengths[i] = room >= 0
                ? Axis.Length(nodeName, (room / Stride[i]) + 1)
                : throw Mismatch(nodeName, $"of at least the {KernelSize} window less its padding", input, "Use larger inputs.");
        }

        return [input[0], OutChannels, lengths[0], lengths[1], lengths[2]];
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(IReadOnlyList<Shape> inputs, Shape output) =>
        output.ElementCount * (InChannels / Groups) * KernelSize.ElementCount;

    private static Shape RequireTriple(int least, Shape triple, string name) => triple.Rank == 3 && triple.All(length => length >= least)
        ? triple
        : throw new ArgumentException($"{name} ({triple}) must be three numbers of {least} or more.", name);
}
