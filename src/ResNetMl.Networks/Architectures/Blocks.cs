using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>The two kinds of block: He et al. 2015, figure 5.</summary>
public enum BlockKind
{
    /// <summary>Two 3×3 convolutions.</summary>
    Basic = 0,

    /// <summary>1×1, 3×3 and 1×1 convolutions, narrow in the middle.</summary>
    Bottleneck = 1,
}

/// <summary>Which convolution of a bottleneck halves the resolution.</summary>
public enum BottleneckStride
{
    /// <summary>The 3×3 convolution ("v1.5"): torchvision's networks and weights.</summary>
    On3x3 = 0,

    /// <summary>The first 1×1 convolution ("v1"): He et al. 2015 as published.</summary>
    OnFirst1x1 = 1,
}

/// <summary>Blocks and their residual branches. A plain block is the branch without a shortcut, its twin in section 4 of He et al. 2015.</summary>
/// <remarks>Convolutions and batch norms are named as in torchvision's weights: <c>conv1</c>, <c>bn1</c>, <c>conv2</c>, …</remarks>
public static class Blocks
{
    /// <summary>Channels of a bottleneck's output for one channel of its 3×3 convolution.</summary>
    public const int BottleneckExpansion = 4;

    /// <summary>A residual block: the branch added to the shortcut, then ReLU. He et al. 2015, figure 2.</summary>
    /// <param name="branch">The residual branch, ending before the last ReLU.</param>
    /// <param name="shortcut">A layer from the same input to the branch's output shape.</param>
    public static Layer Residual(Layer branch, Layer shortcut) => Sequence(Add(branch, shortcut), Relu());

    /// <summary>A plain block: the branch, then ReLU.</summary>
    /// <param name="branch">What would be the residual branch of the twin.</param>
    public static Layer Plain(Layer branch) => Sequence(branch, Relu());

    /// <summary>Two 3×3 convolutions; figure 5 left. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <inheritdoc cref="BasicConvolutions"/>
    public static Layer BasicBranch(int inChannels, int outChannels, int stride) =>
        ActivationOrders.Branch(ActivationOrder.Original, BasicConvolutions(inChannels, outChannels, stride));

    /// <summary>Three convolutions, narrow in the middle; figure 5 right. [N, inChannels, H, W] → [N, 4·width, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="width">Channels of the 3×3 convolution, ≥ 1.</param>
    /// <param name="stride">Step of the convolution that <paramref name="strideOn"/> names, ≥ 1.</param>
    /// <param name="strideOn">Where the stride sits: v1.5 or v1.</param>
    public static Layer BottleneckBranch(int inChannels, int width, int stride, BottleneckStride strideOn = BottleneckStride.On3x3) =>
        ActivationOrders.Branch(
            ActivationOrder.Original, BottleneckConvolutions(inChannels, width, width * BottleneckExpansion, stride, strideOn));

    /// <summary>The two 3×3 convolutions of a basic block.</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step of the first convolution, ≥ 1.</param>
    public static IReadOnlyList<Conv2d> BasicConvolutions(int inChannels, int outChannels, int stride) =>
    [
        Conv3x3(inChannels, outChannels, stride),
        Conv3x3(outChannels, outChannels),
    ];

    /// <summary>The three convolutions of a bottleneck; with groups, of an aggregated one: Xie et al. 2017 (ResNeXt), figure 3(c).</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="width">Channels of the 3×3 convolution, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step of the convolution that <paramref name="strideOn"/> names, ≥ 1.</param>
    /// <param name="strideOn">Where the stride sits: v1.5 or v1.</param>
    /// <param name="groups">Groups of the 3×3 convolution, the paper's cardinality C; divides <paramref name="width"/>.</param>
    public static IReadOnlyList<Conv2d> BottleneckConvolutions(
        int inChannels, int width, int outChannels, int stride, BottleneckStride strideOn = BottleneckStride.On3x3, int groups = 1)
    {
        (int stride1x1, int stride3x3) = strideOn == BottleneckStride.OnFirst1x1 ? (stride, 1) : (1, stride);
        return
        [
            Conv1x1(inChannels, width, stride1x1),
            Conv3x3(width, width, stride3x3, groups),
            Conv1x1(width, outChannels),
        ];
    }

    /// <summary>
    /// Weighs each channel by a gate in (0, 1) that is made of all channels' means: Hu et al. 2018 (https://arxiv.org/abs/1709.01507),
    /// equations 2 to 4. Shape kept: [N, channels, H, W].
    /// </summary>
    /// <remarks>The gate's two layers are 1×1 convolutions with bias, <c>se.fc1</c> and <c>se.fc2</c>, which on 1×1 pixels are linear layers.</remarks>
    /// <param name="channels">Channels of the input, ≥ 1.</param>
    /// <param name="reduction">The paper's r: the gate's middle layer has channels/r channels, at least 1; 16 in the paper.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer SqueezeExcitation(int channels, int reduction = 16, ActivationKind activation = ActivationKind.Relu)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reduction);
        int squeezed = Math.Max(1, channels / reduction);
        return Product(
            Identity(),
            Sequence(
                GlobalAveragePool(),
                new Conv2d(channels, squeezed, 1, hasBias: true).Named("fc1"), Activate(activation),
                new Conv2d(squeezed, channels, 1, hasBias: true).Named("fc2"), Sigmoid()).Named("se"));
    }

    /// <summary>
    /// The residual block of the textbook "Dive into Deep Learning" (Zhang et al. 2023, section 8.6): convolutions have biases, and the
    /// shortcut is the input or a 1×1 convolution, <c>conv3</c>, without batch norm.
    /// [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].
    /// </summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1; those of the input where there is no 1×1 convolution.</param>
    /// <param name="stride">Step of the first convolution, ≥ 1; 1 where there is no 1×1 convolution.</param>
    /// <param name="hasConvolution1x1">Whether the shortcut is a 1×1 convolution: the book's <c>use_1x1conv</c>.</param>
    public static Layer TextbookBlock(int inChannels, int outChannels, int stride, bool hasConvolution1x1)
    {
        Layer branch = Sequence(
            new Conv2d(inChannels, outChannels, 3, stride, padding: 1, hasBias: true).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Relu(),
            new Conv2d(outChannels, outChannels, 3, padding: 1, hasBias: true).Named("conv2"), BatchNorm(outChannels).Named("bn2"));
        Layer shortcut = hasConvolution1x1
            ? new Conv2d(inChannels, outChannels, 1, stride, hasBias: true).Named("conv3")
            : Identity();

        return Residual(branch, shortcut);
    }
}
