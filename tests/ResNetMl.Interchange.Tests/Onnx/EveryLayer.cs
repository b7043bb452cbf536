using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Networks that together have every layer and each of its options, for export and reading back.</summary>
internal static class EveryLayer
{
    /// <summary>Small networks by name; each takes [1, 4, 8, 8] unless it says otherwise.</summary>
    internal static IReadOnlyDictionary<string, NetworkDefinition> Definitions { get; } = new Dictionary<string, NetworkDefinition>(StringComparer.Ordinal)
    {
        ["convolutions"] = Chain(
            new Conv2d(4, 6, 3, stride: 2, padding: new Padding2d(0, 1, 1, 0), groups: 2, hasBias: true), new BatchNorm(6, 1e-3f, 0.01f),
            new Conv2d(6, 6, new Size2d(1, 3), groups: 6, dilation: new Size2d(1, 1)), new Conv2d(6, 8, 2, padding: 1, dilation: 2)),
        ["conv3d"] = Define("conv3d", [1, 2, 3, 4, 5], new Conv3d(2, 3, [1, 2, 3], [1, 1, 2], [0, 1, 0], [1, 0, 1], [1, 2, 1], hasBias: true)),
        ["pools"] = Chain(
            new Pool2d(PoolingKind.Max, 3, 2, 1), new Pool2d(PoolingKind.Average, 2, 1, new Padding2d(0, 0, 1, 1), countsPadding: false),
            new Pool2d(PoolingKind.Average, 2, 1, 1, countsPadding: true), new GlobalAveragePool(), new Flatten(), new Linear(4, 5), new Linear(5, 3, HasBias: false)),
        ["newer pools"] = Chain(new Pool2d(PoolingKind.Max, 2, 2, ceilMode: true, dilation: 2), new Pool2d(PoolingKind.Average, 2, 1, ceilMode: true)),
        ["activations"] = Chain(
            [.. Enum.GetValues<ActivationKind>().Where(kind => kind is not (ActivationKind.Log or ActivationKind.Sqrt or ActivationKind.Gelu)).Select(kind => new Activation(kind)),
                new Activation(ActivationKind.LeakyRelu, 0.3f), new Activation(ActivationKind.Clip, 0, 6), new Activation(ActivationKind.Clip, null, 2),
                new Activation(ActivationKind.Affine, 0.5f, 0), new Activation(ActivationKind.Affine, 3, -1), new Activation(ActivationKind.Abs),
                new Activation(ActivationKind.Sqrt), new Activation(ActivationKind.Affine, 1, 1), new Activation(ActivationKind.Log)]),
        ["gelu"] = Chain(new Activation(ActivationKind.Gelu)),
        ["moving"] = Chain(
            new Pad(2, 1, 2, PadMode.Reflect), new Pad(3, 0, 1, PadMode.Edge), new Pad(3, 1, 0, PadMode.Constant, 2), new Transpose([0, 3, 1, 2]), new Reshape([5, 2, 44]),
            new Softmax(2), new Softmax(1, IsLog: true), new Reduce(ReductionKind.Sum, [1, 3], KeepsAxes: true), new Reduce(ReductionKind.Max, [3], KeepsAxes: false),
            new Flatten()),
        ["slices"] = Chain(new Slice(1, 1, 2), new Slice(2, 7, 4, -2), new Slice(3, 0, 3, 3)),
        ["others"] = Chain(new LocalResponseNorm(3, 1e-2f, 0.6f, 2), new Dropout(0.3f), new ZeroPadShortcut(2, 1, 2), new ZeroPadShortcut(1, 0, 1), new Reduce(ReductionKind.Mean, [1], true), new Reduce(ReductionKind.Min, [1], true)),
        ["several inputs"] = SeveralInputs(),
        ["constants"] = Constants(),
    };

    private static NetworkDefinition Chain(params PrimitiveLayer[] layers) => Define("chain", [1, 4, 8, 8], layers);

    private static NetworkDefinition Define(string name, Shape input, params PrimitiveLayer[] layers)
    {
        var nodes = new List<Node>();
        for (int i = 0; i < layers.Length; i++)
        {
            nodes.Add(new Node($"layer{i}", layers[i], [i == 0 ? "input" : $"layer{i - 1}"]));
        }

        return new NetworkDefinition(name, [new NetworkInput("input", input)], nodes, [$"layer{layers.Length - 1}"]);
    }

    private static NetworkDefinition SeveralInputs() => new(
        "several",
        [new NetworkInput("left", [1, 3, 4, 5]), new NetworkInput("right", [1, 3, 5, 4]), new NetworkInput("gate", [1, 3, 1, 1])],
        [
            new Node("product", new MatMul(), ["left", "right"]),
            new Node("gated", new Arithmetic(ArithmeticKind.Multiply), ["product", "gate"]),
            new Node("less", new Arithmetic(ArithmeticKind.Subtract), ["gated", "product"]),
            new Node("greatest", new Arithmetic(ArithmeticKind.Maximum), ["less", "product"]),
            new Node("sum", new Add(), ["greatest", "less", "product"]),
            new Node("pair", new Add(), ["sum", "less"]),
            new Node("joined", new Concat(1), ["pair", "sum", "less"]),
        ],
        ["joined", "greatest"]);

    private static NetworkDefinition Constants() => new(
        "constants",
        [new NetworkInput("input", [1, 2, 3, 4])],
        [
            new Node("scale", new Constant([2, 1, 1]), []),
            new Node("matrix", new Constant([2, 4, 5]), []),
            new Node("scaled", new Arithmetic(ArithmeticKind.Divide), ["input", "scale"]),
            new Node("product", new MatMul(), ["scaled", "matrix"]),
            new Node("rows", new Constant([2, 2, 5]), []),
            new Node("joined", new Concat(2), ["product", "rows"]),
        ],
        ["joined"]);
}
