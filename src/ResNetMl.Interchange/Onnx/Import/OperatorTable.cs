using System.Collections.Frozen;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Every operator that is known, by its ONNX name. docs/onnx-operators.md lists them with their attributes and limits.</summary>
internal static class OperatorTable
{
    private static readonly FrozenDictionary<string, Action<OnnxNode>> Operators = new Dictionary<string, Action<OnnxNode>>(StringComparer.Ordinal)
    {
        ["Abs"] = node => ActivationOperators.Plain(node, ActivationKind.Abs),
        ["Add"] = node => ArithmeticOperators.Binary(node, ArithmeticKind.Add),
        ["AveragePool"] = node => PoolingOperators.Pool(node, PoolingKind.Average),
        ["BatchNormalization"] = NormalizationOperators.BatchNormalization,
        ["Cast"] = ConstantOperators.Cast,
        ["Clip"] = ActivationOperators.Clip,
        ["Concat"] = MovementOperators.Concat,
        ["Constant"] = ConstantOperators.Constant,
        ["ConstantOfShape"] = ConstantOperators.ConstantOfShape,
        ["Conv"] = ConvolutionOperators.Convolution,
        ["Div"] = node => ArithmeticOperators.Binary(node, ArithmeticKind.Divide),
        ["Dropout"] = NormalizationOperators.Dropout,
        ["Elu"] = ActivationOperators.Elu,
        ["Equal"] = ConstantOperators.Equal,
        ["Erf"] = GeluPattern.Erf,
        ["Exp"] = node => ActivationOperators.Plain(node, ActivationKind.Exp),
        ["Expand"] = MovementOperators.Expand,
        ["Flatten"] = ShapeOperators.Flatten,
        ["Floor"] = ConstantOperators.Floor,
        ["Gather"] = GatherOperator.Gather,
        ["Gelu"] = ActivationOperators.Gelu,
        ["Gemm"] = LinearOperators.Gemm,
        ["GlobalAveragePool"] = node => PoolingOperators.GlobalPool(node, ReductionKind.Mean),
        ["GlobalMaxPool"] = node => PoolingOperators.GlobalPool(node, ReductionKind.Max),
        ["HardSigmoid"] = ActivationOperators.HardSigmoid,
        ["HardSwish"] = node => ActivationOperators.Plain(node, ActivationKind.HardSwish),
        ["Identity"] = ShapeOperators.Identity,
        ["InstanceNormalization"] = StandardizationOperators.InstanceNormalization,
        ["LRN"] = NormalizationOperators.LocalResponseNorm,
        ["LayerNormalization"] = StandardizationOperators.LayerNormalization,
        ["LeakyRelu"] = ActivationOperators.LeakyRelu,
        ["Log"] = node => ActivationOperators.Plain(node, ActivationKind.Log),
        ["LogSoftmax"] = node => NormalizationOperators.Softmax(node, isLog: true),
        ["MatMul"] = LinearOperators.MatMul,
        ["Max"] = node => ArithmeticOperators.Variadic(node, ArithmeticKind.Maximum),
        ["MaxPool"] = node => PoolingOperators.Pool(node, PoolingKind.Max),
        ["Mean"] = ArithmeticOperators.Mean,
        ["Min"] = node => ArithmeticOperators.Variadic(node, ArithmeticKind.Minimum),
        ["Mul"] = node => ArithmeticOperators.Binary(node, ArithmeticKind.Multiply),
        ["Neg"] = node => ActivationOperators.Plain(node, ActivationKind.Negate),
        ["PRelu"] = ActivationOperators.PRelu,
        ["Pad"] = PadOperator.Pad,
        ["Pow"] = node => ArithmeticOperators.Binary(node, ArithmeticKind.Power),
        ["Range"] = ConstantOperators.Range,
        ["Reciprocal"] = node => ActivationOperators.Plain(node, ActivationKind.Reciprocal),
        ["ReduceMax"] = node => ReductionOperators.Reduce(node, ReductionKind.Max),
        ["ReduceMean"] = node => ReductionOperators.Reduce(node, ReductionKind.Mean),
        ["ReduceMin"] = node => ReductionOperators.Reduce(node, ReductionKind.Min),
        ["ReduceSum"] = node => ReductionOperators.Reduce(node, ReductionKind.Sum),
        ["Relu"] = node => ActivationOperators.Plain(node, ActivationKind.Relu),
        ["Reshape"] = ShapeOperators.Reshape,
        ["Selu"] = ActivationOperators.Selu,
        ["Shape"] = ConstantOperators.Shape,
        ["Sigmoid"] = node => ActivationOperators.Plain(node, ActivationKind.Sigmoid),
        ["Size"] = ConstantOperators.Size,
        ["Slice"] = SliceOperators.Slice,
        ["Softmax"] = node => NormalizationOperators.Softmax(node, isLog: false),
        ["Softplus"] = node => ActivationOperators.Plain(node, ActivationKind.Softplus),
        ["Softsign"] = node => ActivationOperators.Plain(node, ActivationKind.Softsign),
        ["Split"] = SliceOperators.Split,
        ["Sqrt"] = node => ActivationOperators.Plain(node, ActivationKind.Sqrt),
        ["Squeeze"] = ShapeOperators.Squeeze,
        ["Sub"] = node => ArithmeticOperators.Binary(node, ArithmeticKind.Subtract),
        ["Sum"] = node => ArithmeticOperators.Variadic(node, ArithmeticKind.Add),
        ["Tanh"] = node => ActivationOperators.Plain(node, ActivationKind.Tanh),
        ["Tile"] = MovementOperators.Tile,
        ["Transpose"] = ShapeOperators.Transpose,
        ["Unsqueeze"] = ShapeOperators.Unsqueeze,
        ["Where"] = ConstantOperators.Where,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The known operators, in the order of their names.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. Operators.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Operators of shape arithmetic, and Erf, which is a part of Gelu: they fold, and read nothing that the network computes.</summary>
    internal static IReadOnlySet<string> ConstantsOnly { get; } = FrozenSet.Create(StringComparer.Ordinal, "Equal", "Erf", "Floor", "Range", "Where");

    /// <summary>Operators that have not changed between opset 1 and 6.</summary>
    internal static IReadOnlySet<string> UnchangedSinceOpset1 { get; } = FrozenSet.Create(
        StringComparer.Ordinal, "Conv", "Flatten", "GlobalAveragePool", "GlobalMaxPool", "Identity", "LRN", "Softplus", "Softsign", "Transpose");

    internal static Action<OnnxNode> Find(OnnxNode node, NodeProto proto) =>
        proto.Domain is "" or "ai.onnx" && Operators.TryGetValue(proto.OpType, out Action<OnnxNode>? handler)
            ? handler
            : throw node.Error(
                "a known operator",
                proto.Domain.Length > 0 ? $"'{proto.OpType}' of the domain '{proto.Domain}'" : $"'{proto.OpType}'",
                $"Known are {string.Join(", ", Names)}.");
}
