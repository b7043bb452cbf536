using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>What is put on the shortcuts' way: He et al. 2016, section 3 and table 1, whose finding is that nothing should be.</summary>
/// <remarks>Table 1's sixth row, a 1×1 convolution, is <see cref="ShortcutOption.ProjectionEverywhere"/>.</remarks>
public enum ShortcutModification
{
    /// <summary>Nothing: figure 2(a).</summary>
    None = 0,

    /// <summary>The shortcut times 0.5: figure 2(b), F not scaled.</summary>
    ConstantScaling = 1,

    /// <summary>Shortcut and branch times 0.5: figure 2(b), F scaled.</summary>
    ConstantScalingOfBoth = 2,

    /// <summary>The branch times g(x), the shortcut times 1 − g(x), with g(x) = σ(W·x + b): figure 2(c).</summary>
    ExclusiveGating = 3,

    /// <summary>The shortcut times 1 − g(x): figure 2(d).</summary>
    ShortcutOnlyGating = 4,

    /// <summary>Dropout with a rate of 0.5 on the shortcut: figure 2(f).</summary>
    Dropout = 5,
}

/// <summary>Sums of branch and shortcut with something on the shortcut's way: He et al. 2016, figure 2.</summary>
public static class ShortcutModifications
{
    /// <summary>The bias that gates start from: the best of those the paper tried, 0 to −10.</summary>
    public const float DefaultGateBias = -6;

    private const float ConstantScale = 0.5f;
    private const float DropoutRate = 0.5f;

    /// <summary>Branch and shortcut added, as a row of table 1 does it.</summary>
    /// <param name="modification">The row.</param>
    /// <param name="branch">The residual branch F.</param>
    /// <param name="shortcut">The shortcut h.</param>
    /// <param name="gate">g, for gating; its output has the branch's shape and lies in [0, 1].</param>
    public static Layer Addition(ShortcutModification modification, Layer branch, Layer shortcut, Layer gate) => modification switch
    {
        ShortcutModification.None => Add(branch, shortcut),
        ShortcutModification.ConstantScaling => Add(branch, Sequence(shortcut, Scale(ConstantScale))),
        ShortcutModification.ConstantScalingOfBoth => Add(Sequence(branch, Scale(ConstantScale)), Sequence(shortcut, Scale(ConstantScale))),
        ShortcutModification.ExclusiveGating => Gated(gate, branch, shortcut),
        ShortcutModification.ShortcutOnlyGating => Add(branch, Product(shortcut, Sequence(gate, OneMinus()))),
        ShortcutModification.Dropout => Add(branch, Sequence(shortcut, Dropout(DropoutRate))),
        _ => throw new ArgumentOutOfRangeException(nameof(modification), modification, "Table 1 of He et al. 2016 has no such row."),
    };

    /// <summary>
    /// The gate g(x) = σ(W·x + b), a 1×1 convolution named <c>gate</c>: He et al. 2016, section 3.1.
    /// [N, inChannels, H, W] → [N, outChannels, ⌈H/stride⌉, ⌈W/stride⌉].
    /// </summary>
    /// <remarks>The paper gates blocks that keep their shape and does not speak of the two that do not; there the gate has their stride.</remarks>
    /// <param name="inChannels">Channels of the block's input, ≥ 1.</param>
    /// <param name="outChannels">Channels of its output, ≥ 1.</param>
    /// <param name="stride">Stride of the block, ≥ 1.</param>
    /// <param name="bias">What b starts from, finite.</param>
    public static Layer Gate(int inChannels, int outChannels, int stride, float bias = DefaultGateBias) => Sequence(
        new Conv2d(inChannels, outChannels, 1, stride, hasBias: true) { BiasStart = bias }.Named("gate"), Sigmoid());
}
