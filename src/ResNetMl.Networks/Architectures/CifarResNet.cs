using ResNetMl.Tensors;
using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// The networks for small images of He et al. 2015 (https://arxiv.org/abs/1512.03385), section 4.2: a 3×3 stem, three stages of
/// n basic blocks with 16, 32 and 64 channels, a classifier. Depth 6n + 2.
/// </summary>
/// <remarks>
/// Parameters are named as in the published CIFAR weights (https://github.com/akamaster/pytorch_resnet_cifar10), so that those load:
/// like torchvision's, except that the classifier is <c>linear</c> and a projection <c>shortcut</c>, where torchvision has <c>fc</c> and
/// <c>downsample</c>.
/// </remarks>
public sealed record CifarResNet
{
    /// <summary>The deepest network described: 1000 blocks a stage.</summary>
    public const int MaxDepth = 6002;

    /// <summary>Describes a network by its depth.</summary>
    /// <param name="depth">6n + 2 with n blocks a stage: 8, 14, 20, 26, 32, … up to <see cref="MaxDepth"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 2 or out of range.</exception>
    public CifarResNet(int depth)
    {
        if (!IsDepth(depth))
        {
            throw new ArgumentOutOfRangeException(
                nameof(depth), depth, $"A CIFAR ResNet has depth 6n + 2 (8, 14, 20, 26, 32, …) up to {MaxDepth}.");
        }

        Depth = depth;
    }

    /// <summary>Convolutions and linear layers on the main path.</summary>
    public int Depth { get; }

    /// <summary>Blocks of each stage: the paper's n.</summary>
    public int BlocksPerStage => (Depth - 2) / 6;

    /// <summary>What shortcuts do where the shape changes; the paper uses option A for these networks.</summary>
    public ShortcutOption Shortcut { get; init; } = ShortcutOption.ZeroPadding;

    /// <summary>Whether the shortcuts are left out: the plain twin, with the same parameters under the same names.</summary>
    public bool IsPlain { get; init; }

    /// <summary>How many labels, ≥ 1.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Shape of one image, [C, H, W]; any C, H and W ≥ 1.</summary>
    public Shape InputShape { get; init; } = [3, 32, 32];

    /// <summary>The catalogue's name: <c>resnet20</c>, <c>resnet20-option-b</c>, <c>plain20</c>, <c>cifar-resnet50</c>.</summary>
    public string Name
    {
        get
        {
            // 50 and 152 are also depths of ImageNet networks, which have the plain name.
            string prefix = ImageNetResNet.OfDepth(Depth) is null ? "" : "cifar-";
            string option = IsPlain || Shortcut == ShortcutOption.ZeroPadding ? "" : $"-option-{NetworkCatalog.OptionLetter(Shortcut)}";
            return $"{prefix}{(IsPlain ? "plain" : "resnet")}{Depth}{option}";
        }
    }

    /// <summary>Whether a number is a depth of these networks: 6n + 2 with n from 1 to 1000.</summary>
    /// <param name="depth">Any number.</param>
    public static bool IsDepth(int depth) => depth is >= 8 and <= MaxDepth && (depth - 2) % 6 == 0;

    /// <summary>The network as a graph.</summary>
    /// <exception cref="ArgumentException"><see cref="Classes"/> or <see cref="InputShape"/> is out of range.</exception>
    public NetworkDefinition Define()
    {
        ImageShape.Check(Name, InputShape, Classes);

        Layer network = Sequence(
            CifarStem(InputShape[0], 16),
            Stage(1, BlocksPerStage, 16, 16, stride: 1, Block),
            Stage(2, BlocksPerStage, 16, 32, stride: 2, Block),
            Stage(3, BlocksPerStage, 32, 64, stride: 2, Block),
            Classifier(64, Classes, "linear"));

        return NetworkDefinition.FromLayer(Name, InputShape, network);
    }

    private Layer Block(int inChannels, int outChannels, int stride)
    {
        Layer branch = BasicBranch(inChannels, outChannels, stride);
        return IsPlain ? Plain(branch) : Residual(branch, Shortcuts.Shortcut(Shortcut, inChannels, outChannels, stride, "shortcut"));
    }
}
