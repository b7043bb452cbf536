using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.TensorFlow;

/// <summary>What is written as GraphDef in the tests: residual networks, and each layer for itself.</summary>
/// <remarks>
/// Not read by OpenCV 4.6: dilations, numbers other than 0 in pads, means over some of a window's elements, and most functions of one or two tensors
/// outside the usual places. It takes a feature map for channels-first unless a convolution or another operation with a data_format is near.
/// </remarks>
internal static class GraphCases
{
    internal static IReadOnlyList<GraphCase> All { get; } = [.. ResidualNetworks(), .. Windows(), .. Activations(), .. Moving(), .. Arithmetics()];

    private static IEnumerable<GraphCase> ResidualNetworks()
    {
        yield return new("resnet8", NetworkCatalog.Define("resnet8"));
        yield return new("resnet8-option-b", NetworkCatalog.Define("resnet8-option-b", inputShape: [3, 30, 26]));
        yield return new("resnet18", NetworkCatalog.Define("resnet18", classes: 7, inputShape: [3, 64, 64]));
        yield return new("bottleneck-v1.5", Bottleneck(BottleneckStride.On3x3).Define());
        yield return new("bottleneck-v1", Bottleneck(BottleneckStride.OnFirst1x1).Define());
        yield return new("bottleneck-groups", (Bottleneck(BottleneckStride.On3x3) with { Groups = 4, WidthPerGroup = 8 }).Define());
        yield return new("bottleneck-d", (Bottleneck(BottleneckStride.On3x3) with { Refinement = StemRefinement.D }).Define());
        yield return new("resnet20-elu", NetworkCatalog.Define("resnet20-elu"));
        yield return new("resnet20-sigmoid", NetworkCatalog.Define("resnet20-sigmoid"));
        yield return new("resnet20-tanh", NetworkCatalog.Define("resnet20-tanh"));
        yield return new("resnet20-v2", NetworkCatalog.Define("resnet20-v2"));
        yield return new("wrn-10-2", NetworkCatalog.Define("wrn-10-2"));
        yield return new("resnet20-exclusive-gating", NetworkCatalog.Define("resnet20-exclusive-gating"));
        yield return new("resnet20-constant-scaling", NetworkCatalog.Define("resnet20-constant-scaling"));
        yield return new("resnet20-stochastic-depth", NetworkCatalog.Define("resnet20-stochastic-depth"));
        yield return new("se-resnet20", NetworkCatalog.Define("se-resnet20"));

        static ImageNetResNet Bottleneck(BottleneckStride stride) =>
            new(BlockKind.Bottleneck, [1, 1, 1, 1]) { StrideOn = stride, Classes = 5, InputShape = [3, 33, 64] };
    }

    private static IEnumerable<GraphCase> Windows()
    {
        yield return GraphCase.Of("conv-same", [3, 9, 8], new Conv2d(3, 5, 3, padding: 1, hasBias: true));
        yield return GraphCase.Of("conv-stride-2", [3, 9, 8], new Conv2d(3, 5, 3, stride: 2, padding: 1));
        yield return GraphCase.Of("conv-uneven", [3, 9, 8], new Conv2d(3, 5, new Size2d(2, 3), new Size2d(2, 1), new Padding2d(0, 1, 1, 2)));
        yield return GraphCase.Of("conv-dilation", [4, 11, 12], new Conv2d(4, 6, 3, padding: 2, dilation: 2)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("conv-groups", [6, 7, 8], new Conv2d(6, 9, 3, padding: 1, groups: 3, hasBias: true));
        yield return GraphCase.Of("conv-depthwise", [6, 7, 8], new Conv2d(6, 6, 3, stride: 2, padding: 1, groups: 6, hasBias: true));
        yield return GraphCase.Of("conv-depthwise-two-each", [4, 7, 8], new Conv2d(4, 8, 3, padding: 1, groups: 4));
        yield return GraphCase.Of("conv-depthwise-dilation", [4, 9, 8], new Conv2d(4, 4, 3, padding: 2, groups: 4, dilation: 2))
            with { IsReadByOpenCv = false };
        yield return GraphCase.Of(
            "conv-3d", [2, 5, 6, 7], new Conv3d(2, 4, [3, 3, 3], [1, 2, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], 1, true)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("linear", [7], new Linear(7, 4));
        yield return GraphCase.Of("linear-without-bias", [7], new Linear(7, 4, HasBias: false));
        yield return GraphCase.Of("max-pool", [3, 9, 8], new Pool2d(PoolingKind.Max, 3, 2, 1));
        yield return GraphCase.Of("max-pool-after-relu", [3, 9, 8], Layers.Relu(), new Pool2d(PoolingKind.Max, 3, 2, 1));
        yield return GraphCase.Of("max-pool-ceil", [3, 8, 7], new Pool2d(PoolingKind.Max, 3, 2, ceilMode: true));
        yield return GraphCase.Of("average-pool", [3, 8, 6], new Pool2d(PoolingKind.Average, 2));
        yield return GraphCase.Of("average-pool-padding-counts", [3, 7, 6], new Pool2d(PoolingKind.Average, 3, 2, 1));
        yield return GraphCase.Of("average-pool-same", [3, 7, 6], new Pool2d(PoolingKind.Average, 3, 1, 1, countsPadding: false));
        yield return GraphCase.Of("average-pool-padding-does-not-count", [3, 8, 6], new Pool2d(PoolingKind.Average, 3, 2, 1, countsPadding: false))
            with { IsReadByOpenCv = false };
        yield return GraphCase.Of("average-pool-ceil", [3, 8, 7], new Pool2d(PoolingKind.Average, 3, 2, 1, ceilMode: true)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("global-average-pool", [6, 5, 4], Layers.GlobalAveragePool());
        yield return GraphCase.Of("batch-norm", [6, 5, 4], new BatchNorm(6, 1e-3f));
        yield return GraphCase.Of("lrn", [9, 5, 4], new LocalResponseNorm(5, 0.5f, 0.6f, 1.5f));
        yield return GraphCase.Of("softmax", [6], new Softmax(1));
        yield return GraphCase.Of("softmax-channels", [6, 5, 4], new Softmax(1));
        yield return GraphCase.Of("log-softmax-rows", [6, 5, 4], new Softmax(2, IsLog: true)) with { IsReadByOpenCv = false };
    }

    private static IEnumerable<GraphCase> Activations()
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            // Logarithm and root of positive numbers.
            Layer before = kind is ActivationKind.Log or ActivationKind.Sqrt or ActivationKind.Reciprocal
                ? new Activation(ActivationKind.Affine, 0.4f, 0.6f)
                : new Activation(ActivationKind.Affine, 5, 0.1f);
            yield return GraphCase.Of($"activation-{kind}", [3, 4, 5], before, new Activation(kind)) with { IsReadByOpenCv = false };
        }

        foreach ((string name, Activation activation) in ((string, Activation)[])
            [("relu", new(ActivationKind.Relu)), ("relu6", new(ActivationKind.Clip, 0, 6)), ("sigmoid", new(ActivationKind.Sigmoid)),
             ("tanh", new(ActivationKind.Tanh)), ("elu", new(ActivationKind.Elu)), ("leaky-relu", new(ActivationKind.LeakyRelu, 0.2f))])
        {
            yield return GraphCase.Of($"convolution-{name}", [3, 4, 5], new Conv2d(3, 4, 3, padding: 1, hasBias: true), activation);
        }

        yield return GraphCase.Of("clip", [3, 4, 5], new Activation(ActivationKind.Clip, -0.3f, 0.4f)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("clip-above", [3, 4, 5], new Activation(ActivationKind.Clip, beta: 0.4f)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("elu-alpha", [3, 4, 5], new Activation(ActivationKind.Elu, 0.7f)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("selu-own", [3, 4, 5], new Activation(ActivationKind.Selu, 1.5f, 1.1f)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("hard-sigmoid-own", [3, 4, 5], new Activation(ActivationKind.HardSigmoid, 1 / 6f, 0.5f)) with { IsReadByOpenCv = false };
    }

    private static IEnumerable<GraphCase> Moving()
    {
        yield return GraphCase.Of("shortcut-a", [4, 7, 8], new ZeroPadShortcut(2, 1, 3));
        yield return GraphCase.Of("shortcut-a-stride-1", [4, 7, 8], new ZeroPadShortcut(1, 2, 2));
        yield return GraphCase.Of("flatten", [4, 3, 2], Layers.Flatten(), new Linear(24, 3));
        yield return GraphCase.Of("flatten-row", [4, 1, 1], Layers.Flatten(), new Linear(4, 3));
        yield return Fire();
        yield return GraphCase.Of("slice-channels", [2, 5, 4], new Conv2d(2, 6, 1), new Slice(1, 1, 3));
        yield return GraphCase.Of("slice-rows", [2, 5, 4], new Conv2d(2, 6, 1), new Slice(2, 1, 3));
        yield return GraphCase.Of("slice-every-second", [3, 8, 7], new Slice(2, 0, 4, 2), new Slice(3, 0, 4, 2));
        yield return GraphCase.Of("slice-every-third-from-1", [3, 8, 7], new Slice(2, 1, 2, 3));
        yield return GraphCase.Of("slice-channels-strided", [7, 3, 4], new Slice(1, 1, 3, 2)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("slice-backwards", [3, 6, 4], new Slice(2, 5, 3, -2)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("slice-backwards-to-the-first", [3, 5, 4], new Slice(2, 4, 5, -1)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("pad", [3, 5, 4], new Pad(2, 1, 2), new Pad(1, 0, 1));
        yield return GraphCase.Of("pad-number", [3, 5, 4], new Pad(3, 1, 2, Value: 0.5f)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("pad-reflect", [3, 5, 4], new Pad(3, 2, 3, PadMode.Reflect)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("pad-edge", [3, 5, 4], new Pad(2, 3, 1, PadMode.Edge)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("reshape", [6, 4, 2], new Reshape([3, 2, 4, 2]), new Transpose([0, 2, 1, 3, 4]), new Reshape([6, 4, 2]))
            with { IsReadByOpenCv = false };
        yield return GraphCase.Of("reshape-row", [6, 4], new Reshape([2, 3, 4]), new Reshape([8, 3])) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("transpose", [3, 5, 4], new Transpose([0, 2, 1, 3])) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("transpose-row", [3, 5], new Transpose([0, 2, 1])) with { IsReadByOpenCv = false };
    }

    private static IEnumerable<GraphCase> Arithmetics()
    {
        foreach (ArithmeticKind kind in Enum.GetValues<ArithmeticKind>())
        {
            yield return Binary($"arithmetic-{kind}", kind, new Activation(ActivationKind.Affine, 0.3f, 1.2f), Layers.Sigmoid());
        }

        yield return Binary("arithmetic-broadcast", ArithmeticKind.Multiply, Layers.GlobalAveragePool(), Layers.Relu()) with { IsReadByOpenCv = true };
        foreach (ReductionKind kind in Enum.GetValues<ReductionKind>())
        {
            yield return GraphCase.Of($"reduce-{kind}", [3, 4, 5], new Reduce(kind, [2, 3], KeepsAxes: true)) with { IsReadByOpenCv = false };
            yield return GraphCase.Of($"reduce-{kind}-channels", [3, 4, 5], new Reduce(kind, [1], KeepsAxes: false)) with { IsReadByOpenCv = false };
        }

        yield return GraphCase.Of("reduce-mean-rows", [3, 4, 5], new Reduce(ReductionKind.Mean, [2], KeepsAxes: false)) with { IsReadByOpenCv = false };
        yield return GraphCase.Of("reduce-mean-flat", [3, 4, 5], new Reduce(ReductionKind.Mean, [2, 3], KeepsAxes: false), new Linear(3, 2));
        yield return Graph("constant", [3, 4, 5], ("c", new Constant([3, 1, 5]), []), ("y", new Arithmetic(ArithmeticKind.Add), ["input", "c"]));
        yield return Graph("matmul", [2, 3, 4], ("t", new Transpose([0, 1, 3, 2]), ["input"]), ("y", new MatMul(), ["input", "t"]));
        yield return Graph("matmul-row", [3, 4], ("c", new Constant([4, 2]), []), ("y", new MatMul(), ["input", "c"]));
        yield return Graph("add-three", [2, 3, 4], ("a", new Activation(ActivationKind.Tanh), ["input"]), ("y", new Add(), ["input", "a", "input"]))
            with { IsReadByOpenCv = true };
        yield return Graph(
            "names", [2, 3, 4], ("logits", new Activation(ActivationKind.Tanh), ["input"]), ("_ö:x y", new Activation(ActivationKind.Relu), ["logits"]),
            ("_ö:x_y", new Activation(ActivationKind.Sigmoid), ["_ö:x y"])) with { IsReadByOpenCv = true };
    }

    private static GraphCase Binary(string name, ArithmeticKind kind, Layer left, Layer right) =>
        Graph(name, [3, 4, 5], ("l", (PrimitiveLayer)left, ["input"]), ("r", (PrimitiveLayer)right, ["input"]), ("y", new Arithmetic(kind), ["r", "l"]));

    // SqueezeNet's block: two convolutions of one input side by side.
    private static GraphCase Fire() => Graph(
        "fire",
        [4, 6, 5],
        ("squeeze", new Conv2d(4, 2, 1, hasBias: true), ["input"]),
        ("relu", new Activation(ActivationKind.Relu), ["squeeze"]),
        ("one", new Conv2d(2, 3, 1, hasBias: true), ["relu"]),
        ("three", new Conv2d(2, 4, 3, padding: 1, hasBias: true), ["relu"]),
        ("both", new Concat(1), ["one", "three"])) with { IsReadByOpenCv = true };

    private static GraphCase Graph(string name, Shape input, params (string Name, PrimitiveLayer Layer, string[] Inputs)[] nodes) => new(
        name,
        new NetworkDefinition(
            name, [new NetworkInput("input", input.Prepend(1))], [.. nodes.Select(node => new Node(node.Name, node.Layer, node.Inputs))], [nodes[^1].Name]))
    {
        IsReadByOpenCv = false,
    };
}
