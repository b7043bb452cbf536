using ResNetMl.Tensors;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>What the residual networks of all papers can vary: the order of a block's parts, its shortcut, its activation.</summary>
public abstract record ResidualNetwork : Architecture
{
    private protected ResidualNetwork(ShortcutOption shortcut, int classes, Shape inputShape)
        : base(classes, inputShape) => Shortcut = shortcut;

    /// <summary>What shortcuts do where the shape changes.</summary>
    public ShortcutOption Shortcut { get; init; }

    /// <summary>What is put on the shortcuts' way: table 1 of He et al. 2016.</summary>
    public ShortcutModification ShortcutModification { get; init; }

    /// <summary>What the biases of gates start from, finite; for gated shortcuts.</summary>
    public float GateBias { get; init; } = ShortcutModifications.DefaultGateBias;

    /// <summary>Where batch norm and the activation stand: table 2 of He et al. 2016.</summary>
    public ActivationOrder Order { get; init; }

    /// <summary>What stands for ReLU everywhere.</summary>
    public ActivationKind Activation { get; init; }

    /// <summary>Whether a squeeze-and-excitation gate with reduction 16 ends each branch: Hu et al. 2018.</summary>
    public bool HasSqueezeExcitation { get; init; }

    /// <summary>
    /// Probability p_L in (0, 1] that the last block's branch survives a training step; those before survive with
    /// p_l = 1 − l/L·(1 − p_L). 1 is no stochastic depth; Huang et al. 2016 (https://arxiv.org/abs/1603.09382), equation 4, have 0.5.
    /// </summary>
    public float LastSurvivalProbability { get; init; } = 1;

    /// <summary>Name of the projections below their block.</summary>
    private protected abstract string ProjectionName { get; }

    /// <summary>Makes a projection of a family that has its own.</summary>
    private protected virtual Layer MakeProjection(int inChannels, int outChannels, int stride) =>
        Shortcuts.Projection(inChannels, outChannels, stride, hasBatchNorm: !ActivationOrders.EndsInConvolution(Order));

    /// <summary>One block: what stands before the convolutions, branch and shortcut, what stands after the addition.</summary>
    /// <param name="number">1 for the network's first block.</param>
    /// <param name="count">Blocks of the whole network.</param>
    /// <param name="convolutions">The branch's convolutions.</param>
    /// <param name="stride">Stride of the block.</param>
    /// <param name="dropout">Rate of a dropout before the second convolution; 0 for none.</param>
    private protected Layer MakeBlock(int number, int count, IReadOnlyList<Conv2d> convolutions, int stride, float dropout = 0)
    {
        int inChannels = convolutions[0].InChannels;
        int outChannels = convolutions[^1].OutChannels;

        // He et al. 2016, section 4: the first block's activation stands right after the stem's convolution, where the stem has it.
        Layer before = number == 1 ? Identity() : ActivationOrders.BeforeConvolutions(Order, inChannels, Activation);
        Layer branch = WithExtras(ActivationOrders.Branch(Order, convolutions, Activation, dropout), outChannels, (float)number / count);
        Layer shortcut = Shortcuts.Shortcut(Shortcut, inChannels, outChannels, stride, ProjectionName, MakeProjection);
        Layer gate = ShortcutModifications.Gate(inChannels, outChannels, stride, GateBias);

        return Sequence(
            ActivationOrders.Fork(
                before, branch, shortcut, (left, right) => ShortcutModifications.Addition(ShortcutModification, left, right, gate)),
            ActivationOrders.AfterAddition(Order, convolutions.Count, outChannels, Activation));
    }

    /// <summary>A plain block: the branch of the original order without a shortcut, then the activation.</summary>
    private protected Layer MakePlainBlock(IReadOnlyList<Conv2d> convolutions) => HasOnlyPlainOptions
        ? Sequence(ActivationOrders.Branch(ActivationOrder.Original, convolutions, Activation), Activate(Activation))
        : throw new ArgumentException(
            $"{Name}: a plain network has no shortcuts, so of the options of residual blocks it takes the activation alone. Use a resnet.");

    /// <summary>Whether nothing is asked for that needs a shortcut.</summary>
    internal bool HasOnlyPlainOptions =>
        Order == ActivationOrder.Original && ShortcutModification == ShortcutModification.None && !HasSqueezeExcitation && LastSurvivalProbability == 1;

    private Layer WithExtras(Layer branch, int channels, float placeInNetwork)
    {
        if (LastSurvivalProbability is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(LastSurvivalProbability), LastSurvivalProbability, "The last block survives with a probability above 0, up to 1.");
        }

        Layer weighed = HasSqueezeExcitation ? Sequence(branch, Blocks.SqueezeExcitation(channels, activation: Activation)) : branch;
        return LastSurvivalProbability < 1
            ? Sequence(weighed, StochasticDepth(placeInNetwork * (1 - LastSurvivalProbability)))
            : weighed;
    }
}
