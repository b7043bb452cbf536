using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Networks;

/// <summary>
/// The wide networks for small images of Zagoruyko and Komodakis 2016 (https://arxiv.org/abs/1605.07146), table 1: a 3×3 stem of 16
/// channels, three stages of n pre-activated basic blocks with 16k, 32k and 64k channels, a classifier. Depth 6n + 4.
/// </summary>
/// <remarks>
/// The paper's depth counts the three projections, so <see cref="NetworkDefinition.Depth"/> is 2 less. WRN-28-10 has 36,479,194 parameters
/// for 10 classes, its three projections' 258,560 included; the paper prints 36.5 million.
/// </remarks>
public sealed record WideResNet : ResidualNetwork
{
    private const int MaxBlocksPerStage = 1000;

    /// <summary>Describes a network: <c>new WideResNet(28, 10)</c> is the paper's WRN-28-10.</summary>
    /// <param name="depth">6n + 4: 10, 16, 22, 28, 34, 40, …</param>
    /// <param name="wideningFactor">The paper's k, 1 to 1024.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public WideResNet(int depth, int wideningFactor)
        : base(ShortcutOption.ProjectionWhereShapeChanges, classes: 10, inputShape: [3, 32, 32])
    {
        if (!IsDepth(depth))
        {
            throw new ArgumentOutOfRangeException(
                nameof(depth), depth, $"A Wide ResNet has depth 6n + 4 (10, 16, 22, 28, …) up to {(6 * MaxBlocksPerStage) + 4}.");
        }

        if (wideningFactor is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(wideningFactor), wideningFactor, "A Wide ResNet is 1 to 1024 times as wide.");
        }

        Depth = depth;
        WideningFactor = wideningFactor;
        Order = ActivationOrder.FullPreActivation;
    }

    /// <summary>The paper's depth, which counts the projections.</summary>
    public int Depth { get; }

    /// <summary>The paper's k.</summary>
    public int WideningFactor { get; }

    /// <summary>Blocks of each stage: the paper's N.</summary>
    public int BlocksPerStage => (Depth - 4) / 6;

    /// <summary>Rate of the dropout between the two convolutions of each block, in [0, 1); 0 is none. The paper has 0.3 for CIFAR (section 3).</summary>
    public float Dropout { get; init; }

    /// <summary>The catalogue's name: <c>wrn-28-10</c>, <c>wrn-28-10-dropout-0.3</c>.</summary>
    public override string Name => NetworkName.Of(this);

    private protected override string ProjectionName => "shortcut";

    /// <summary>Whether a number is a depth of these networks: 6n + 4 with n from 1 to 1000.</summary>
    /// <param name="depth">Any number.</param>
    public static bool IsDepth(int depth) => depth >= 10 && depth <= (6 * MaxBlocksPerStage) + 4 && (depth - 4) % 6 == 0;

    private protected override Layer Compose()
    {
        int k = WideningFactor;
        int number = 0;

        return Sequence(
            CifarStem(InputShape[0], 16, Activation),
            Stage(1, BlocksPerStage, 16, 16 * k, stride: 1, NextBlock),
            Stage(2, BlocksPerStage, 16 * k, 32 * k, stride: 2, NextBlock),
            Stage(3, BlocksPerStage, 32 * k, 64 * k, stride: 2, NextBlock),
            ActivationOrders.AfterBlocks(Order, 64 * k, Activation),
            Classifier(64 * k, Classes, "linear"));

        Layer NextBlock(int inChannels, int outChannels, int stride) =>
            MakeBlock(++number, 3 * BlocksPerStage, BasicConvolutions(inChannels, outChannels, stride), stride, Dropout);
    }
}
