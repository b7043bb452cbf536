using System.Globalization;

namespace ResNetMl.Networks;

/// <summary>A layer in the words of the papers' figures: <c>7×7 conv, 64, /2</c>.</summary>
internal static class LayerText
{
    internal static string Of(PrimitiveLayer layer) => layer switch
    {
        Conv2d { Groups: > 1 } conv when conv.Groups == conv.InChannels => $"{conv.KernelSize} depthwise, {conv.OutChannels}{Stride(conv.Stride)}",
        Conv2d conv => $"{conv.KernelSize} conv, {conv.OutChannels}{Stride(conv.Stride)}{Groups(conv)}",
        BatchNorm => "batch norm",
        Activation { Kind: ActivationKind.Relu } => "ReLU",
        Activation { Kind: ActivationKind.Clip, Alpha: 0 } clip => string.Create(CultureInfo.InvariantCulture, $"ReLU{clip.Beta:0.###}"),
        Activation { Kind: ActivationKind.Affine, Alpha: -1 } affine => string.Create(CultureInfo.InvariantCulture, $"{affine.Beta:0.###} − x"),
        Activation { Kind: ActivationKind.Affine } affine => string.Create(
            CultureInfo.InvariantCulture, $"× {affine.Alpha:0.###}{(affine.Beta == 0 ? "" : $" + {affine.Beta:0.###}")}"),
        Activation activation => activation.DefaultName,
        Arithmetic arithmetic => arithmetic.DefaultName,
        Constant constant => $"constant {constant.Shape}",
        Concat => "concat",
        Slice slice => $"slice, axis {slice.Axis}",
        Pad pad => $"pad, axis {pad.Axis}, +{pad.Before + pad.After}",
        Reduce reduce => $"{reduce.Kind.ToString().ToLowerInvariant()} of axes {string.Join(", ", reduce.Axes)}",
        Softmax softmax => softmax.IsLog ? "log softmax" : "softmax",
        LocalResponseNorm norm => $"local response norm, {norm.Size}",
        StochasticDepth depth => string.Create(CultureInfo.InvariantCulture, $"stoch. depth {depth.Rate:0.###}"),
        Conv3d conv => $"{string.Join('×', conv.KernelSize)} conv, {conv.OutChannels}",
        Add => "add",
        Pool2d { Kind: PoolingKind.Max } pool => $"{pool.KernelSize} max pool{Stride(pool.Stride)}",
        Pool2d pool => $"{pool.KernelSize} avg pool{Stride(pool.Stride)}",
        GlobalAveragePool => "global avg pool",
        ZeroPadShortcut shortcut => $"zero pad, +{shortcut.ChannelsBefore + shortcut.ChannelsAfter}{Stride(shortcut.Stride)}",
        Flatten => "flatten",
        Linear linear => $"linear, {linear.OutFeatures}",
        Dropout dropout => string.Create(CultureInfo.InvariantCulture, $"dropout, {dropout.Rate:0.###}"),
        Identity => "identity",
        _ => layer.DefaultName,
    };

    private static string Stride(Size2d stride) =>
        stride == 1 ? "" : stride.Height == stride.Width ? $", /{stride.Height}" : $", /{stride}";

    private static string Groups(Conv2d conv) => conv.Groups == 1 ? "" : $", g{conv.Groups}";
}
