namespace ResNetMl.Networks;

/// <summary>The words networks are written in: each function makes a layer, and layers are put together by <see cref="Sequence(ReadOnlySpan{Layer})"/>, <see cref="Add"/>, <see cref="Product"/> and <see cref="Gated"/>.</summary>
/// <remarks>
/// Meant for <c>using static ResNetMl.Networks.Layers;</c>, so that a network reads top to bottom like its figure. Convolutions have no
/// bias, because batch norm follows each of them, and pad so that only the stride changes the size: H → ⌈H/stride⌉.
/// </remarks>
public static class Layers
{
    /// <summary>A 1×1 convolution: mixes channels, sees one pixel. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step over rows and columns, ≥ 1.</param>
    public static Conv2d Conv1x1(int inChannels, int outChannels, int stride = 1) => SquareConvolution(inChannels, outChannels, 1, stride);

    /// <summary>A 3×3 convolution with padding 1. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <param name="inChannels">Channels of the input, ≥ 1.</param>
    /// <param name="outChannels">Channels of the output, ≥ 1.</param>
    /// <param name="stride">Step over rows and columns, ≥ 1.</param>
    /// <param name="groups">Groups of channels that do not mix: the cardinality of ResNeXt. Divides both channel counts.</param>
    public static Conv2d Conv3x3(int inChannels, int outChannels, int stride = 1, int groups = 1) =>
        SquareConvolution(inChannels, outChannels, 3, stride, groups);

    /// <summary>A 7×7 convolution with padding 3. [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].</summary>
    /// <inheritdoc cref="Conv1x1"/>
    public static Conv2d Conv7x7(int inChannels, int outChannels, int stride = 1) => SquareConvolution(inChannels, outChannels, 7, stride);

    /// <summary>Batch normalisation with ε = 1e-5 and momentum 0.1; shape kept.</summary>
    /// <param name="channels">Channels of the input, ≥ 1.</param>
    /// <seealso cref="Networks.BatchNorm"/>
    public static Layer BatchNorm(int channels) => new BatchNorm(channels);

    /// <summary>max(x, 0); shape kept.</summary>
    public static Layer Relu() => new Activation(ActivationKind.Relu);

    /// <summary>1/(1 + e⁻ˣ), in (0, 1); shape kept.</summary>
    public static Layer Sigmoid() => new Activation(ActivationKind.Sigmoid);

    /// <summary>The hyperbolic tangent, in (−1, 1); shape kept.</summary>
    public static Layer Tanh() => new Activation(ActivationKind.Tanh);

    /// <summary>x where x ≥ 0, else eˣ − 1; shape kept.</summary>
    public static Layer Elu() => new Activation(ActivationKind.Elu);

    /// <summary>An activation with its usual parameters; shape kept.</summary>
    /// <param name="kind">Which function.</param>
    public static Layer Activate(ActivationKind kind) => new Activation(kind);

    /// <summary>factor·x; shape kept.</summary>
    /// <param name="factor">Any finite number.</param>
    public static Layer Scale(float factor) => new Activation(ActivationKind.Affine, alpha: factor);

    /// <summary>1 − x: the other side of a gate; shape kept.</summary>
    public static Layer OneMinus() => new Activation(ActivationKind.Affine, alpha: -1, beta: 1);

    /// <summary>The largest element of each window. [N, C, H, W] → [N, C, H', W'].</summary>
    /// <param name="kernelSize">Height and width of the window, ≥ 1.</param>
    /// <param name="stride">Step of the window, ≥ 1.</param>
    /// <param name="padding">Rows and columns on each side, less than the kernel size; they never win.</param>
    public static Layer MaxPool(int kernelSize, int stride, int padding = 0) => new Pool2d(PoolingKind.Max, kernelSize, stride, padding);

    /// <summary>The mean of each window, padding counted as zeros. [N, C, H, W] → [N, C, H', W'].</summary>
    /// <param name="kernelSize">Height and width of the window, ≥ 1.</param>
    /// <param name="stride">Step of the window, ≥ 1.</param>
    /// <param name="padding">Rows and columns on each side, less than the kernel size.</param>
    public static Layer AveragePool(int kernelSize, int stride, int padding = 0) => new Pool2d(PoolingKind.Average, kernelSize, stride, padding);

    /// <summary>The mean of each feature map. [N, C, H, W] → [N, C, 1, 1].</summary>
    public static Layer GlobalAveragePool() => new GlobalAveragePool();

    /// <summary>All axes but the batch as one. [N, C, H, W] → [N, C·H·W].</summary>
    public static Layer Flatten() => new Flatten();

    /// <summary>A linear layer with bias. [N, inFeatures] → [N, outFeatures].</summary>
    /// <param name="inFeatures">Length of the input rows, ≥ 1.</param>
    /// <param name="outFeatures">Length of the output rows, ≥ 1.</param>
    public static Layer Linear(int inFeatures, int outFeatures) => new Linear(inFeatures, outFeatures);

    /// <summary>Drops elements in training; shape kept.</summary>
    /// <param name="rate">Probability of dropping an element, in [0, 1).</param>
    public static Layer Dropout(float rate) => new Dropout(rate);

    /// <summary>Drops a residual branch of the whole batch in training; shape kept.</summary>
    /// <param name="rate">Probability of dropping it, in [0, 1).</param>
    /// <seealso cref="Networks.StochasticDepth"/>
    public static Layer StochasticDepth(float rate) => new StochasticDepth(rate, StochasticDepthMode.Batch);

    /// <summary>The input unchanged: He et al. 2015, equation 1.</summary>
    public static Layer Identity() => new Identity();

    /// <summary>Layers one after another, each fed by the one before.</summary>
    /// <param name="layers">From the input to the output; none at all is the identity.</param>
    public static Layer Sequence(params ReadOnlySpan<Layer> layers) => new Sequence(layers.ToArray());

    /// <inheritdoc cref="Sequence(ReadOnlySpan{Layer})"/>
    public static Layer Sequence(IEnumerable<Layer> layers) => new Sequence([.. layers]);

    /// <summary>The element-wise sum of branches that all read the same input.</summary>
    /// <param name="branches">At least two; their output shapes are equal.</param>
    /// <exception cref="ArgumentException">Fewer than two branches.</exception>
    public static Layer Add(params ReadOnlySpan<Layer> branches) => branches.Length >= 2
        ? new Sum(branches.ToArray())
        : throw new ArgumentException($"A sum needs at least two branches, got {branches.Length}.", nameof(branches));

    /// <summary>The element-wise product of branches that all read the same input; lengths of 1 repeat.</summary>
    /// <param name="branches">At least two.</param>
    /// <exception cref="ArgumentException">Fewer than two branches.</exception>
    public static Layer Product(params ReadOnlySpan<Layer> branches) => branches.Length >= 2
        ? new Product(branches.ToArray())
        : throw new ArgumentException($"A product needs at least two branches, got {branches.Length}.", nameof(branches));

    /// <inheritdoc cref="Networks.Gated"/>
    /// <param name="gate">g, whose output is in [0, 1].</param>
    /// <param name="branch">F.</param>
    /// <param name="shortcut">h.</param>
    public static Layer Gated(Layer gate, Layer branch, Layer shortcut) => new Gated(gate, branch, shortcut);

    private static Conv2d SquareConvolution(int inChannels, int outChannels, int kernelSize, int stride, int groups = 1) =>
        new(inChannels, outChannels, kernelSize, stride, padding: kernelSize / 2, groups);
}
