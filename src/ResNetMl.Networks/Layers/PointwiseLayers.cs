using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Normalises each channel over the batch, then scales and shifts it. Ioffe and Szegedy 2015; ONNX BatchNormalization.</summary>
/// <remarks>
/// Shape kept: [N, channels, H, W]. In training y = weight·(x − mean)/√(variance + epsilon) + bias with mean and biased variance of the
/// batch; runningMean and runningVariance move by <see cref="Momentum"/> towards the batch's mean and unbiased variance. In inference the
/// running values are used.
/// </remarks>
/// <param name="Channels">Channels of the input, ≥ 1.</param>
/// <param name="Epsilon">Added to the variance, in [0, 1].</param>
/// <param name="Momentum">Share of the new batch in the running values, in [0, 1].</param>
public sealed record BatchNorm(int Channels, float Epsilon = 1e-5f, float Momentum = 0.1f) : PrimitiveLayer
{
    /// <summary>Channels of the input.</summary>
    public int Channels { get; } = Require.AtLeast(1, Channels);

    /// <summary>Added to the variance, so that a constant channel does not divide by 0.</summary>
    public float Epsilon { get; } = Require.Within(0, 1, Epsilon);

    /// <summary>Share of the new batch in the running values (PyTorch's meaning; ONNX means the share kept).</summary>
    public float Momentum { get; } = Require.Within(0, 1, Momentum);

    /// <inheritdoc/>
    public override string DefaultName => "bn";

    /// <summary>How the weight (γ) starts: ones, or zeros for the last of a residual branch (Goyal et al. 2017, section 5.1).</summary>
    public Initialization WeightInitialization { get; init; } = Initialization.Ones;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
    [
        new("weight", [Channels], StateKind.Parameter, WeightInitialization),
        new("bias", [Channels], StateKind.Parameter, Initialization.Zeros),
        new("running_mean", [Channels], StateKind.Buffer, Initialization.Zeros),
        new("running_var", [Channels], StateKind.Buffer, Initialization.Ones),
    ];

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) =>
        inputs[0].Rank == 4 && inputs[0][1] == Channels
            ? inputs[0]
            : throw Mismatch(nodeName, $"[N, {Channels}, H, W]", inputs[0], "Give it the channels of the layer before it.");
}

/// <summary>The element-wise sum of its inputs, whose shapes are equal. ONNX Add. Made by <see cref="Sum"/>.</summary>
public sealed record Add : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "add";

    /// <inheritdoc/>
    public override int InputCount => -1;

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs)
    {
        foreach (Shape input in inputs)
        {
            if (input != inputs[0])
            {
                throw new ShapeMismatchException(
                    $"{nodeName}: expected branches of equal shapes, got {string.Join(" and ", inputs)}. " +
                    "A shortcut that changes shape needs a projection (option B) or zero padding (option A).");
            }
        }

        return inputs[0];
    }
}

/// <summary>In training sets each element to 0 with a probability and scales the others by 1/(1 − rate); in inference the identity.</summary>
/// <param name="Rate">Probability of dropping an element, in [0, 1). ONNX Dropout's ratio.</param>
public sealed record Dropout(float Rate) : PrimitiveLayer
{
    /// <summary>Probability of dropping an element.</summary>
    public float Rate { get; } = Require.Within(0, MathF.BitDecrement(1), Rate);

    /// <inheritdoc/>
    public override string DefaultName => "dropout";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0];
}

/// <summary>The input unchanged: the shortcut where shapes agree (He et al. 2015, equation 1). Leaves no node.</summary>
public sealed record Identity : PrimitiveLayer
{
    /// <inheritdoc/>
    public override string DefaultName => "identity";

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0];
}
