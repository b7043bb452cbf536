using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Conv: along one axis as a plane of one row, along two, and along three.</summary>
internal static class ConvolutionOperators
{
    internal static void Convolution(OnnxNode node)
    {
        DataValue input = node.Data(0);
        Tensor weight = node.Weights(1, "W");
        Tensor? bias = node.HasInput(2) ? node.Weights(2, "B") : null;
        int axes = weight.Shape.Rank - 2;
        if (axes is < 1 or > 3 || node.RankOf(input) != axes + 2)
        {
            throw node.Error("an input [N, C, …] and a weight of the same rank, 3 to 5", $"{input.Shape} and {weight.Shape}");
        }

        if (bias is not null && bias.Shape != new Shape(weight.Shape[0]))
        {
            throw node.Error($"a bias [{weight.Shape[0]}]", $"{bias.Shape}");
        }

        node.Bind(0, node.PerImage(input, image => Convolve(node, image, weight, bias, axes)));
    }

    private static DataValue Convolve(OnnxNode node, DataValue input, Tensor weight, Tensor? bias, int axes)
    {
        int[] lengths = input.Shape.AsSpan()[2..].ToArray();
        var window = WindowAttributes.Read(node, lengths, weight.Shape.AsSpan()[2..].ToArray());
        int groups = node.Int32(node.Int("group", 1), "group");
        string name = node.ParameterName(1);
        if (groups < 1 || (long)weight.Shape[1] * groups != input.Shape[1])
        {
            throw node.Error($"a weight for {input.Shape[1]} channels in {groups} groups", $"{weight.Shape}");
        }

        if (axes == 3)
        {
            Conv3d volume = node.Make(() => new Conv3d(
                input.Shape[1], weight.Shape[0], new Shape(window.Kernel), new Shape(window.Strides), new Shape(window.Before), new Shape(window.After),
                new Shape(window.Dilations), groups, bias is not null));
            return Add(node, volume, name, input, weight, bias);
        }

        DataValue plane = axes == 1 ? node.Reshape(input, [input.Shape[1], 1, input.Shape[2]], "plane") : input;
        window = window.AsPlane();
        Padding2d padding = window.Padding;
        if (axes == 2 && !window.IsAutomatic)
        {
            (plane, padding) = AbsorbPadding(node, plane, padding);
        }

        Conv2d layer = node.Make(() => new Conv2d(
            input.Shape[1], weight.Shape[0], window.KernelSize, window.Stride, padding, groups, window.Dilation, bias is not null));
        Tensor planeWeight = axes == 1 ? weight.Reshape([weight.Shape[0], weight.Shape[1], 1, weight.Shape[2]]) : weight;
        DataValue output = Add(node, layer, name, plane, planeWeight, bias);
        return axes == 1 ? node.Reshape(output, [output.Shape[1], output.Shape[3]], "line") : output;
    }

    private static DataValue Add(OnnxNode node, PrimitiveLayer layer, string name, DataValue input, Tensor weight, Tensor? bias) => bias is null
        ? node.Composer.Add(node.Where, layer, name, [input], ("weight", weight))
        : node.Composer.Add(node.Where, layer, name, [input], ("weight", weight), ("bias", bias));

    // Zeros that a Pad puts around the rows and columns are what a convolution's own padding is.
    private static (DataValue Input, Padding2d Padding) AbsorbPadding(OnnxNode node, DataValue input, Padding2d padding)
    {
        while (node.Composer.SoleProducer<Pad>(input) is { Layer: Pad { Mode: PadMode.Constant, Value: 0, Axis: 2 or 3 } pad } producer)
        {
            padding = pad.Axis == 2
                ? padding with { Top = padding.Top + pad.Before, Bottom = padding.Bottom + pad.After }
                : padding with { Left = padding.Left + pad.Before, Right = padding.Right + pad.After };
            input = node.Composer.ValueOf(producer.Inputs[0]);
            node.Composer.Remove(producer);
        }

        return (input, padding);
    }
}
