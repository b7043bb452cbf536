namespace ResNetMl.Networks;

/// <summary>The formats of layers that residual networks seldom have, most of them from files of other programs.</summary>
internal static class GeneralLayerFormats
{
    internal static IReadOnlyList<LayerFormat> All { get; } =
    [
        new LayerFormat<Arithmetic>(
            "Arithmetic",
            (layer, to) => to.Choice("kind", layer.Kind),
            from => new Arithmetic(from.Choice("kind", Enum.GetValues<ArithmeticKind>()))),

        new LayerFormat<Constant>(
            "Constant",
            (layer, to) => to.Shape("shape", layer.Shape).Boolean("isTrained", layer.IsTrained),
            from => new Constant(from.Shape("shape", 0), from.Boolean("isTrained"))),

        new LayerFormat<MatMul>("MatMul", (_, _) => { }, _ => new MatMul()),

        new LayerFormat<Reduce>(
            "Reduce",
            (layer, to) => to.Choice("kind", layer.Kind).Shape("axes", layer.Axes).Boolean("keepsAxes", layer.KeepsAxes),
            from => new Reduce(
                from.Choice("kind", Enum.GetValues<ReductionKind>()), from.Shape("axes", 1, fewest: 1), from.Boolean("keepsAxes"))),

        new LayerFormat<Concat>(
            "Concat",
            (layer, to) => to.Integer("axis", layer.Axis),
            from => new Concat(from.Integer("axis", 1, NetworkLimits.MaxRank))),

        new LayerFormat<Slice>(
            "Slice",
            (layer, to) => to
                .Integer("axis", layer.Axis).Integer("start", layer.Start).Integer("length", layer.Length).Integer("step", layer.Step),
            from => new Slice(
                from.Integer("axis", 1, NetworkLimits.MaxRank),
                from.Integer("start", 0, int.MaxValue),
                from.Integer("length", 1, int.MaxValue),
                from.Integer("step", -NetworkLimits.MaxLength, NetworkLimits.MaxLength))),

        new LayerFormat<Pad>(
            "Pad",
            (layer, to) => to
                .Integer("axis", layer.Axis)
                .Integer("before", layer.Before)
                .Integer("after", layer.After)
                .Choice("mode", layer.Mode)
                .Number("value", layer.Value),
            from => new Pad(
                from.Integer("axis", 1, NetworkLimits.MaxRank),
                from.Integer("before", 0, NetworkLimits.MaxLength),
                from.Integer("after", 0, NetworkLimits.MaxLength),
                from.Choice("mode", Enum.GetValues<PadMode>()),
                from.Number("value", float.MinValue, float.MaxValue))),

        new LayerFormat<Reshape>(
            "Reshape",
            (layer, to) => to.Shape("elementShape", layer.ElementShape),
            from => new Reshape(from.Shape("elementShape", 0))),

        new LayerFormat<Transpose>(
            "Transpose",
            (layer, to) => to.Shape("order", layer.Order),
            from => new Transpose(from.Shape("order", 0, fewest: 1))),

        new LayerFormat<Softmax>(
            "Softmax",
            (layer, to) => to.Integer("axis", layer.Axis).Boolean("isLog", layer.IsLog),
            from => new Softmax(from.Integer("axis", 1, NetworkLimits.MaxRank), from.Boolean("isLog"))),

        new LayerFormat<LocalResponseNorm>(
            "LocalResponseNorm",
            (layer, to) => to
                .Integer("size", layer.Size).Number("alpha", layer.Alpha).Number("beta", layer.Beta).Number("bias", layer.Bias),
            from => new LocalResponseNorm(
                from.Integer("size", 1, NetworkLimits.MaxLength),
                from.Number("alpha", float.MinValue, float.MaxValue),
                from.Number("beta", float.MinValue, float.MaxValue),
                from.Number("bias", float.MinValue, float.MaxValue))),

        new LayerFormat<StochasticDepth>(
            "StochasticDepth",
            (layer, to) => to.Number("rate", layer.Rate).Choice("mode", layer.Mode),
            from => new StochasticDepth(
                from.Number("rate", 0, MathF.BitDecrement(1)), from.Choice("mode", Enum.GetValues<StochasticDepthMode>()))),

        new LayerFormat<Conv3d>(
            "Conv3d",
            (layer, to) => to
                .Integer("inChannels", layer.InChannels)
                .Integer("outChannels", layer.OutChannels)
                .Shape("kernelSize", layer.KernelSize)
                .Shape("stride", layer.Stride)
                .Shape("paddingBefore", layer.PaddingBefore)
                .Shape("paddingAfter", layer.PaddingAfter)
                .Shape("dilation", layer.Dilation)
                .Integer("groups", layer.Groups)
                .Boolean("hasBias", layer.HasBias),
            from => new Conv3d(
                from.Integer("inChannels", 1, NetworkLimits.MaxLength),
                from.Integer("outChannels", 1, NetworkLimits.MaxLength),
                Window(from, "kernelSize", 1),
                Window(from, "stride", 1),
                Window(from, "paddingBefore", 0),
                Window(from, "paddingAfter", 0),
                Window(from, "dilation", 1),
                from.Integer("groups", 1, NetworkLimits.MaxLength),
                from.Boolean("hasBias"))),
    ];

    private static Tensors.Shape Window(AttributeReader from, string name, int least) =>
        new(from.Integers(name, 3, 3, "[along D, along H, along W]", least, NetworkLimits.MaxWindow));
}
