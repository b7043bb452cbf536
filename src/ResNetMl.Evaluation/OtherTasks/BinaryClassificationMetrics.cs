namespace ResNetMl.Data;

/// <summary>How well two classes were told apart by a score. Here so that programs which print metrics of any task compile; nothing in this product makes one.</summary>
public class BinaryClassificationMetrics
{
    private protected BinaryClassificationMetrics(ConfusionMatrix confusionMatrix) => ConfusionMatrix = confusionMatrix;

    /// <summary>Probability that a positive example scores above a negative one; in [0, 1], higher is better.</summary>
    public double AreaUnderRocCurve { get; }

    /// <summary>Share of examples whose class was predicted; in [0, 1], higher is better.</summary>
    public double Accuracy { get; }

    /// <summary>Share of the examples predicted positive that are; in [0, 1], higher is better.</summary>
    public double PositivePrecision { get; }

    /// <summary>Share of the positive examples predicted positive; in [0, 1], higher is better.</summary>
    public double PositiveRecall { get; }

    /// <summary>Share of the examples predicted negative that are; in [0, 1], higher is better.</summary>
    public double NegativePrecision { get; }

    /// <summary>Share of the negative examples predicted negative; in [0, 1], higher is better.</summary>
    public double NegativeRecall { get; }

    /// <summary>Harmonic mean of <see cref="PositivePrecision"/> and <see cref="PositiveRecall"/>; in [0, 1], higher is better.</summary>
    public double F1Score { get; }

    /// <summary>Mean precision over all recalls; in [0, 1], higher is better.</summary>
    public double AreaUnderPrecisionRecallCurve { get; }

    /// <summary>Counts of every pair of classes: rows actual, columns predicted; the positive class first.</summary>
    public ConfusionMatrix ConfusionMatrix { get; }
}

/// <summary>The same for a model whose scores are probabilities.</summary>
/// <inheritdoc cref="BinaryClassificationMetrics"/>
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    private CalibratedBinaryClassificationMetrics(ConfusionMatrix confusionMatrix)
        : base(confusionMatrix)
    {
    }

    /// <summary>Mean of −log₂ p(true class), in bits; 0 or more, lower is better.</summary>
    public double LogLoss { get; }

    /// <summary>(<see cref="Entropy"/> − <see cref="LogLoss"/>) / <see cref="Entropy"/>; at most 1, higher is better.</summary>
    public double LogLossReduction { get; }

    /// <summary>Entropy of the classes' shares, in bits; in [0, 1].</summary>
    public double Entropy { get; }
}
