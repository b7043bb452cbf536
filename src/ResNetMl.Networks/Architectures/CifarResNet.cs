using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// The networks for small images of He et al. 2015 (https://arxiv.org/abs/1512.03385), section 4.2, and of He et al. 2016
/// (https://arxiv.org/abs/1603.05027): a 3×3 stem, three stages of n blocks, a classifier. Basic blocks with 16, 32 and 64 channels make
/// depth 6n + 2; bottlenecks with four times as many, 9n + 2.
/// </summary>
/// <remarks>
/// Parameters are named as in the published CIFAR weights (https://github.com/akamaster/pytorch_resnet_cifar10), so that those load:
/// like torchvision's, except that the classifier is <c>linear</c> and a projection <c>shortcut</c>, where torchvision has <c>fc</c> and
/// <c>downsample</c>.
/// </remarks>
public sealed record CifarResNet : ResidualNetwork
{
    /// <summary>The deepest network of basic blocks described: 1000 blocks a stage. One of bottlenecks has up to 9002.</summary>
    public const int MaxDepth = 6002;

    private const int MaxBlocksPerStage = 1000;

    /// <summary>Describes a network by its depth.</summary>
    /// <param name="depth">With n blocks a stage 6n + 2 (8, 14, 20, 26, 32, …), or 9n + 2 for bottlenecks (11, 20, 29, …, 164, …, 1001).</param>
    /// <param name="block">The kind of all blocks; basic in the paper of 2015.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is none of these, or n is above 1000.</exception>
    public CifarResNet(int depth, BlockKind block = BlockKind.Basic)
        : base(DefaultShortcut(block), classes: 10, inputShape: [3, 32, 32])
    {
        if (!IsDepth(depth, block))
        {
            throw new ArgumentOutOfRangeException(
                nameof(depth), depth, block == BlockKind.Basic
                    ? $"A CIFAR ResNet has depth 6n + 2 (8, 14, 20, 26, 32, …) up to {MaxDepth}."
                    : $"A CIFAR ResNet of bottlenecks has depth 9n + 2 (11, 20, 29, …) up to {(9 * MaxBlocksPerStage) + 2}.");
        }

        Depth = depth;
        Block = block;
    }

    /// <summary>Convolutions and linear layers on the main path.</summary>
    public int Depth { get; }

    /// <summary>The kind of all blocks.</summary>
    public BlockKind Block { get; }

    /// <summary>Blocks of each stage: the papers' n.</summary>
    public int BlocksPerStage => (Depth - 2) / LayersPerN(Block);

    /// <summary>
    /// Where bottlenecks have their stride; on the first 1×1 unless said, as in the published code
    /// (https://github.com/KaimingHe/resnet-1k-layers).
    /// </summary>
    public BottleneckStride StrideOn { get; init; } = BottleneckStride.OnFirst1x1;

    /// <summary>Whether the shortcuts are left out: the plain twin, with the same parameters under the same names.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The catalogue's name: <c>resnet20</c>, <c>resnet20-option-b</c>, <c>plain20</c>, <c>cifar-resnet50</c>, <c>resnet1001-v2</c>.</summary>
    public override string Name => NetworkName.Of(this);

    private protected override string ProjectionName => "shortcut";

    /// <summary>Whether a number is a depth of these networks: 6n + 2, or 9n + 2 for bottlenecks, with n from 1 to 1000.</summary>
    /// <param name="depth">Any number.</param>
    /// <param name="block">The kind of blocks.</param>
    public static bool IsDepth(int depth, BlockKind block = BlockKind.Basic)
    {
        int layers = LayersPerN(block);
        return depth >= layers + 2 && depth <= (layers * MaxBlocksPerStage) + 2 && (depth - 2) % layers == 0;
    }

    /// <summary>A for basic blocks (He et al. 2015, section 4.2), B for bottlenecks (the published code of He et al. 2016).</summary>
    internal static ShortcutOption DefaultShortcut(BlockKind block) =>
        block == BlockKind.Basic ? ShortcutOption.ZeroPadding : ShortcutOption.ProjectionWhereShapeChanges;

    private protected override Layer Compose()
    {
        int expansion = Block == BlockKind.Basic ? 1 : BottleneckExpansion;
        int number = 0;

        return Sequence(
            CifarStem(InputShape[0], 16, Activation),
            Stage(1, BlocksPerStage, 16, 16 * expansion, stride: 1, NextBlock),
            Stage(2, BlocksPerStage, 16 * expansion, 32 * expansion, stride: 2, NextBlock),
            Stage(3, BlocksPerStage, 32 * expansion, 64 * expansion, stride: 2, NextBlock),
            ActivationOrders.AfterBlocks(Order, 64 * expansion, Activation),
            Classifier(64 * expansion, Classes, "linear"));

        Layer NextBlock(int inChannels, int outChannels, int stride)
        {
            IReadOnlyList<Conv2d> convolutions = Block == BlockKind.Basic
                ? BasicConvolutions(inChannels, outChannels, stride)
                : BottleneckConvolutions(inChannels, outChannels / expansion, outChannels, stride, StrideOn);
            return IsPlain ? MakePlainBlock(convolutions) : MakeBlock(++number, 3 * BlocksPerStage, convolutions, stride);
        }
    }

    private static int LayersPerN(BlockKind block) => block == BlockKind.Basic ? 6 : 9;
}
