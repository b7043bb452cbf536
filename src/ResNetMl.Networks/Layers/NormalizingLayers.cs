using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>eˣ/Σeˣ along an axis: probabilities of logits; shape kept. ONNX Softmax and LogSoftmax since opset 13.</summary>
/// <param name="Axis">The axis that sums to 1, ≥ 1.</param>
/// <param name="IsLog">Whether the logarithm is given instead: x − ln Σeˣ.</param>
public sealed record Softmax(int Axis, bool IsLog = false) : PrimitiveLayer
{
    /// <summary>The axis that sums to 1.</summary>
    public int Axis { get; } = Networks.Axis.RequireInner(Axis);

    /// <inheritdoc/>
    public override string DefaultName => IsLog ? "logsoftmax" : "softmax";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        Networks.Axis.Require(nodeName, Axis, inputs[0]);
        return inputs[0];
    }
}

/// <summary>
/// x/(bias + alpha/size·Σ x'²)^beta, the sum being over the size channels around the element's own; shape kept, rank ≥ 3.
/// Krizhevsky et al. 2012, section 3.3; ONNX LRN.
/// </summary>
/// <param name="Size">Channels of the sum, ≥ 1: ⌊(size − 1)/2⌋ before and ⌈(size − 1)/2⌉ after the element's own.</param>
/// <param name="Alpha">Factor of the mean square, finite.</param>
/// <param name="Beta">The exponent, finite.</param>
/// <param name="Bias">Added to the mean square, finite.</param>
public sealed record LocalResponseNorm(int Size, float Alpha = 1e-4f, float Beta = 0.75f, float Bias = 1) : PrimitiveLayer
{
    /// <summary>Channels of the sum.</summary>
    public int Size { get; } = Require.AtLeast(1, Size);

    /// <summary>Factor of the mean square.</summary>
    public float Alpha { get; } = Require.Within(float.MinValue, float.MaxValue, Alpha);

    /// <summary>The exponent.</summary>
    public float Beta { get; } = Require.Within(float.MinValue, float.MaxValue, Beta);

    /// <summary>Added to the mean square.</summary>
    public float Bias { get; } = Require.Within(float.MinValue, float.MaxValue, Bias);

    /// <inheritdoc/>
    public override string DefaultName => "lrn";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0].Rank >= 3
        ? inputs[0]
        : throw Mismatch(nodeName, "[N, C, …]", inputs[0], "It normalises across the channels of feature maps.");
}

/// <summary>What <see cref="StochasticDepth"/> drops together.</summary>
public enum StochasticDepthMode
{
    /// <summary>The whole batch or nothing: Huang et al. 2016 as published.</summary>
    Batch = 0,

    /// <summary>Each image for itself.</summary>
    Row = 1,
}

/// <summary>
/// In training sets a residual branch to 0 with a probability and scales it by 1/(1 − rate) otherwise; in inference the identity.
/// Huang et al. 2016 (https://arxiv.org/abs/1603.09382), who scale in inference instead; torchvision.ops.StochasticDepth.
/// </summary>
/// <param name="Rate">Probability of dropping, in [0, 1).</param>
/// <param name="Mode">What is dropped together.</param>
public sealed record StochasticDepth(float Rate, StochasticDepthMode Mode = StochasticDepthMode.Row) : PrimitiveLayer
{
    /// <summary>Probability of dropping.</summary>
    public float Rate { get; } = Require.Within(0, MathF.BitDecrement(1), Rate);

    /// <inheritdoc/>
    public override string DefaultName => "stochasticdepth";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0];
}
