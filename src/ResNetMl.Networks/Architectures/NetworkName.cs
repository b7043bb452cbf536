using System.Globalization;
using System.Text.Json;

namespace ResNetMl.Networks;

/// <summary>Writes the catalogue's names, the shortest for each network: what a family has by default is left out. Read by <see cref="NetworkNameParser"/>.</summary>
internal static class NetworkName
{
    /// <summary>A depth that both kinds of block have, and that He et al. 2016 gives to bottlenecks.</summary>
    private const int BottleneckDepthOf2016 = 164;

    internal static string Of(CifarResNet network)
    {
        BlockKind? usual = DefaultBlock(network.Depth, network.Order);
        string block = network.IsPlain || network.Block == usual ? "" : network.Block == BlockKind.Basic ? "-basic" : "-bottleneck";
        string stride = network.Block == BlockKind.Bottleneck && network.StrideOn == BottleneckStride.On3x3 ? "-stride-on-3x3" : "";
        return $"{CifarPrefix(network.Depth)}{SePrefix(network)}{(network.IsPlain ? "plain" : "resnet")}{network.Depth}{block}" +
            Options(network, stride, network.IsPlain ? network.Shortcut : CifarResNet.DefaultShortcut(network.Block));
    }

    internal static string Of(CifarResNeXt network) =>
        $"{CifarPrefix(network.Depth)}{SePrefix(network)}resnext{network.Depth}-{network.Groups}x{network.WidthPerGroup}d" +
        Options(network, "", ShortcutOption.ProjectionWhereShapeChanges);

    internal static string Of(WideResNet network)
    {
        string dropout = network.Dropout > 0 ? string.Create(CultureInfo.InvariantCulture, $"-dropout-{network.Dropout}") : "";

        // Pre-activation is what the family has by default, so the original order is the one that needs a word.
        string original = network.Order == ActivationOrder.Original ? "-original-order" : "";
        ResidualNetwork named = network.Order == ActivationOrder.FullPreActivation ? network with { Order = ActivationOrder.Original } : network;
        return $"{SePrefix(network)}wrn-{network.Depth}-{network.WideningFactor}{dropout}{original}" +
            Options(named, "", ShortcutOption.ProjectionWhereShapeChanges);
    }

    internal static string Of(ImageNetResNet network)
    {
        bool hasGroups = network.Groups > 1 || network.WidthPerGroup % 64 != 0;
        bool isWide = !hasGroups && network.WidthPerGroup > 64;
        string family = network.IsPlain ? "plain" : hasGroups ? "resnext" : isWide ? "wide-resnet" : "resnet";
        string width = hasGroups ? $"-{network.Groups}x{network.WidthPerGroup}d" : isWide ? $"-{network.WidthPerGroup / 64}" : "";
        string stride = network.Block == BlockKind.Bottleneck && network.StrideOn == BottleneckStride.OnFirst1x1 ? "-v1" : "";
        string refinement = network.Refinement == StemRefinement.None ? "" : $"-{network.Refinement.ToString().ToLowerInvariant()}";

        // Columns that table 1 does not have may share a depth with it or with a CIFAR network.
        string rows = network.IsColumnOfTable1 ? "" : $"imagenet-{string.Join('-', network.BlocksPerStage)}-";
        return $"{rows}{SePrefix(network)}{family}{network.Depth}{width}" +
            Options(network, $"{stride}{refinement}", network.IsPlain ? network.Shortcut : ShortcutOption.ProjectionWhereShapeChanges);
    }

    /// <summary>
    /// The blocks that a CIFAR network has where its name does not say: basic ones for depth 6n + 2; in the orders of He et al. 2016,
    /// bottlenecks for other 9n + 2 and for 164. Null for other depths.
    /// </summary>
    internal static BlockKind? DefaultBlock(int depth, ActivationOrder order)
    {
        bool isOf2016 = order != ActivationOrder.Original;
        return CifarResNet.IsDepth(depth, BlockKind.Basic) && !(isOf2016 && depth == BottleneckDepthOf2016) ? BlockKind.Basic
            : isOf2016 && CifarResNet.IsDepth(depth, BlockKind.Bottleneck) ? BlockKind.Bottleneck
            : null;
    }

    /// <summary>An option's word: <c>bn-after-addition</c>, <c>leaky-relu</c>.</summary>
    internal static string WordOf(ActivationKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <inheritdoc cref="WordOf(ActivationKind)"/>
    internal static string WordOf(ActivationOrder order) => order switch
    {
        ActivationOrder.Original => "",
        ActivationOrder.BatchNormAfterAddition => "bn-after-addition",
        ActivationOrder.ReluBeforeAddition => "relu-before-addition",
        ActivationOrder.ReluOnlyPreActivation => "relu-preactivation",
        _ => "v2",
    };

    /// <inheritdoc cref="WordOf(ActivationKind)"/>
    internal static string WordOf(ShortcutModification modification) => modification switch
    {
        ShortcutModification.None => "",
        ShortcutModification.ConstantScaling => "constant-scaling",
        ShortcutModification.ConstantScalingOfBoth => "constant-scaling-both",
        ShortcutModification.ExclusiveGating => "exclusive-gating",
        ShortcutModification.ShortcutOnlyGating => "shortcut-gating",
        _ => "dropout-shortcut",
    };

    internal static bool HasGate(ShortcutModification modification) =>
        modification is ShortcutModification.ExclusiveGating or ShortcutModification.ShortcutOnlyGating;

    // 50, 101, 152 and 200 are also depths of ImageNet networks, which have the plain name.
    private static string CifarPrefix(int depth) => ImageNetResNet.OfDepth(depth) is null ? "" : "cifar-";

    private static string SePrefix(ResidualNetwork network) => network.HasSqueezeExcitation ? "se-" : "";

    private static string Options(ResidualNetwork network, string ofFamily, ShortcutOption usual)
    {
        string bias = HasGate(network.ShortcutModification) && network.GateBias != ShortcutModifications.DefaultGateBias
            ? string.Create(CultureInfo.InvariantCulture, $"-bias{(network.GateBias > 0 ? "+" : "-")}{MathF.Abs(network.GateBias)}")
            : "";
        string option = network.Shortcut == usual ? "" : $"-option-{(char)('a' + (int)network.Shortcut)}";
        string survival = network.LastSurvivalProbability switch
        {
            1 => "",
            0.5f => "-stochastic-depth",
            float other => string.Create(CultureInfo.InvariantCulture, $"-stochastic-depth-{other}"),
        };
        string activation = network.Activation == ActivationKind.Relu ? "" : $"-{WordOf(network.Activation)}";

        return $"{Dashed(WordOf(network.Order))}{ofFamily}{Dashed(WordOf(network.ShortcutModification))}{bias}{option}{survival}{activation}";
    }

    private static string Dashed(string word) => word.Length == 0 ? "" : $"-{word}";
}
