using System.Globalization;

namespace ResNetMl.Engine;

/// <summary>Which optimiser moves the parameters, with what constants. Immutable; the state lives in the <see cref="Optimizer"/>.</summary>
public abstract record OptimizerOptions
{
    /// <summary>
    /// Weight decay λ ≥ 0. SGD adds λ·w to the gradient, as PyTorch's and He et al.'s does; AdamW shrinks w by learningRate·λ·w apart from the
    /// gradient (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101).
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>λ₁ ≥ 0 of the penalty λ₁·Σ|w| added to the loss: λ₁·sign(w) is added to the gradient, 0 at w = 0.</summary>
    public double L1Penalty { get; init; }

    /// <summary>λ₂ ≥ 0 of the penalty λ₂/2·Σw² added to the loss: λ₂·w is added to the gradient, whatever the optimiser.</summary>
    public double L2Penalty { get; init; }

    /// <summary>
    /// Whether decay and penalties also hold for batch norm's weight and bias and for the biases of convolutions and linear layers (all
    /// parameters of one axis). True is what PyTorch does and He et al. did; false is He et al. 2018 (https://arxiv.org/abs/1812.01187, section 3.1).
    /// </summary>
    public bool DecaysBatchNormAndBiases { get; init; } = true;

    /// <summary>Makes the optimiser of one training.</summary>
    /// <param name="parameters">What it moves; read and written in place at every step.</param>
    /// <param name="parallel">Threads that share the work. The result does not depend on their number.</param>
    /// <param name="learningRateFactor">
    /// What the learning rate is multiplied by, ≥ 0, for a parameter's whole name (PyTorch: one parameter group for each factor, Howard and
    /// Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.2: discriminative fine-tuning). With 0 a parameter and what is remembered of it
    /// stay as they are, decay and penalties included. Null: 1 for all.
    /// </param>
    /// <exception cref="ArgumentException">A constant or a factor is out of range; the message names it.</exception>
    public abstract Optimizer Create(ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor = null);

    /// <summary>Checks the constants.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        RequireRange(nameof(WeightDecay), WeightDecay, WeightDecay >= 0, "≥ 0");
        RequireRange(nameof(L1Penalty), L1Penalty, L1Penalty >= 0, "≥ 0");
        RequireRange(nameof(L2Penalty), L2Penalty, L2Penalty >= 0, "≥ 0");
    }

    private protected void RequireRange(string name, double value, bool isInRange, string range)
    {
        if (!isInRange || !double.IsFinite(value))
        {
            throw new ArgumentException($"{GetType().Name}.{name} must be {range}, got {value.ToString(CultureInfo.InvariantCulture)}.");
        }
    }
}

/// <summary>Stochastic gradient descent with momentum, in PyTorch's formulation (torch.optim.SGD, dampening 0).</summary>
/// <remarks>buffer ← momentum·buffer + gradient; w ← w − learningRate·buffer, or with Nesterov − learningRate·(gradient + momentum·buffer).</remarks>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>Share of the buffer kept at each step, in [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the step looks ahead along the buffer; needs a momentum.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override Optimizer Create(ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor = null)
    {
        Validate();
        return new SgdOptimizer(this, parameters, parallel, learningRateFactor);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(Momentum), Momentum, Momentum is >= 0 and < 1, "in [0, 1)");
        if (Nesterov && Momentum == 0)
        {
            throw new ArgumentException("SgdOptions.Nesterov needs a Momentum above 0: without one there is nothing to look ahead along.");
        }
    }
}

/// <summary>Adam with decoupled weight decay (torch.optim.AdamW): Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>Share of the mean of gradients kept at each step, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Share of the mean of squared gradients kept at each step, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared gradients' mean; &gt; 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override Optimizer Create(ParameterArena parameters, ParallelRunner parallel, Func<string, double>? learningRateFactor = null)
    {
        Validate();
        return new AdamWOptimizer(this, parameters, parallel, learningRateFactor);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireRange(nameof(Beta1), Beta1, Beta1 is >= 0 and < 1, "in [0, 1)");
        RequireRange(nameof(Beta2), Beta2, Beta2 is >= 0 and < 1, "in [0, 1)");
        RequireRange(nameof(Epsilon), Epsilon, Epsilon > 0, "> 0");
    }
}
