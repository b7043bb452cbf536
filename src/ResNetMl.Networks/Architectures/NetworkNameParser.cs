using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNetMl.Networks;

/// <summary>Reads the catalogue's names; the twin of <see cref="NetworkName"/>. The grammar is documented in docs/networks.md.</summary>
internal static partial class NetworkNameParser
{
    private const string Options =
        """
        (-(?<path>constant-scaling|constant-scaling-both|exclusive-gating|shortcut-gating|dropout-shortcut|conv-shortcut))?
        (-bias-(?<bias>[0-9]{1,2}))?
        (-option-(?<option>[abc]))?
        (?<stochastic>-stochastic-depth(-(?<survival>0\.[0-9]{1,3}))?)?
        (-(?<activation>relu|leaky-relu|elu|selu|sigmoid|hard-sigmoid|tanh|hard-swish|silu|gelu|softplus|softsign))?\z
        """;

    private const string Order = "(-(?<order>v1|v2|bn-after-addition|relu-before-addition|relu-preactivation))?";

    /// <summary>The network of a name; null where no network has it.</summary>
    internal static Architecture? Parse(string name)
    {
        if (name == "textbook-resnet18")
        {
            return new TextbookResNet();
        }

        Match wide = WideNamePattern().Match(name);
        return wide.Success ? WideOf(wide) : Parts(name) is { Success: true } parts ? FamilyOf(parts) : null;
    }

    /// <summary>The parts of a name whose depth may be wrong.</summary>
    internal static Match Parts(string name) => NamePattern().Match(name);

    // \z and not $, which also matches before a last line break.
    [GeneratedRegex(
        """
        ^(?<cifar>cifar-)?(?<se>se-)?(?<kind>resnet|plain|resnext|wide-resnet)(?<depth>[1-9][0-9]{0,4})
        (-(?<groups>[1-9][0-9]{0,3})x(?<width>[1-9][0-9]{0,3})d|-(?<factor>[1-9][0-9]?))?
        (-(?<block>basic|bottleneck))?
        """ + Order + """
        (?<stride>-stride-on-3x3)?
        (-(?<refinement>[bcds]))?
        """ + Options,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex NamePattern();

    [GeneratedRegex(
        """
        ^(?<se>se-)?wrn-(?<depth>[1-9][0-9]{0,4})-(?<factor>[1-9][0-9]{0,3})
        (-dropout-(?<dropout>0\.[0-9]{1,3}))?(?<original>-original-order)?
        """ + Order + Options,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex WideNamePattern();

    private static Architecture? WideOf(Match parts)
    {
        (int depth, int factor) = (Integer(parts, "depth"), Integer(parts, "factor"));
        bool isOriginal = parts.Groups["original"].Success;
        string order = parts.Groups["order"].Value;
        if (!WideResNet.IsDepth(depth) || factor > 1024 || order == "v1" || (isOriginal && order.Length > 0))
        {
            return null;
        }

        var network = new WideResNet(depth, factor) { Dropout = Fraction(parts, "dropout", 0) };
        return WithOptions(network, parts, isOriginal ? ActivationOrder.Original : order.Length > 0 ? OrderOf(parts) : network.Order);
    }

    private static Architecture? FamilyOf(Match parts)
    {
        string kind = parts.Groups["kind"].Value;
        int depth = Integer(parts, "depth");
        bool hasWidth = parts.Groups["groups"].Success == (kind == "resnext") && parts.Groups["factor"].Success == (kind == "wide-resnet");
        ImageNetResNet? column = parts.Groups["cifar"].Success ? null : ImageNetResNet.OfDepth(depth);

        ResidualNetwork? family =
            !hasWidth ? null
            : column is not null ? ImageNetOf(parts, kind, column)
            : parts.Groups["refinement"].Success || parts.Groups["order"].ValueSpan is "v1" ? null
            : kind == "resnext" ? CifarResNeXtOf(parts, depth)
            : kind == "wide-resnet" ? null
            : CifarOf(parts, kind == "plain", depth);
        return family is null ? null : WithOptions(family, parts, OrderOf(parts));
    }

    private static ImageNetResNet? ImageNetOf(Match parts, string kind, ImageNetResNet column)
    {
        bool isV1 = parts.Groups["order"].ValueSpan is "v1";
        bool isPlain = kind == "plain";
        bool hasBottlenecks = column.Block == BlockKind.Bottleneck;
        bool isRefined = parts.Groups["refinement"].Success;
        bool hasPlainWidth = kind is "resnet" or "plain";
        if (parts.Groups["block"].Success || parts.Groups["stride"].Success ||
            (hasBottlenecks ? isPlain : isV1 || !hasPlainWidth) || (isV1 && (isRefined || !hasPlainWidth)) || (isPlain && isRefined))
        {
            return null;
        }

        return column with
        {
            IsPlain = isPlain,
            StrideOn = isV1 ? BottleneckStride.OnFirst1x1 : BottleneckStride.On3x3,
            Groups = kind == "resnext" ? Integer(parts, "groups") : 1,
            WidthPerGroup = kind == "resnext" ? Integer(parts, "width") : kind == "wide-resnet" ? 64 * Integer(parts, "factor") : 64,
            Refinement = parts.Groups["refinement"].Value switch
            {
                "c" => StemRefinement.C,
                "d" => StemRefinement.D,
                "s" => StemRefinement.S,
                _ => StemRefinement.None,
            },
        };
    }

    private static CifarResNeXt? CifarResNeXtOf(Match parts, int depth) =>
        CifarResNet.IsDepth(depth, BlockKind.Bottleneck) && !parts.Groups["block"].Success && !parts.Groups["stride"].Success
            ? new CifarResNeXt(depth, Integer(parts, "groups"), Integer(parts, "width"))
            : null;

    private static CifarResNet? CifarOf(Match parts, bool isPlain, int depth)
    {
        BlockKind? block = parts.Groups["block"].Value switch
        {
            "basic" => BlockKind.Basic,
            "bottleneck" => BlockKind.Bottleneck,
            _ => isPlain ? BlockKind.Basic : NetworkName.DefaultBlock(depth, OrderOf(parts)),
        };
        bool hasStride = parts.Groups["stride"].Success;
        if (block is not { } kind || !CifarResNet.IsDepth(depth, kind) || (kind == BlockKind.Basic ? hasStride : isPlain))
        {
            return null;
        }

        var network = new CifarResNet(depth, kind) { IsPlain = isPlain };
        return hasStride ? network with { StrideOn = BottleneckStride.On3x3 } : network;
    }

    private static ResidualNetwork? WithOptions(ResidualNetwork family, Match parts, ActivationOrder order)
    {
        bool isConvolution = parts.Groups["path"].ValueSpan is "conv-shortcut";
        bool hasOption = parts.Groups["option"].Success;
        ResidualNetwork network = family with
        {
            Order = order,
            HasSqueezeExcitation = parts.Groups["se"].Success,
            ShortcutModification = Enum.GetValues<ShortcutModification>().First(
                each => isConvolution || NetworkName.WordOf(each) == parts.Groups["path"].Value),
            GateBias = parts.Groups["bias"].Success ? -Integer(parts, "bias") : ShortcutModifications.DefaultGateBias,
            Shortcut = isConvolution
                ? ShortcutOption.ProjectionEverywhere
                : hasOption ? (ShortcutOption)(parts.Groups["option"].ValueSpan[0] - 'a') : family.Shortcut,
            LastSurvivalProbability = parts.Groups["stochastic"].Success ? Fraction(parts, "survival", 0.5f) : 1,
            Activation = Enum.GetValues<ActivationKind>().First(
                each => NetworkName.WordOf(each) == (parts.Groups["activation"].Success ? parts.Groups["activation"].Value : "relu")),
        };

        bool isPlain = family is CifarResNet { IsPlain: true } or ImageNetResNet { IsPlain: true };
        bool fits = (!isPlain || (network.HasOnlyPlainOptions && !hasOption && !isConvolution)) &&
            !(isConvolution && hasOption) &&
            (!parts.Groups["bias"].Success || NetworkName.HasGate(network.ShortcutModification)) &&
            network.LastSurvivalProbability > 0;
        return fits ? network : null;
    }

    private static ActivationOrder OrderOf(Match parts) => parts.Groups["order"].ValueSpan is "v1"
        ? ActivationOrder.Original
        : Enum.GetValues<ActivationOrder>().First(order => NetworkName.WordOf(order) == parts.Groups["order"].Value);

    private static int Integer(Match parts, string name) => int.Parse(parts.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    private static float Fraction(Match parts, string name, float usual) =>
        parts.Groups[name].Success ? float.Parse(parts.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : usual;
}
