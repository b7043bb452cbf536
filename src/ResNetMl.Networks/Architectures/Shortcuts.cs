using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>What a block's shortcut does where the residual branch changes the shape: He et al. 2015, section 3.3.</summary>
public enum ShortcutOption
{
    /// <summary>Option A: every stride-th pixel, with channels of zeros added. No parameters. All of the paper's CIFAR networks.</summary>
    ZeroPadding = 0,

    /// <summary>Option B: a projection where the shape changes, the identity elsewhere. The paper's 50, 101 and 152 layers; torchvision.</summary>
    ProjectionWhereShapeChanges = 1,

    /// <summary>Option C: a projection in every block.</summary>
    ProjectionEverywhere = 2,
}

/// <summary>The path around a residual branch.</summary>
public static class Shortcuts
{
    /// <summary>The shortcut of a block: [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="option">A, B or C.</param>
    /// <param name="inChannels">Channels of the block's input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the block's output, ≥ 1; with option A not fewer than <paramref name="inChannels"/>.</param>
    /// <param name="stride">Stride of the residual branch, ≥ 1.</param>
    /// <param name="projectionName">Name of a projection below its block: <c>downsample</c> in torchvision's weights.</param>
    /// <param name="projection">Makes a projection; null for <see cref="Projection"/> with batch norm.</param>
    /// <exception cref="ArgumentException">Option A is asked to remove channels.</exception>
    public static Layer Shortcut(
        ShortcutOption option, int inChannels, int outChannels, int stride, string projectionName, BlockFunction? projection = null)
    {
        bool keepsShape = stride == 1 && inChannels == outChannels;
        return option switch
        {
            ShortcutOption.ZeroPadding => keepsShape ? Identity() : ZeroPadded(inChannels, outChannels, stride),
            ShortcutOption.ProjectionWhereShapeChanges => keepsShape ? Identity() : Projected(),
            ShortcutOption.ProjectionEverywhere => Projected(),
            _ => throw new ArgumentOutOfRangeException(nameof(option), option, "A shortcut has option A, B or C."),
        };

        Layer Projected() =>
            (projection?.Invoke(inChannels, outChannels, stride) ?? Projection(inChannels, outChannels, stride)).Named(projectionName);
    }

    /// <summary>A 1×1 convolution and batch norm: equation 2 of He et al. 2015. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step over rows and columns, ≥ 1.</param>
    /// <param name="hasBatchNorm">Whether batch norm follows; not in pre-activation blocks (He et al. 2016, appendix).</param>
    public static Layer Projection(int inChannels, int outChannels, int stride, bool hasBatchNorm = true)
    {
        Layer convolution = Conv1x1(inChannels, outChannels, stride).Named("0");
        return hasBatchNorm ? Sequence(convolution, BatchNorm(outChannels).Named("1")) : Sequence(convolution);
    }

    /// <summary>
    /// The mean of each stride × stride window, then a 1×1 convolution that sees every pixel of it: He et al. 2019 ("Bag of tricks",
    /// https://arxiv.org/abs/1812.01187), figure 2(c), ResNet-D. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].
    /// </summary>
    /// <inheritdoc cref="Projection"/>
    public static Layer PooledProjection(int inChannels, int outChannels, int stride, bool hasBatchNorm = true)
    {
        // A window at the border that sticks out is the mean of the pixels it has.
        Layer pool = stride == 1
            ? Identity()
            : new Pool2d(PoolingKind.Average, stride, ceilMode: true, countsPadding: false).Named("0");
        Layer convolution = Conv1x1(inChannels, outChannels).Named("1");
        return hasBatchNorm ? Sequence(pool, convolution, BatchNorm(outChannels).Named("2")) : Sequence(pool, convolution);
    }

    /// <summary>Every stride-th pixel with channels of zeros, half of them before the input's channels and half after.</summary>
    /// <remarks>
    /// The paper does not say on which side the zeros go. The published CIFAR weights
    /// (https://github.com/akamaster/pytorch_resnet_cifar10) were trained with a quarter of outChannels on each side, which this is when
    /// the channels double.
    /// </remarks>
    private static ZeroPadShortcut ZeroPadded(int inChannels, int outChannels, int stride)
    {
        int added = outChannels - inChannels;
        return added >= 0
            ? new ZeroPadShortcut(stride, added / 2, added - (added / 2))
            : throw new ArgumentException(
                $"Option A pads {inChannels} channels with zeros and cannot leave {outChannels}; use a projection (option B).",
                nameof(outChannels));
    }
}
