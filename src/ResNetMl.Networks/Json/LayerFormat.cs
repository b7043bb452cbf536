using System.Text.Json;

namespace ResNetMl.Networks;

/// <summary>How one type of layer is written and read: its name in files and its attributes, in order.</summary>
internal abstract class LayerFormat(string typeName, Type layerType)
{
    /// <summary>Every type of layer that files know.</summary>
    internal static IReadOnlyList<LayerFormat> All { get; } =
    [
        new LayerFormat<Conv2d>(
            "Conv2d",
            (layer, to) => to
                .Integer("inChannels", layer.InChannels)
                .Integer("outChannels", layer.OutChannels)
                .Size("kernelSize", layer.KernelSize)
                .Size("stride", layer.Stride)
                .Padding("padding", layer.Padding)
                .Integer("groups", layer.Groups)
                .Size("dilation", layer.Dilation)
                .Boolean("hasBias", layer.HasBias)
                .NumberUnless("biasStart", layer.BiasStart, 0)
                .ChoiceUnless("weightInitialization", layer.WeightInitialization, Initialization.HeNormalFanOut),
            from => new Conv2d(
                from.Integer("inChannels", 1, NetworkLimits.MaxLength),
                from.Integer("outChannels", 1, NetworkLimits.MaxLength),
                from.Size("kernelSize"),
                from.Size("stride"),
                from.Padding("padding"),
                from.Integer("groups", 1, NetworkLimits.MaxLength),
                from.Size("dilation"),
                from.Boolean("hasBias"))
            {
                BiasStart = from.NumberOr("biasStart", float.MinValue, float.MaxValue, 0),
                WeightInitialization = from.ChoiceOr(
                    "weightInitialization", Initialization.HeNormalFanOut, Initialization.HeNormalFanOut, Initialization.UniformFanIn, Initialization.Zeros),
            }),

        new LayerFormat<BatchNorm>(
            "BatchNorm",
            (layer, to) => to
                .Integer("channels", layer.Channels)
                .Number("epsilon", layer.Epsilon)
                .Number("momentum", layer.Momentum)
                .Choice("weightInitialization", layer.WeightInitialization),
            from => new BatchNorm(
                from.Integer("channels", 1, NetworkLimits.MaxLength),
                from.Number("epsilon", 0, 1),
                from.Number("momentum", 0, 1))
            {
                WeightInitialization = from.Choice("weightInitialization", Initialization.Zeros, Initialization.Ones),
            }),

        new LayerFormat<Activation>(
            "Activation",
            (layer, to) =>
            {
                to.Choice("kind", layer.Kind);
                _ = Activation.HasAlpha(layer.Kind) ? to.Number("alpha", layer.Alpha) : to;
                _ = Activation.HasBeta(layer.Kind) ? to.Number("beta", layer.Beta) : to;
            },
            from =>
            {
                ActivationKind kind = from.Choice("kind", Enum.GetValues<ActivationKind>());
                return new Activation(
                    kind,
                    Activation.HasAlpha(kind) ? from.Number("alpha", float.MinValue, float.MaxValue) : null,
                    Activation.HasBeta(kind) ? from.Number("beta", float.MinValue, float.MaxValue) : null);
            }),

        new LayerFormat<Add>("Add", (_, _) => { }, _ => new Add()),

        new LayerFormat<Dropout>(
            "Dropout",
            (layer, to) => to.Number("rate", layer.Rate),
            from => new Dropout(from.Number("rate", 0, MathF.BitDecrement(1)))),

        new LayerFormat<Identity>("Identity", (_, _) => { }, _ => new Identity()),

        new LayerFormat<Pool2d>(
            "Pool2d",
            (layer, to) => to
                .Choice("kind", layer.Kind)
                .Size("kernelSize", layer.KernelSize)
                .Size("stride", layer.Stride)
                .Padding("padding", layer.Padding)
                .Boolean("ceilMode", layer.CeilMode)
                .Boolean("countsPadding", layer.CountsPadding)
                .SizeUnless("dilation", layer.Dilation, 1),
            from => new Pool2d(
                from.Choice("kind", Enum.GetValues<PoolingKind>()),
                from.Size("kernelSize"),
                from.Size("stride"),
                from.Padding("padding"),
                from.Boolean("ceilMode"),
                from.Boolean("countsPadding"),
                from.SizeOr("dilation", 1))),

        new LayerFormat<GlobalAveragePool>("GlobalAveragePool", (_, _) => { }, _ => new GlobalAveragePool()),

        new LayerFormat<ZeroPadShortcut>(
            "ZeroPadShortcut",
            (layer, to) => to
                .Integer("stride", layer.Stride)
                .Integer("channelsBefore", layer.ChannelsBefore)
                .Integer("channelsAfter", layer.ChannelsAfter),
            from => new ZeroPadShortcut(
                from.Integer("stride", 1, NetworkLimits.MaxWindow),
                from.Integer("channelsBefore", 0, NetworkLimits.MaxLength),
                from.Integer("channelsAfter", 0, NetworkLimits.MaxLength))),

        new LayerFormat<Flatten>("Flatten", (_, _) => { }, _ => new Flatten()),

        new LayerFormat<Linear>(
            "Linear",
            (layer, to) => to
                .Integer("inFeatures", layer.InFeatures)
                .Integer("outFeatures", layer.OutFeatures)
                .Boolean("hasBias", layer.HasBias),
            from => new Linear(
                from.Integer("inFeatures", 1, (int)NetworkLimits.MaxTensorElements),
                from.Integer("outFeatures", 1, NetworkLimits.MaxLength),
                from.Boolean("hasBias"))),

        .. GeneralLayerFormats.All,
    ];

    /// <summary>The type's name in files.</summary>
    internal string TypeName => typeName;

    /// <summary>The type's class.</summary>
    internal Type LayerType => layerType;

    /// <summary>Writes the attributes into an object that is open.</summary>
    internal abstract void Write(PrimitiveLayer layer, Utf8JsonWriter writer);

    /// <summary>Makes the layer from its attributes.</summary>
    internal abstract PrimitiveLayer Read(AttributeReader attributes);
}

/// <inheritdoc cref="LayerFormat"/>
internal sealed class LayerFormat<TLayer>(
    string typeName, Action<TLayer, AttributeWriter> write, Func<AttributeReader, TLayer> read)
    : LayerFormat(typeName, typeof(TLayer))
    where TLayer : PrimitiveLayer
{
    internal override void Write(PrimitiveLayer layer, Utf8JsonWriter writer) => write((TLayer)layer, new AttributeWriter(writer));

    internal override PrimitiveLayer Read(AttributeReader attributes) => read(attributes);
}
