using ResNetMl.Tensors;
using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// The networks for large images of He et al. 2015 (https://arxiv.org/abs/1512.03385), table 1: a 7×7 stem, four stages of blocks,
/// a classifier. Parameters are named as in torchvision's weights.
/// </summary>
/// <remarks>
/// Defaults are torchvision's: option B and, for bottlenecks, the stride on the 3×3 convolution (v1.5). ResNet-50 then takes
/// 4.089·10⁹ multiply-adds; with the paper's strides (v1) it takes 3.858·10⁹, which table 1 prints as 3.8.
/// </remarks>
/// <param name="Block">The kind of all blocks.</param>
/// <param name="BlocksPerStage">How many blocks each of the four stages has, each ≥ 1.</param>
public sealed record ImageNetResNet(BlockKind Block, IReadOnlyList<int> BlocksPerStage)
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

    /// <summary>The columns of table 1, by depth.</summary>
    public static IReadOnlyList<ImageNetResNet> All { get; } = [ResNet18, ResNet34, ResNet50, ResNet101, ResNet152];

    /// <summary>How many blocks each of the four stages has.</summary>
    public IReadOnlyList<int> BlocksPerStage { get; } = BlocksPerStage.Count == 4 && BlocksPerStage.All(count => count >= 1)
        ? [.. BlocksPerStage]
        : throw new ArgumentException(
            $"An ImageNet ResNet has four stages of one or more blocks each, got [{string.Join(", ", BlocksPerStage)}].",
            nameof(BlocksPerStage));

    /// <summary>What shortcuts do where the shape changes.</summary>
    public ShortcutOption Shortcut { get; init; } = ShortcutOption.ProjectionWhereShapeChanges;

    /// <summary>Where bottlenecks have their stride; basic blocks have it on their first convolution.</summary>
    public BottleneckStride StrideOn { get; init; } = BottleneckStride.On3x3;

    /// <summary>Whether the shortcuts are left out: the plain networks of table 2.</summary>
    public bool IsPlain { get; init; }

    /// <summary>How many labels, ≥ 1.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Shape of one image, [C, H, W]; any C, H and W ≥ 1.</summary>
    public Shape InputShape { get; init; } = [3, 224, 224];

    /// <summary>Convolutions and linear layers on the main path.</summary>
    public int Depth => 2 + (BlocksPerStage.Sum() * (Block == BlockKind.Basic ? 2 : 3));

    /// <summary>
    /// The catalogue's name: <c>resnet50</c>, <c>resnet50-v1</c>, <c>resnet34-option-a</c>, <c>plain34</c>; for other rows of blocks
    /// <c>imagenet-1-1-1-1-resnet10</c>, which the catalogue does not know.
    /// </summary>
    public string Name
    {
        get
        {
            string version = Block == BlockKind.Bottleneck && StrideOn == BottleneckStride.OnFirst1x1 ? "-v1" : "";
            string option = IsPlain || Shortcut == ShortcutOption.ProjectionWhereShapeChanges
                ? ""
                : $"-option-{NetworkCatalog.OptionLetter(Shortcut)}";

            // Columns that table 1 does not have may share a depth with it or with a CIFAR network.
            string family = IsColumnOfTable1 ? "" : $"imagenet-{string.Join('-', BlocksPerStage)}-";
            return $"{family}{(IsPlain ? "plain" : "resnet")}{Depth}{version}{option}";
        }
    }

    private bool IsColumnOfTable1 =>
        OfDepth(Depth) is { } column && column.Block == Block && column.BlocksPerStage.SequenceEqual(BlocksPerStage);

    /// <summary>The column of table 1 with a depth; null if there is none.</summary>
    /// <param name="depth">18, 34, 50, 101 or 152.</param>
    public static ImageNetResNet? OfDepth(int depth) => All.FirstOrDefault(network => network.Depth == depth);

    /// <summary>The network as a graph.</summary>
    /// <exception cref="ArgumentException"><see cref="Classes"/> or <see cref="InputShape"/> is out of range.</exception>
    public NetworkDefinition Define()
    {
        ImageShape.Check(Name, InputShape, Classes);
        int expansion = Block == BlockKind.Basic ? 1 : BottleneckExpansion;

        Layer network = Sequence(
            ImageNetStem(InputShape[0], 64),
            Stage(1, BlocksPerStage[0], 64, 64 * expansion, stride: 1, MakeBlock),
            Stage(2, BlocksPerStage[1], 64 * expansion, 128 * expansion, stride: 2, MakeBlock),
            Stage(3, BlocksPerStage[2], 128 * expansion, 256 * expansion, stride: 2, MakeBlock),
            Stage(4, BlocksPerStage[3], 256 * expansion, 512 * expansion, stride: 2, MakeBlock),
            Classifier(512 * expansion, Classes, "fc"));

        return NetworkDefinition.FromLayer(Name, InputShape, network);
    }

    private Layer MakeBlock(int inChannels, int outChannels, int stride)
    {
        Layer branch = Block == BlockKind.Basic
            ? BasicBranch(inChannels, outChannels, stride)
            : BottleneckBranch(inChannels, outChannels / BottleneckExpansion, stride, StrideOn);
        return IsPlain ? Plain(branch) : Residual(branch, Shortcuts.Shortcut(Shortcut, inChannels, outChannels, stride, "downsample"));
    }
}
