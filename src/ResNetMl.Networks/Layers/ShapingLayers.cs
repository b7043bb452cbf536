using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>
/// The shortcut of option A: takes every stride-th row and column and adds channels of zeros. No parameters.
/// Shapes: [N, C, H, W] → [N, channelsBefore + C + channelsAfter, ⌈H/stride⌉, ⌈W/stride⌉].
/// </summary>
/// <remarks>He et al. 2015, section 3.3 option A and section 4.2, where every CIFAR network uses it.</remarks>
/// <param name="Stride">Step over rows and columns, ≥ 1.</param>
/// <param name="ChannelsBefore">Zero channels placed before the input's, ≥ 0.</param>
/// <param name="ChannelsAfter">Zero channels placed after the input's, ≥ 0.</param>
public sealed record ZeroPadShortcut(int Stride, int ChannelsBefore, int ChannelsAfter) : PrimitiveLayer
{
    /// <summary>Step over rows and columns.</summary>
    public int Stride { get; } = Require.AtLeast(1, Stride);

    /// <summary>Zero channels placed before the input's.</summary>
    public int ChannelsBefore { get; } = Require.AtLeast(0, ChannelsBefore);

    /// <summary>Zero channels placed after the input's.</summary>
    public int ChannelsAfter { get; } = Require.AtLeast(0, ChannelsAfter);

    /// <inheritdoc/>
    public override string DefaultName => "shortcut";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Shape input = inputs[0];
        return input.Rank == 4
            ? [input[0], ChannelsBefore + input[1] + ChannelsAfter, (input[2] + Stride - 1) / Stride, (input[3] + Stride - 1) / Stride]
            : throw Mismatch(nodeName, "[N, C, H, W]", input, "A shortcut reads feature maps.");
    }
}

/// <summary>All axes but the batch as one. Shapes: [N, C, H, W] → [N, C·H·W]. ONNX Flatten with axis 1.</summary>
public sealed record Flatten : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "flatten";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) =>
        inputs[0].Rank >= 1 && inputs[0][0] > 0
            ? [inputs[0][0], checked((int)(inputs[0].ElementCount / inputs[0][0]))]
            : throw Mismatch(nodeName, "[N, …]", inputs[0], "The batch axis comes first.");
}

/// <summary>y = x·weightᵀ + bias. Shapes: [N, inFeatures] → [N, outFeatures]. ONNX Gemm with transB; torch.nn.Linear.</summary>
/// <param name="InFeatures">Length of the input rows, ≥ 1.</param>
/// <param name="OutFeatures">Length of the output rows, ≥ 1; for a classifier, the classes.</param>
/// <param name="HasBias">Whether a bias per output is added.</param>
public sealed record Linear(int InFeatures, int OutFeatures, bool HasBias = true) : PrimitiveLayer
{
    /// <summary>Length of the input rows.</summary>
    public int InFeatures { get; } = Require.AtLeast(1, InFeatures);

    /// <summary>Length of the output rows; for a classifier, the classes.</summary>
    public int OutFeatures { get; } = Require.AtLeast(1, OutFeatures);

    /// <inheritdoc/>
    public override string DefaultName => "linear";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            var weight = new ParameterSpec(
                "weight", [OutFeatures, InFeatures], StateKind.Parameter, Initialization.UniformFanIn, InFeatures, OutFeatures);
            return HasBias
                ? [weight, new ParameterSpec("bias", [OutFeatures], StateKind.Parameter, Initialization.UniformFanIn, InFeatures, OutFeatures)]
                : [weight];
        }
    }

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) =>
        inputs[0].Rank == 2 && inputs[0][1] == InFeatures
            ? [inputs[0][0], OutFeatures]
            : throw Mismatch(nodeName, $"[N, {InFeatures}]", inputs[0], "Feature maps need a global pool and Flatten before them.");

    /// <inheritdoc/>
    public override long MultiplyAdds(IReadOnlyList<Shape> inputs, Shape output) => output.ElementCount * InFeatures;
}
