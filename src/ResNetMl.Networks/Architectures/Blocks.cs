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
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step of the first convolution, ≥ 1.</param>
    public static Layer BasicBranch(int inChannels, int outChannels, int stride) => Sequence(
        Conv3x3(inChannels, outChannels, stride).Named("conv1"), BatchNorm(outChannels).Named("bn1"), Relu(),
        Conv3x3(outChannels, outChannels).Named("conv2"), BatchNorm(outChannels).Named("bn2"));

    /// <summary>Three convolutions, narrow in the middle; figure 5 right. [N, inChannels, H, W] → [N, 4·width, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="width">Channels of the 3×3 convolution, ≥ 1.</param>
    /// <param name="stride">Step of the convolution that <paramref name="strideOn"/> names, ≥ 1.</param>
    /// <param name="strideOn">Where the stride sits: v1.5 or v1.</param>
    public static Layer BottleneckBranch(int inChannels, int width, int stride, BottleneckStride strideOn = BottleneckStride.On3x3)
    {
        int outChannels = width * BottleneckExpansion;
        (int stride1x1, int stride3x3) = strideOn == BottleneckStride.OnFirst1x1 ? (stride, 1) : (1, stride);

        return Sequence(
            Conv1x1(inChannels, width, stride1x1).Named("conv1"), BatchNorm(width).Named("bn1"), Relu(),
            Conv3x3(width, width, stride3x3).Named("conv2"), BatchNorm(width).Named("bn2"), Relu(),
            Conv1x1(width, outChannels).Named("conv3"), BatchNorm(outChannels).Named("bn3"));
    }
}
