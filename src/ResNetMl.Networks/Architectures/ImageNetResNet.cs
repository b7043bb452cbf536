using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// Refinements of the stem and of the projections that GluonCV's zoo names by letters; its B, the stride on the 3×3 convolution, is
/// <see cref="BottleneckStride.On3x3"/>, which the others build upon.
/// </summary>
public enum StemRefinement
{
    /// <summary>None: a 7×7 convolution, projections that skip pixels.</summary>
    None = 0,

    /// <summary>"C": a stem of three 3×3 convolutions with 32, 32 and 64 channels. He et al. 2019, figure 2(b).</summary>
    C = 1,

    /// <summary>"D": C's stem, and projections with an average pool before the convolution. He et al. 2019, figure 2(c).</summary>
    D = 2,

    /// <summary>"S": a stem of three 3×3 convolutions with 64, 64 and 128 channels, projections that skip pixels.</summary>
    S = 3,
}

/// <summary>
/// The networks for large images of He et al. 2015 (https://arxiv.org/abs/1512.03385), table 1: a 7×7 stem, four stages of blocks,
/// a classifier. With groups they are ResNeXt (Xie et al. 2017, https://arxiv.org/abs/1611.05431, table 1), with wider bottlenecks Wide
/// ResNets (Zagoruyko and Komodakis 2016, https://arxiv.org/abs/1605.07146, table 8), with
/// <see cref="ActivationOrder.FullPreActivation"/> those of He et al. 2016. Parameters are named as in torchvision's weights.
/// </summary>
/// <remarks>
/// Defaults are torchvision's: option B and, for bottlenecks, the stride on the 3×3 convolution (v1.5). ResNet-50 then takes
/// 4.089·10⁹ multiply-adds; with the paper's strides (v1) it takes 3.858·10⁹, which table 1 prints as 3.8.
/// </remarks>
/// <param name="Block">The kind of all blocks.</param>
/// <param name="BlocksPerStage">How many blocks each of the four stages has, each ≥ 1.</param>
public sealed record ImageNetResNet(BlockKind Block, IReadOnlyList<int> BlocksPerStage)
    : ResidualNetwork(ShortcutOption.ProjectionWhereShapeChanges, classes: 1000, inputShape: [3, 224, 224])
{
    /// <summary>18 layers.</summary>
    public static ImageNetResNet ResNet18 { get; } = new(BlockKind.Basic, [2, 2, 2, 2]);

    /// <summary>34 layers.</summary>
    public static ImageNetResNet ResNet34 { get; } = new(BlockKind.Basic, [3, 4, 6, 3]);

    /// <summary>50 layers.</summary>
    public static ImageNetResNet ResNet50 { get; } = new(BlockKind.Bottleneck, [3, 4, 6, 3]);

    /// <summary>101 layers.</summary>
    public static ImageNetResNet ResNet101 { get; } = new(BlockKind.Bottleneck, [3, 4, 23, 3]);

    /// <summary>152 layers.</summary>
    public static ImageNetResNet ResNet152 { get; } = new(BlockKind.Bottleneck, [3, 8, 36, 3]);

    /// <summary>200 layers: He et al. 2016, table 5.</summary>
    public static ImageNetResNet ResNet200 { get; } = new(BlockKind.Bottleneck, [3, 24, 36, 3]);

    /// <summary>The columns of table 1, and ResNet-200, by depth.</summary>
    public static IReadOnlyList<ImageNetResNet> All { get; } = [ResNet18, ResNet34, ResNet50, ResNet101, ResNet152, ResNet200];

    /// <summary>How many blocks each of the four stages has.</summary>
    public IReadOnlyList<int> BlocksPerStage { get; } = BlocksPerStage.Count == 4 && BlocksPerStage.All(count => count >= 1)
        ? [.. BlocksPerStage]
        : throw new ArgumentException(
            $"An ImageNet ResNet has four stages of one or more blocks each, got [{string.Join(", ", BlocksPerStage)}].",
            nameof(BlocksPerStage));

    /// <summary>Where bottlenecks have their stride; basic blocks have it on their first convolution.</summary>
    public BottleneckStride StrideOn { get; init; } = BottleneckStride.On3x3;

    /// <summary>Groups of the 3×3 convolutions of bottlenecks, ≥ 1: ResNeXt's cardinality C.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>
    /// Channels of each group in stage 1, ≥ 1, doubled from stage to stage: ResNeXt's d. 64 for a ResNet, 128 for a Wide ResNet of
    /// factor 2; the blocks' outputs stay as wide as ResNet's.
    /// </summary>
    public int WidthPerGroup { get; init; } = 64;

    /// <summary>The stem and the projections.</summary>
    public StemRefinement Refinement { get; init; }

    /// <summary>Whether the shortcuts are left out: the plain networks of table 2.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Convolutions and linear layers on the main path of the network with a 7×7 stem; a stem of three adds 2.</summary>
    public int Depth => 2 + (BlocksPerStage.Sum() * (Block == BlockKind.Basic ? 2 : 3));

    /// <summary>
    /// The catalogue's name: <c>resnet50</c>, <c>resnet50-v1</c>, <c>resnet34-option-a</c>, <c>plain34</c>, <c>resnext50-32x4d</c>,
    /// <c>wide-resnet50-2</c>; for other rows of blocks <c>imagenet-1-1-1-1-resnet10</c>, which the catalogue does not know.
    /// </summary>
    public override string Name => NetworkName.Of(this);

    internal bool IsColumnOfTable1 =>
        OfDepth(Depth) is { } column && column.Block == Block && column.BlocksPerStage.SequenceEqual(BlocksPerStage);

    private protected override string ProjectionName => "downsample";

    /// <summary>The network of <see cref="All"/> with a depth; null if there is none.</summary>
    /// <param name="depth">18, 34, 50, 101, 152 or 200.</param>
    public static ImageNetResNet? OfDepth(int depth) => All.FirstOrDefault(network => network.Depth == depth);

    private protected override Layer Compose()
    {
        int expansion = Block == BlockKind.Basic ? 1 : BottleneckExpansion;
        int stemChannels = Refinement == StemRefinement.S ? 128 : 64;
        int number = 0;

        return Sequence(
            Refinement == StemRefinement.None
                ? ImageNetStem(InputShape[0], stemChannels, Activation)
                : DeepStem(InputShape[0], stemChannels / 2, Activation),
            Stage(1, BlocksPerStage[0], stemChannels, 64 * expansion, stride: 1, NextBlock),
            Stage(2, BlocksPerStage[1], 64 * expansion, 128 * expansion, stride: 2, NextBlock),
            Stage(3, BlocksPerStage[2], 128 * expansion, 256 * expansion, stride: 2, NextBlock),
            Stage(4, BlocksPerStage[3], 256 * expansion, 512 * expansion, stride: 2, NextBlock),
            ActivationOrders.AfterBlocks(Order, 512 * expansion, Activation),
            Classifier(512 * expansion, Classes, "fc"));

        Layer NextBlock(int inChannels, int outChannels, int stride)
        {
            IReadOnlyList<Conv2d> convolutions = Convolutions(inChannels, outChannels, stride);
            return IsPlain ? MakePlainBlock(convolutions) : MakeBlock(++number, BlocksPerStage.Sum(), convolutions, stride);
        }
    }

    private protected override Layer MakeProjection(int inChannels, int outChannels, int stride)
    {
        bool hasBatchNorm = !ActivationOrders.EndsInConvolution(Order);
        return Refinement == StemRefinement.D
            ? Shortcuts.PooledProjection(inChannels, outChannels, stride, hasBatchNorm)
            : Shortcuts.Projection(inChannels, outChannels, stride, hasBatchNorm);
    }

    private IReadOnlyList<Conv2d> Convolutions(int inChannels, int outChannels, int stride)
    {
        if (Block == BlockKind.Basic)
        {
            return Groups == 1 && WidthPerGroup == 64
                ? BasicConvolutions(inChannels, outChannels, stride)
                : throw new ArgumentException($"{Name}: groups and their width belong to bottlenecks; use 50 layers or more.");
        }

        // torchvision's rule: d channels a group in stage 1, where bottlenecks put out 256 channels.
        int width = Groups * (WidthPerGroup * outChannels / 256);
        return BottleneckConvolutions(inChannels, width, outChannels, stride, StrideOn, Groups);
    }
}
