using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// ResNeXt for small images: Xie et al. 2017 (https://arxiv.org/abs/1611.05431), section 5.3. A 3×3 stem of 64 channels, three stages of
/// n bottlenecks with C groups of d, 2d and 4d channels and outputs of 256, 512 and 1024, a classifier. Depth 9n + 2.
/// </summary>
public sealed record CifarResNeXt : ResidualNetwork
{
    /// <summary>Describes a network: <c>new CifarResNeXt(29, 8, 64)</c> is the paper's ResNeXt-29, 8×64d.</summary>
    /// <param name="depth">9n + 2: 11, 20, 29, …</param>
    /// <param name="groups">The paper's C, ≥ 1: groups of each 3×3 convolution.</param>
    /// <param name="widthPerGroup">The paper's d, ≥ 1: channels of each group in stage 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public CifarResNeXt(int depth, int groups, int widthPerGroup)
        : base(ShortcutOption.ProjectionWhereShapeChanges, classes: 10, inputShape: [3, 32, 32])
    {
        if (!CifarResNet.IsDepth(depth, BlockKind.Bottleneck))
        {
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "A CIFAR ResNeXt has depth 9n + 2 (11, 20, 29, …) up to 9002.");
        }

        Depth = depth;
        Groups = Require.AtLeast(1, groups);
        WidthPerGroup = Require.AtLeast(1, widthPerGroup);
    }

    /// <summary>Convolutions and linear layers on the main path.</summary>
    public int Depth { get; }

    /// <summary>The cardinality C: groups of each 3×3 convolution.</summary>
    public int Groups { get; }

    /// <summary>Channels of each group in stage 1.</summary>
    public int WidthPerGroup { get; }

    /// <summary>Blocks of each stage.</summary>
    public int BlocksPerStage => (Depth - 2) / 9;

    /// <summary>The catalogue's name: <c>resnext29-8x64d</c>.</summary>
    public override string Name => NetworkName.Of(this);

    private protected override string ProjectionName => "shortcut";

    private protected override Layer Compose()
    {
        int number = 0;

        return Sequence(
            CifarStem(InputShape[0], 64, Activation),
            Stage(1, BlocksPerStage, 64, 256, stride: 1, NextBlock),
            Stage(2, BlocksPerStage, 256, 512, stride: 2, NextBlock),
            Stage(3, BlocksPerStage, 512, 1024, stride: 2, NextBlock),
            ActivationOrders.AfterBlocks(Order, 1024, Activation),
            Classifier(1024, Classes, "linear"));

        Layer NextBlock(int inChannels, int outChannels, int stride)
        {
            int width = Groups * WidthPerGroup * (outChannels / 256);
            IReadOnlyList<Conv2d> convolutions =
                BottleneckConvolutions(inChannels, width, outChannels, stride, BottleneckStride.On3x3, Groups);
            return MakeBlock(++number, 3 * BlocksPerStage, convolutions, stride);
        }
    }
}
