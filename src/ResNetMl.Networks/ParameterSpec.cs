using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>How a tensor of a new network starts.</summary>
public enum Initialization
{
    /// <summary>All 0: biases, running means.</summary>
    Zeros = 0,

    /// <summary>All 1: batch-norm weights, running variances.</summary>
    Ones = 1,

    /// <summary>
    /// Normal with mean 0 and variance 2 / fan-out, fan-out = outChannels · kernel area / groups: He et al. 2015 ("Delving deep into
    /// rectifiers", https://arxiv.org/abs/1502.01852, equation 14). PyTorch: kaiming_normal_(mode="fan_out").
    /// </summary>
    HeNormalFanOut = 2,

    /// <summary>Uniform in ±1/√fan-in: PyTorch's default for linear layers, weight and bias.</summary>
    UniformFanIn = 3,

    /// <summary>All <see cref="ParameterSpec.Value"/>: the biases of gates.</summary>
    Constant = 4,
}

/// <summary>Who changes a tensor of the state dictionary.</summary>
public enum StateKind
{
    /// <summary>Learned: the optimiser changes it.</summary>
    Parameter = 0,

    /// <summary>Tracked: running mean and variance; the forward pass in training changes it.</summary>
    Buffer = 1,
}

/// <summary>One tensor that a layer needs: name, shape, who changes it, how it starts.</summary>
/// <param name="Name">In a layer, the last part (<c>weight</c>); in a network, the whole name (<c>layer1.0.conv1.weight</c>).</param>
/// <param name="Shape">Convolution weights are [out, in/groups, kH, kW], linear weights [out, in].</param>
/// <param name="Kind">Parameter or buffer.</param>
/// <param name="Initialization">How it starts in a new network.</param>
/// <param name="FanIn">Inputs that feed one output; for <see cref="Initialization.UniformFanIn"/>.</param>
/// <param name="FanOut">Outputs that one input feeds; for <see cref="Initialization.HeNormalFanOut"/>.</param>
/// <param name="Value">The number of <see cref="Initialization.Constant"/>.</param>
public sealed record ParameterSpec(
    string Name, Shape Shape, StateKind Kind, Initialization Initialization, int FanIn = 0, int FanOut = 0, float Value = 0);
