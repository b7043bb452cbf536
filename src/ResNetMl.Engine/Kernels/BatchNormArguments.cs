namespace ResNetMl.Engine;

/// <summary>Buffers of a fused batch norm's forward pass; feature maps in the layout it was made for.</summary>
internal unsafe struct BatchNormForwardArguments
{
    /// <summary>What is normalised.</summary>
    internal float* Input;

    /// <summary>Added after normalising, or null.</summary>
    internal float* Addend;

    /// <summary>Normalised, added, activated. May be <see cref="Input"/> or <see cref="Addend"/> itself when scoring.</summary>
    internal float* Output;

    /// <summary>γ, [channels].</summary>
    internal float* Weight;

    /// <summary>β, [channels].</summary>
    internal float* Bias;

    /// <summary>[channels]; moved in training, read in scoring.</summary>
    internal float* RunningMean;

    /// <inheritdoc cref="RunningMean"/>
    internal float* RunningVariance;
}

/// <summary>Buffers of a fused batch norm's backward pass; feature maps in the layout it was made for.</summary>
internal unsafe struct BatchNormBackwardArguments
{
    /// <summary>The forward pass's input.</summary>
    internal float* Input;

    /// <summary>The forward pass's output: where it is positive, the activation let the gradient through.</summary>
    internal float* Output;

    /// <summary>∂loss/∂output.</summary>
    internal float* OutputGradient;

    /// <summary>∂loss/∂input, or null where nobody asks. May be <see cref="OutputGradient"/> itself.</summary>
    internal float* InputGradient;

    /// <summary>∂loss/∂addend, or null. May be <see cref="OutputGradient"/> itself.</summary>
    internal float* AddendGradient;

    /// <summary>Whether the input's gradient is added to what is there, for a value with several readers.</summary>
    internal bool AccumulatesInputGradient;

    /// <summary>Whether the addend's gradient is added to what is there.</summary>
    internal bool AccumulatesAddendGradient;

    /// <summary>γ, [channels].</summary>
    internal float* Weight;

    /// <summary>∂loss/∂γ, [channels], overwritten.</summary>
    internal float* WeightGradient;

    /// <summary>∂loss/∂β, [channels], overwritten.</summary>
    internal float* BiasGradient;
}
