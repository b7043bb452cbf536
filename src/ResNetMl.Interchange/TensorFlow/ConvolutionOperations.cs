using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Convolutions and linear layers as TensorFlow's operations.</summary>
internal static class ConvolutionOperations
{
    internal static string Write(NodeContext node, Conv2d conv) => Write(
        node,
        conv.HasBias,
        conv.Groups,
        [conv.KernelSize.Height, conv.KernelSize.Width],
        [conv.Stride.Height, conv.Stride.Width],
        [(conv.Padding.Top, conv.Padding.Bottom), (conv.Padding.Left, conv.Padding.Right)],
        [conv.Dilation.Height, conv.Dilation.Width]);

    internal static string Write(NodeContext node, Conv3d conv) => conv.Dilation.All(step => step == 1)
        ? Write(
            node,
            conv.HasBias,
            conv.Groups,
            [.. conv.KernelSize],
            [.. conv.Stride],
            [.. conv.PaddingBefore.Zip(conv.PaddingAfter)],
            [.. conv.Dilation])
        : throw node.Refused("Conv3D on CPUs has no dilation");

    /// <summary>MatMul reads weights [in, out].</summary>
    internal static string Write(NodeContext node, Linear linear)
    {
        Tensor weight = node.Weights("weight");
        string matrix = node.Constant("weight", ChannelsLast.Permute(weight.Span, weight.Shape, [1, 0]), linear.InFeatures, linear.OutFeatures);
        string product = node.Nodes.Add(
            "MatMul",
            linear.HasBias ? node.Name + "/product" : node.Name,
            [node.Inputs[0], matrix],
            Attributes.Float,
            ("transpose_a", Attributes.Of(false)),
            ("transpose_b", Attributes.Of(false)));
        return linear.HasBias ? Bias(node, product) : product;
    }

    private static string Write(
        NodeContext node, bool hasBias, int groups, int[] kernel, int[] stride, (int Before, int After)[] padding, int[] dilation)
    {
        Shape input = node.Shapes[0];
        int rank = input.Rank;

        // TensorFlow's own padding, SAME, puts the odd element after; a 3×3 convolution with stride 2 and padding 1 needs it before.
        bool isSame = Enumerable.Range(0, kernel.Length).All(axis =>
            padding[axis] == WindowPlaces.Same(input[axis + 2], kernel[axis], stride[axis], dilation[axis]));
        string value = isSame ? node.Inputs[0] : node.Pad("padded", node.Inputs[0], [default, .. padding, default]);
        bool isPadded = isSame && padding.Any(pad => pad != default);
        string name = hasBias ? node.Name + "/product" : node.Name;
        var window = new Window(rank, kernel, stride, dilation, isPadded ? "SAME" : "VALID");

        Tensor weight = node.Weights("weight");
        bool isDepthwise = rank == 4 && groups == input[1] && groups > 1 && stride[0] == stride[1] && dilation.All(step => step == 1);
        string result = groups == 1 ? Convolve(node, name, value, weight.Span, weight.Shape, "weight", window)
            : isDepthwise ? ConvolveDepthwise(node, name, value, weight, window)
            : ConvolveGroups(node, value, weight, groups, window, hasBias);
        return hasBias && (groups == 1 || isDepthwise) ? Bias(node, result) : result;
    }

    /// <summary>Conv2D and Conv3D read weights [kH, kW, in, out] and [kD, kH, kW, in, out].</summary>
    private static string Convolve(NodeContext node, string name, string value, ReadOnlySpan<float> weight, Shape shape, string part, Window window)
    {
        int[] order = [.. Enumerable.Range(2, window.Rank - 2), 1, 0];
        string filter = node.Constant(part, ChannelsLast.Permute(weight, shape, order), order.Select(axis => shape[axis]));
        return node.Nodes.Add(
            window.Rank == 5 ? "Conv3D" : "Conv2D",
            name,
            [value, filter],
            Attributes.Float,
            ("strides", Attributes.Window(window.Stride)),
            ("padding", Attributes.Of(window.Padding)),
            Attributes.ChannelsLast(window.Rank),
            ("dilations", Attributes.Window(window.Dilation)));
    }

    /// <summary>DepthwiseConv2dNative reads weights [kH, kW, in, outputs of each]; channel i makes the outputs i·m to i·m + m − 1, as in groups.</summary>
    private static string ConvolveDepthwise(NodeContext node, string name, string value, Tensor weight, Window window)
    {
        Shape shape = weight.Shape;
        int channels = node.Shapes[0][1];
        int multiplier = shape[0] / channels;
        string filter = node.Constant(
            "weight",
            ChannelsLast.Permute(weight.Span, [channels, multiplier, shape[2], shape[3]], [2, 3, 0, 1]),
            shape[2],
            shape[3],
            channels,
            multiplier);
        return node.Nodes.Add(
            "DepthwiseConv2dNative",
            name,
            [value, filter],
            Attributes.Float,
            ("strides", Attributes.Window(window.Stride)),
            ("padding", Attributes.Of(window.Padding)),
            Attributes.ChannelsLast(window.Rank),
            ("dilations", Attributes.Window(window.Dilation)));
    }

    /// <summary>One convolution, with its part of the bias, for each group of channels: TensorFlow on CPUs knows no groups.</summary>
    private static string ConvolveGroups(NodeContext node, string value, Tensor weight, int groups, Window window, bool hasBias)
    {
        string name = node.Name;
        string axis = node.Nodes.Constant(name + "/axis", [window.Rank - 1], []);
        string split = node.Nodes.Add("Split", name + "/groups", [axis, value], Attributes.Float, ("num_split", Attributes.Of((long)groups)));
        Shape shape = weight.Shape.With(0, weight.Shape[0] / groups);
        int count = (int)shape.ElementCount;
        var parts = new List<string>();
        for (int group = 0; group < groups; group++)
        {
            string input = group == 0 ? split : $"{split}:{group}";
            ReadOnlySpan<float> filter = weight.Span.Slice(group * count, count);
            string part = Convolve(node, $"{name}/group{group}{(hasBias ? "/product" : "")}", input, filter, shape, $"weight{group}", window);
            parts.Add(hasBias ? Bias(node, part, $"{name}/group{group}", group * shape[0], shape[0]) : part);
        }

        return node.Nodes.Add(
            "ConcatV2", name, [.. parts, axis], Attributes.Float, Attributes.Int32("Tidx"), ("N", Attributes.Of((long)groups)));
    }

    private static string Bias(NodeContext node, string product) => Bias(node, product, node.Name, 0, node.Weights("bias").Shape[0]);

    private static string Bias(NodeContext node, string product, string name, int start, int count) => node.Nodes.Add(
        "BiasAdd",
        name,
        [product, node.Nodes.Constant(name + "/bias", node.Weights("bias").Span.Slice(start, count), count)],
        Attributes.Float,
        Attributes.ChannelsLast(node.Output.Rank));

    private sealed record Window(int Rank, int[] Kernel, int[] Stride, int[] Dilation, string Padding);
}
