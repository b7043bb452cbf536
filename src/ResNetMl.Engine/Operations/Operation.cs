using ResNetMl.Networks;

namespace ResNetMl.Engine;

/// <summary>One step of an operation list: reads values, makes one.</summary>
/// <param name="Name">Name of the node it does, or of the last where it does several.</param>
/// <param name="Inputs">Indices of the values it reads.</param>
/// <param name="Output">Index of the value it makes.</param>
public abstract record Operation(string Name, IReadOnlyList<int> Inputs, int Output)
{
    /// <summary>
    /// Whether training leaves its parameters as they are: their gradients are not computed, and batch norm normalises with its running
    /// statistics, which do not move. Gradients still pass through it to what it reads, where that is learned.
    /// </summary>
    public bool IsFrozen { get; init; }

    /// <summary>Whether it has parameters that are learned, so that training needs its output's gradient.</summary>
    internal bool LearnsParameters => !IsFrozen && (this is ConvolutionOperation or BatchNormOperation or LinearOperation ||
        (this is LayerOperation { Layer: { } layer } && layer.Parameters.Any(spec => spec.Kind == StateKind.Parameter)));
}

/// <summary>Convolution, then (in this order, each where asked for) + bias, + a second input, activation.</summary>
/// <param name="Name">Name of the last node it does.</param>
/// <param name="Inputs">[x], or [x, addend] with the addend in the output's shape.</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">Kernel size, stride, padding, groups.</param>
/// <param name="Weight">Name of the weight, [out, in/groups, kH, kW].</param>
/// <param name="Bias">Name of the bias, [out], or null.</param>
/// <param name="Activation">Applied last, or null: ReLU, or clipping between bounds that 0 lies between.</param>
public sealed record ConvolutionOperation(
    string Name, IReadOnlyList<int> Inputs, int Output, Conv2d Layer, string Weight, string? Bias, Activation? Activation)
    : Operation(Name, Inputs, Output);

/// <summary>Batch norm, then (each where asked for) + a second input, activation.</summary>
/// <param name="Name">Name of the last node it does.</param>
/// <param name="Inputs">[x], or [x, addend] with the addend in the output's shape.</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">Channels, epsilon, momentum.</param>
/// <param name="Weight">Name of γ, [channels].</param>
/// <param name="Bias">Name of β, [channels].</param>
/// <param name="RunningMean">Name of the running mean, [channels].</param>
/// <param name="RunningVariance">Name of the running variance, [channels].</param>
/// <param name="Activation">Applied last, or null.</param>
/// <remarks>
/// In a plan for scoring, and where it is frozen, the running statistics normalise; else in a training plan the batch's, and the running ones move.
/// </remarks>
public sealed record BatchNormOperation(
    string Name,
    IReadOnlyList<int> Inputs,
    int Output,
    BatchNorm Layer,
    string Weight,
    string Bias,
    string RunningMean,
    string RunningVariance,
    ActivationKind? Activation)
    : Operation(Name, Inputs, Output);

/// <summary>Element-wise activation.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">Which function, with its parameters.</param>
public sealed record ActivationOperation(string Name, IReadOnlyList<int> Inputs, int Output, Activation Layer)
    : Operation(Name, Inputs, Output);

/// <summary>Sum of two or more values of equal shapes, then an activation where asked for.</summary>
/// <param name="Name">Name of the last node it does.</param>
/// <param name="Inputs">The values.</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Activation">Applied last, or null.</param>
public sealed record AddOperation(string Name, IReadOnlyList<int> Inputs, int Output, ActivationKind? Activation)
    : Operation(Name, Inputs, Output);

/// <summary>Max or average pooling over a sliding window.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">Kind, window, stride, padding.</param>
public sealed record PoolOperation(string Name, IReadOnlyList<int> Inputs, int Output, Pool2d Layer)
    : Operation(Name, Inputs, Output);

/// <summary>Mean of each feature map: [N, C, H, W] → [N, C, 1, 1].</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
public sealed record GlobalAveragePoolOperation(string Name, IReadOnlyList<int> Inputs, int Output)
    : Operation(Name, Inputs, Output);

/// <summary>All axes but the batch as one, in [C, H, W] order whatever the backend's layout.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
public sealed record FlattenOperation(string Name, IReadOnlyList<int> Inputs, int Output)
    : Operation(Name, Inputs, Output);

/// <summary>y = x·weightᵀ + bias.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x], of shape [N, in].</param>
/// <param name="Output">The value it makes, [N, out].</param>
/// <param name="Layer">Feature counts.</param>
/// <param name="Weight">Name of the weight, [out, in].</param>
/// <param name="Bias">Name of the bias, [out], or null.</param>
public sealed record LinearOperation(string Name, IReadOnlyList<int> Inputs, int Output, Linear Layer, string Weight, string? Bias)
    : Operation(Name, Inputs, Output);

/// <summary>Dropout; only in lists for training.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Rate">Probability of dropping an element.</param>
/// <param name="Salt">Differs between the dropouts of a network, so that their masks do.</param>
public sealed record DropoutOperation(string Name, IReadOnlyList<int> Inputs, int Output, float Rate, int Salt)
    : Operation(Name, Inputs, Output);

/// <summary>Shortcut of option A: every stride-th row and column, with channels of zeros before and after.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">[x].</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">Stride and zero channels.</param>
public sealed record ZeroPadShortcutOperation(string Name, IReadOnlyList<int> Inputs, int Output, ZeroPadShortcut Layer)
    : Operation(Name, Inputs, Output);

/// <summary>A layer that no other operation describes; nothing is fused with it.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">What the layer reads.</param>
/// <param name="Output">The value it makes.</param>
/// <param name="Layer">What is computed.</param>
/// <param name="State">Names of the layer's parameters and buffers, in the layer's order.</param>
/// <param name="Salt">Differs between the operations of a network, so that their random numbers do.</param>
public sealed record LayerOperation(
    string Name, IReadOnlyList<int> Inputs, int Output, PrimitiveLayer Layer, IReadOnlyList<string> State, int Salt)
    : Operation(Name, Inputs, Output);
