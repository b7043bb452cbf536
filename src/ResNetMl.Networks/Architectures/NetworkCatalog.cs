using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Networks by name: <c>resnet20</c>, <c>plain56</c>, <c>resnet50-v1</c>, <c>resnet164-v2</c>, <c>resnext50-32x4d</c>, <c>wrn-28-10</c>.</summary>
/// <remarks>
/// <para>A name is a family, a depth, and what differs from the family's default. Depth 18, 34, 50, 101, 152 or 200 is an ImageNet network
/// (plain: 18 and 34, as in the paper), any other 6n + 2 or 9n + 2 a CIFAR network, of basic blocks and of bottlenecks; <c>cifar-</c> before
/// the name asks for the CIFAR network of a depth that ImageNet has.</para>
/// <para><c>-v1</c> puts the stride of bottlenecks on the first 1×1 convolution, as the paper does; without it, it sits on the 3×3 (v1.5),
/// as in torchvision. <c>-v2</c> is pre-activation. Where no option is named, shortcuts are the family's: A for CIFAR's basic blocks, else B.
/// docs/networks.md lists every part of a name.</para>
/// </remarks>
public static class NetworkCatalog
{
    private const string Grammar =
        "A name is a family and a depth, then options. Families: resnet, plain, resnext, wide-resnet, wrn, and se- before one. Depths: 18, 34, 50, 101, 152, 200 " +
        "for ImageNet (plain: 18, 34), other 6n + 2 or 9n + 2 for CIFAR (8, 14, 20, …, 164, …, 1001). Options: -v1, -v2, -d, -exclusive-gating, " +
        "-option-b, -stochastic-depth, -elu and others; docs/networks.md lists them.";

    /// <summary>The names people look for first; a rule makes many more (see the type's remarks).</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet1202",
        "resnet20-option-b", "resnet20-option-c", "resnet56-option-b",
        "plain20", "plain32", "plain44", "plain56",
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
        "resnet50-v1", "resnet101-v1", "resnet152-v1",
        "resnet18-option-a", "resnet34-option-a", "resnet34-option-c",
        "plain18", "plain34",
        "resnet110-v2", "resnet164-v2", "resnet1001-v2",
        "resnet50-v2", "resnet101-v2", "resnet152-v2", "resnet200-v2",
        "resnet110-constant-scaling", "resnet110-constant-scaling-both", "resnet110-exclusive-gating", "resnet110-shortcut-gating",
        "resnet110-option-c", "resnet110-dropout-shortcut",
        "resnet110-bn-after-addition", "resnet110-relu-before-addition", "resnet110-relu-preactivation",
        "resnet164-bottleneck", "resnet164-bn-after-addition", "resnet164-relu-before-addition", "resnet164-relu-preactivation",
        "resnet50-c", "resnet50-d", "resnet50-s", "resnet101-c", "resnet101-d", "resnet101-s", "resnet152-c", "resnet152-d", "resnet152-s",
        "resnext50-32x4d", "resnext101-32x8d", "resnext101-64x4d", "resnext29-8x64d", "resnext29-16x64d",
        "wide-resnet50-2", "wide-resnet101-2",
        "wrn-16-8", "wrn-28-10", "wrn-28-10-dropout-0.3", "wrn-40-4",
        "se-resnet50", "se-resnet101", "se-resnet152", "se-resnext50-32x4d", "se-resnet110",
        "resnet110-stochastic-depth", "resnet20-elu", "resnet20-sigmoid", "resnet20-tanh",
        "textbook-resnet18",
    ];

    /// <summary>The definition of a name.</summary>
    /// <param name="name">Lower-case, as in <see cref="Names"/>.</param>
    /// <param name="classes">How many labels; null is 10 for CIFAR networks and the textbook's, 1000 for ImageNet networks.</param>
    /// <param name="inputShape">Shape of one image, [C, H, W]; null is the family's: [3, 32, 32], [3, 224, 224] or [1, 96, 96].</param>
    /// <exception cref="UnknownNetworkException">No network has that name; the message gives the nearest.</exception>
    /// <exception cref="ArgumentException">The classes or the input shape are out of range.</exception>
    public static NetworkDefinition Define(string name, int? classes = null, Shape? inputShape = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (NetworkNameParser.Parse(name) is { } network)
        {
            return (network with { Classes = classes ?? network.Classes, InputShape = inputShape ?? network.InputShape }).Define();
        }

        IReadOnlyList<string> nearest = NearestNames.Of(name);
        throw new UnknownNetworkException(
            name, nearest, $"There is no network named '{name}'. Nearest: {string.Join(", ", nearest)}. {Grammar}");
    }

    /// <summary>Whether a name is one of the catalogue's.</summary>
    /// <param name="name">Any text.</param>
    public static bool Contains(string name) => NetworkNameParser.Parse(name) is not null;
}
