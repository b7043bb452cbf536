using System.Globalization;
using ResNetMl.Engine;
using ResNetMl.Networks;

namespace ResNetMl.Vision;

/// <summary>How <see cref="ImageClassificationTrainer"/> goes on after the head has been trained: with the head and some of the backbone, on the images themselves.</summary>
/// <remarks>
/// It starts from the trained head. Layers near the input keep their weights; the backbone's trained layers learn more slowly than the head (discriminative learning
/// rates: Howard and Ruder 2018, section 3.2). Where rows are held out, the better of head alone and fine-tuned network is the fit's result.
/// </remarks>
public sealed record FineTuning
{
    private FineTuning(FineTunedPart part, int count)
    {
        Part = part;
        Count = count;
    }

    /// <summary>The head alone goes on: what augmentation and mixup need, since features of changed images are not those of the image.</summary>
    public static FineTuning HeadOnly { get; } = new(FineTunedPart.Head, 0);

    /// <summary>Every layer is trained.</summary>
    public static FineTuning WholeNetwork { get; } = new(FineTunedPart.All, 0);

    /// <summary>Passes over the training images, ≥ 1.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images in a step, ≥ 1.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The head's highest learning rate, &gt; 0. With momentum 0.9, a thousand standardised features are unstable from about 0.004 on.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the backbone's rate is of the head's, &gt; 0.</summary>
    public double BackboneLearningRateFactor { get; init; } = 0.1;

    /// <summary>The head's rate by step; null goes up to <see cref="LearningRate"/> and down again (<see cref="OneCycleSchedule"/>).</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Whether batch norms keep their statistics, weight and bias: with few images a batch's own are noise.</summary>
    public bool FreezesBatchNorm { get; init; } = true;

    /// <summary>
    /// Random views of each image that are shown in turn, one an epoch; 0 makes new ones in every epoch. With a number, the layers that are not trained run
    /// once for each view, which is many times faster.
    /// </summary>
    public int AugmentedViews { get; init; }

    internal FineTunedPart Part { get; }

    internal int Count { get; }

    /// <summary>The last stages, of which each halves the feature maps' height and width (He et al. 2015, table 1), and the head.</summary>
    /// <param name="stages">How many, ≥ 1.</param>
    public static FineTuning LastStages(int stages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stages, 1);
        return new FineTuning(FineTunedPart.Stages, stages);
    }

    /// <summary>The last residual blocks and the head.</summary>
    /// <param name="blocks">How many, ≥ 1.</param>
    public static FineTuning LastBlocks(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        return new FineTuning(FineTunedPart.Blocks, blocks);
    }

    /// <summary>For reports: <c>the last 2 blocks</c>.</summary>
    public override string ToString() => Part switch
    {
        FineTunedPart.Head => "the head alone",
        FineTunedPart.All => "the whole network",
        _ => string.Create(CultureInfo.InvariantCulture, $"the last {Count} {Part.ToString().ToLowerInvariant()}"),
    };

    /// <summary>Names of the backbone's nodes that are trained.</summary>
    /// <exception cref="ArgumentException">The backbone has not so many stages or blocks.</exception>
    internal IReadOnlyList<string> TrainedNodes(NetworkDefinition trunk) => Part switch
    {
        FineTunedPart.Head => [],
        FineTunedPart.Stages => LayerSelection.LastStages(trunk, Count).Names,
        FineTunedPart.Blocks => LayerSelection.LastBlocks(trunk, Count).Names,
        _ => [.. trunk.Nodes.Where(node => node.Layer.Parameters.Count > 0).Select(node => node.Name)],
    };
}

/// <summary>How far from the head training goes.</summary>
internal enum FineTunedPart
{
    Head,
    Stages,
    Blocks,
    All,
}
