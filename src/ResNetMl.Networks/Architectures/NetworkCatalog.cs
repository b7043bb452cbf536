using System.Globalization;
using System.Text.RegularExpressions;
using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Networks by name: <c>resnet20</c>, <c>plain56</c>, <c>resnet50-v1</c>, <c>resnet34-option-a</c>.</summary>
/// <remarks>
/// <para>A name is <c>resnet</c> or <c>plain</c>, a depth, then <c>-v1</c> and <c>-option-a</c>, <c>-b</c> or <c>-c</c> as needed.</para>
/// <para>Depth 18, 34, 50, 101 or 152 is an ImageNet network (plain: 18 and 34, as in the paper), any other 6n + 2 a CIFAR network;
/// <c>cifar-</c> before the name asks for the CIFAR network of depth 50 or 152.</para>
/// <para><c>-v1</c> puts the stride of bottlenecks on the first 1×1 convolution, as the paper does; without it, it sits on the 3×3 (v1.5),
/// as in torchvision. Where no option is named, shortcuts are the family's: A for CIFAR, B for ImageNet.</para>
/// </remarks>
public static partial class NetworkCatalog
{
    private const string Grammar =
        "A name is resnet or plain, then the depth: 18, 34, 50, 101, 152 for ImageNet (plain: 18, 34), other 6n + 2 for CIFAR (8, 14, 20, …); " +
        "then -v1 for bottlenecks with the paper's strides, and -option-a, -b or -c for the shortcuts of a resnet.";

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
    ];

    /// <summary>The definition of a name.</summary>
    /// <param name="name">Lower-case, as in <see cref="Names"/>.</param>
    /// <param name="classes">How many labels; null is 10 for CIFAR networks and 1000 for ImageNet networks.</param>
    /// <param name="inputShape">Shape of one image, [C, H, W]; null is [3, 32, 32] or [3, 224, 224].</param>
    /// <exception cref="UnknownNetworkException">No network has that name; the message gives the nearest.</exception>
    /// <exception cref="ArgumentException">The classes or the input shape are out of range.</exception>
    public static NetworkDefinition Define(string name, int? classes = null, Shape? inputShape = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TryParse(name, out CifarResNet? cifar, out ImageNetResNet? imageNet))
        {
            return cifar is not null
                ? (cifar with { Classes = classes ?? cifar.Classes, InputShape = inputShape ?? cifar.InputShape }).Define()
                : (imageNet! with { Classes = classes ?? imageNet.Classes, InputShape = inputShape ?? imageNet.InputShape }).Define();
        }

        IReadOnlyList<string> nearest = NearestNames.Of(name);
        throw new UnknownNetworkException(
            name, nearest, $"There is no network named '{name}'. Nearest: {string.Join(", ", nearest)}. {Grammar}");
    }

    /// <summary>Whether a name is one of the catalogue's.</summary>
    /// <param name="name">Any text.</param>
    public static bool Contains(string name) => TryParse(name, out _, out _);

    internal static char OptionLetter(ShortcutOption option) => (char)('a' + (int)option);

    internal static Match Parts(string name) => NamePattern().Match(name);

    // \z and not $, which also matches before a last line break.
    [GeneratedRegex(
        @"^(?<cifar>cifar-)?(?<kind>resnet|plain)(?<depth>[1-9][0-9]{0,4})(?<v1>-v1)?(-option-(?<option>[abc]))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    private static bool TryParse(string name, out CifarResNet? cifar, out ImageNetResNet? imageNet)
    {
        (cifar, imageNet) = (null, null);
        Match parts = Parts(name);
        if (!parts.Success)
        {
            return false;
        }

        int depth = int.Parse(parts.Groups["depth"].ValueSpan, CultureInfo.InvariantCulture);
        bool isPlain = parts.Groups["kind"].ValueSpan is "plain";
        bool isV1 = parts.Groups["v1"].Success;
        ShortcutOption? option = parts.Groups["option"].Success ? (ShortcutOption)(parts.Groups["option"].ValueSpan[0] - 'a') : null;
        if (isPlain && option is not null)
        {
            return false;
        }

        if (!parts.Groups["cifar"].Success && ImageNetResNet.OfDepth(depth) is { } column)
        {
            bool hasBottlenecks = column.Block == BlockKind.Bottleneck;
            if (hasBottlenecks ? isPlain : isV1)
            {
                return false;
            }

            imageNet = column with
            {
                IsPlain = isPlain,
                Shortcut = option ?? column.Shortcut,
                StrideOn = isV1 ? BottleneckStride.OnFirst1x1 : BottleneckStride.On3x3,
            };
            return true;
        }

        if (isV1 || !CifarResNet.IsDepth(depth))
        {
            return false;
        }

        cifar = new CifarResNet(depth) { IsPlain = isPlain };
        cifar = cifar with { Shortcut = option ?? cifar.Shortcut };
        return true;
    }
}
