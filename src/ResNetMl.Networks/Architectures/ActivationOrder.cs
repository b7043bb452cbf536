using static ResNetMl.Networks.Layers;

namespace ResNetMl.Networks;

/// <summary>Where batch norm and ReLU stand in a residual block: He et al. 2016 (https://arxiv.org/abs/1603.05027), figure 4 and table 2.</summary>
public enum ActivationOrder
{
    /// <summary>Figure 4(a): batch norm after each convolution, ReLU between them and after the addition. He et al. 2015 ("v1").</summary>
    Original = 0,

    /// <summary>Figure 4(b): the last batch norm stands after the addition, before the last ReLU.</summary>
    BatchNormAfterAddition = 1,

    /// <summary>Figure 4(c): the last ReLU stands before the addition, so that a branch can only add.</summary>
    ReluBeforeAddition = 2,

    /// <summary>Figure 4(d): ReLU before each convolution, batch norm after each; nothing after the addition.</summary>
    ReluOnlyPreActivation = 3,

    /// <summary>Figure 4(e): batch norm and ReLU before each convolution; nothing after the addition. The paper's proposal ("v2").</summary>
    FullPreActivation = 4,
}

/// <summary>Residual blocks in the orders of He et al. 2016, figure 4: the convolutions are given, the order says what stands between them.</summary>
/// <remarks>
/// A block is <see cref="BeforeConvolutions"/>, <see cref="Branch"/> and the shortcut added, <see cref="AfterAddition"/>. Batch norm
/// <c>bn1</c> belongs to <c>conv1</c>, whether it stands before or after it.
/// </remarks>
public static class ActivationOrders
{
    /// <summary>A whole block: [N, C, H, W] → the last convolution's output.</summary>
    /// <remarks>
    /// Where the shortcut is not the identity, it reads what the first convolution reads: the published code
    /// (https://github.com/KaimingHe/resnet-1k-layers) moves the first activation before the fork in blocks that change shape. Where it
    /// is the identity, the activation stands within the branch and the shortcut's path stays clean: equation 8.
    /// </remarks>
    /// <param name="order">Where batch norm and the activation stand.</param>
    /// <param name="convolutions">The branch's convolutions, first to last.</param>
    /// <param name="shortcut">A layer from the same input to the last convolution's output.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer Block(
        ActivationOrder order, IReadOnlyList<Conv2d> convolutions, Layer shortcut, ActivationKind activation = ActivationKind.Relu)
    {
        Layer before = BeforeConvolutions(order, convolutions[0].InChannels, activation);
        Layer branch = Branch(order, convolutions, activation);
        Layer after = AfterAddition(order, convolutions.Count, convolutions[^1].OutChannels, activation);

        return Sequence(Fork(before, branch, shortcut, (left, right) => Add(left, right)), after);
    }

    /// <summary>Branch and shortcut, and before one or both of them what stands before the convolutions: see <see cref="Block"/>.</summary>
    internal static Layer Fork(Layer before, Layer branch, Layer shortcut, Func<Layer, Layer, Layer> addition) => shortcut is Identity
        ? addition(Sequence(before, branch), shortcut)
        : Sequence(before, addition(branch, shortcut));

    /// <summary>What stands before the first convolution; shape kept. The identity but for figure 4(d) and (e).</summary>
    /// <param name="order">Where batch norm and the activation stand.</param>
    /// <param name="channels">Channels of the block's input.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer BeforeConvolutions(ActivationOrder order, int channels, ActivationKind activation) => order switch
    {
        ActivationOrder.ReluOnlyPreActivation => Activate(activation),
        ActivationOrder.FullPreActivation => Sequence(BatchNorm(channels).Named("bn1"), Activate(activation)),
        _ => Identity(),
    };

    /// <summary>The convolutions, named <c>conv1</c>, <c>conv2</c>, …, and what stands between them and before the addition.</summary>
    /// <param name="order">Where batch norm and the activation stand.</param>
    /// <param name="convolutions">First to last, at least one.</param>
    /// <param name="activation">What stands for ReLU.</param>
    /// <param name="dropout">Rate of a dropout before the second convolution, in [0, 1); 0 for none. Zagoruyko and Komodakis 2016, figure 1(d).</param>
    public static Layer Branch(
        ActivationOrder order, IReadOnlyList<Conv2d> convolutions, ActivationKind activation = ActivationKind.Relu, float dropout = 0)
    {
        var layers = new List<Layer>();
        for (int number = 1; number <= convolutions.Count; number++)
        {
            Conv2d convolution = convolutions[number - 1];
            if (number > 1)
            {
                if (order == ActivationOrder.FullPreActivation)
                {
                    layers.Add(BatchNorm(convolution.InChannels).Named($"bn{number}"));
                }

                layers.Add(Activate(activation));
            }

            if (number == 2 && dropout > 0)
            {
                layers.Add(Dropout(dropout));
            }

            layers.Add(convolution.Named($"conv{number}"));
            if (!EndsInConvolution(order) || (number < convolutions.Count && order != ActivationOrder.FullPreActivation))
            {
                layers.Add(BatchNorm(convolution.OutChannels).Named($"bn{number}"));
            }
        }

        return order == ActivationOrder.ReluBeforeAddition ? Sequence(layers.Append(Activate(activation))) : Sequence(layers);
    }

    /// <summary>What stands after the addition; shape kept. The identity but for figure 4(a) and (b).</summary>
    /// <param name="order">Where batch norm and the activation stand.</param>
    /// <param name="number">Number of the last convolution, whose batch norm figure 4(b) moves here.</param>
    /// <param name="channels">Channels of the block's output.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer AfterAddition(ActivationOrder order, int number, int channels, ActivationKind activation) => order switch
    {
        ActivationOrder.Original => Activate(activation),
        ActivationOrder.BatchNormAfterAddition => Sequence(BatchNorm(channels).Named($"bn{number}"), Activate(activation)),
        _ => Identity(),
    };

    /// <summary>
    /// What follows the last block of the network, named <c>bn</c>: the activation that pre-activation moved out of the blocks
    /// (He et al. 2016, section 4 and appendix). Shape kept.
    /// </summary>
    /// <param name="order">Where batch norm and the activation stand.</param>
    /// <param name="channels">Channels of the last block's output.</param>
    /// <param name="activation">What stands for ReLU.</param>
    public static Layer AfterBlocks(ActivationOrder order, int channels, ActivationKind activation) => order switch
    {
        ActivationOrder.ReluOnlyPreActivation => Activate(activation),
        ActivationOrder.FullPreActivation => Sequence(BatchNorm(channels).Named("bn"), Activate(activation)),
        _ => Identity(),
    };

    /// <summary>Whether branches and projections end in a convolution, whose batch norm stands elsewhere: figure 4(b) and (e).</summary>
    /// <param name="order">Where batch norm and the activation stand.</param>
    public static bool EndsInConvolution(ActivationOrder order) =>
        order is ActivationOrder.BatchNormAfterAddition or ActivationOrder.FullPreActivation;
}
