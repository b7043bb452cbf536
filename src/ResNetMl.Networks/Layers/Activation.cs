using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Functions that are applied to each element for itself; α and β are <see cref="Activation.Alpha"/> and <see cref="Activation.Beta"/>.</summary>
public enum ActivationKind
{
    /// <summary>max(x, 0). ONNX Relu.</summary>
    Relu = 0,

    /// <summary>x where x ≥ 0, else α·x; α = 0.01. ONNX LeakyRelu.</summary>
    LeakyRelu = 1,

    /// <summary>x where x ≥ 0, else α·(eˣ − 1); α = 1. Clevert et al. 2016; ONNX Elu.</summary>
    Elu = 2,

    /// <summary>β·x where x &gt; 0, else β·α·(eˣ − 1); α = 1.67326…, β = 1.05070…. Klambauer et al. 2017; ONNX Selu, whose gamma is β.</summary>
    Selu = 3,

    /// <summary>1/(1 + e⁻ˣ). ONNX Sigmoid.</summary>
    Sigmoid = 4,

    /// <summary>max(0, min(1, α·x + β)); α = 0.2, β = 0.5. ONNX HardSigmoid.</summary>
    HardSigmoid = 5,

    /// <summary>Hyperbolic tangent. ONNX Tanh.</summary>
    Tanh = 6,

    /// <summary>x·max(0, min(1, x/6 + 1/2)). Howard et al. 2019; ONNX HardSwish.</summary>
    HardSwish = 7,

    /// <summary>x/(1 + e⁻ˣ), also called swish. torch.nn.SiLU.</summary>
    Silu = 8,

    /// <summary>x/2·(1 + erf(x/√2)). Hendrycks and Gimpel 2016; torch.nn.GELU.</summary>
    Gelu = 9,

    /// <summary>min(max(x, α), β); no bounds by default; 0 and 6 make ReLU6. ONNX Clip.</summary>
    Clip = 10,

    /// <summary>ln(1 + eˣ). ONNX Softplus.</summary>
    Softplus = 11,

    /// <summary>x/(1 + |x|). ONNX Softsign.</summary>
    Softsign = 12,

    /// <summary>α·x + β; α = 1, β = 0. Scales a shortcut: He et al. 2016, equation 3.</summary>
    Affine = 13,

    /// <summary>eˣ. ONNX Exp.</summary>
    Exp = 14,

    /// <summary>Natural logarithm. ONNX Log.</summary>
    Log = 15,

    /// <summary>Square root. ONNX Sqrt.</summary>
    Sqrt = 16,

    /// <summary>|x|. ONNX Abs.</summary>
    Abs = 17,

    /// <summary>−x. ONNX Neg.</summary>
    Negate = 18,

    /// <summary>1/x. ONNX Reciprocal.</summary>
    Reciprocal = 19,
}

/// <summary>An element-wise function; shape kept.</summary>
public sealed record Activation : PrimitiveLayer
{
    /// <summary>Describes an activation.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="alpha">Its α; null for the function's own.</param>
    /// <param name="beta">Its β; null for the function's own.</param>
    /// <exception cref="ArgumentException">A parameter is not finite, or given to a function that has none.</exception>
    public Activation(ActivationKind kind, float? alpha = null, float? beta = null)
    {
        if ((alpha is not null && !HasAlpha(kind)) || (beta is not null && !HasBeta(kind)))
        {
            throw new ArgumentException($"{kind} has no {(HasAlpha(kind) ? "beta" : "alpha")}; leave it out.", nameof(kind));
        }

        (float ownAlpha, float ownBeta) = Defaults(kind);
        Kind = kind;
        Alpha = Require.Within(float.MinValue, float.MaxValue, alpha ?? ownAlpha, nameof(alpha));
        Beta = Require.Within(float.MinValue, float.MaxValue, beta ?? ownBeta, nameof(beta));
    }

    /// <summary>Which function.</summary>
    public ActivationKind Kind { get; }

    /// <summary>The function's α; 0 where it has none.</summary>
    public float Alpha { get; }

    /// <summary>The function's β; 0 where it has none.</summary>
    public float Beta { get; }

    /// <inheritdoc/>
    public override string DefaultName => Kind.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs) => inputs[0];

    /// <summary>Whether a function has an α.</summary>
    internal static bool HasAlpha(ActivationKind kind) => kind is ActivationKind.LeakyRelu or ActivationKind.Elu || HasBeta(kind);

    /// <summary>Whether a function has a β; those have an α too.</summary>
    internal static bool HasBeta(ActivationKind kind) =>
        kind is ActivationKind.Selu or ActivationKind.HardSigmoid or ActivationKind.Clip or ActivationKind.Affine;

    private static (float Alpha, float Beta) Defaults(ActivationKind kind) => kind switch
    {
        ActivationKind.LeakyRelu => (0.01f, 0),
        ActivationKind.Elu => (1, 0),
        ActivationKind.Selu => (1.67326319f, 1.05070102f),
        ActivationKind.HardSigmoid => (0.2f, 0.5f),
        ActivationKind.Clip => (float.MinValue, float.MaxValue),
        ActivationKind.Affine => (1, 0),
        _ => (0, 0),
    };
}
