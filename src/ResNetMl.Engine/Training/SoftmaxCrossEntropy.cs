using System.Globalization;
using ResNetMl.Tensors;

namespace ResNetMl.Engine;

/// <summary>Cross-entropy between target probabilities and the softmax of logits, and its gradient. torch.nn.CrossEntropyLoss.</summary>
/// <remarks>
/// loss = mean over rows of −Σₖ targetₖ · log softmax(logits)ₖ; gradient = (softmax(logits) − target) / rows. With label smoothing s, a label's
/// target is 1 − s + s/classes at the label and s/classes elsewhere (Szegedy et al. 2015, https://arxiv.org/abs/1512.00567, section 7).
/// With class weights w each target is multiplied by its class's weight, and the mean is Σ over rows / Σ w[label], as in PyTorch.
/// Elements are fp32, sums double. Computing allocates nothing and keeps no state: threads may share one.
/// </remarks>
public sealed class SoftmaxCrossEntropy
{
    private readonly double _atLabel;
    private readonly double _elsewhere;
    private readonly double[]? _weights;
    private readonly double _meanWeight;

    /// <summary>Makes the loss of a classifier.</summary>
    /// <param name="classes">Length of a row of logits, ≥ 1.</param>
    /// <param name="labelSmoothing">Share of the target spread evenly over all classes, in [0, 1).</param>
    /// <param name="classWeights">How much each class counts, finite and &gt; 0, one for each; null: all the same.</param>
    /// <exception cref="ArgumentException">There is not one weight for each class, or one is not &gt; 0.</exception>
    public SoftmaxCrossEntropy(int classes, double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (!(labelSmoothing >= 0 && labelSmoothing < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "Label smoothing is in [0, 1).");
        }

        if (classWeights is not null)
        {
            CheckWeights(classes, classWeights);
            _weights = [.. classWeights];
            _meanWeight = _weights.Average();
        }

        Classes = classes;
        LabelSmoothing = labelSmoothing;
        _elsewhere = labelSmoothing / classes;
        _atLabel = 1 - labelSmoothing + _elsewhere;
    }

    /// <summary>Length of a row of logits.</summary>
    public int Classes { get; }

    /// <summary>Share of the target spread evenly over all classes.</summary>
    public double LabelSmoothing { get; }

    /// <summary>Loss and gradient for one label a row.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">N class indices in [0, classes).</param>
    /// <param name="gradient">[N, classes]: overwritten with ∂loss/∂logits.</param>
    /// <exception cref="ArgumentException">A shape or a label does not fit.</exception>
    public LossResult Compute(Tensor logits, ReadOnlySpan<int> labels, Tensor gradient)
    {
        int rows = CheckShapes(logits, gradient);
        if (labels.Length != rows)
        {
            throw new ArgumentException($"The logits have {rows} rows, got {labels.Length} labels.", nameof(labels));
        }

        if (_weights is not null)
        {
            return ComputeMixed(logits, labels, labels, share: 1, gradient);
        }

        ReadOnlySpan<float> allLogits = logits.Span;
        Span<float> allGradients = gradient.Span;
        double lossSum = 0;
        int correct = 0;
        for (int n = 0; n < rows; n++)
        {
            int label = CheckLabel(labels, n);
            ReadOnlySpan<float> row = allLogits.Slice(n * Classes, Classes);
            Span<float> gradientRow = allGradients.Slice(n * Classes, Classes);
            (int best, double logOfSum, double sumOfShifted) = Exponentials(row, gradientRow);
            double normaliser = Math.Exp(-logOfSum);
            double shiftedLabel = (double)row[label] - row[best];
            lossSum += logOfSum - ((_atLabel - _elsewhere) * shiftedLabel);
            lossSum -= _elsewhere == 0 ? 0 : _elsewhere * sumOfShifted; // 0 · ∞ would be NaN
            correct += best == label ? 1 : 0;
            for (int k = 0; k < gradientRow.Length; k++)
            {
                double target = k == label ? _atLabel : _elsewhere;
                gradientRow[k] = (float)(((gradientRow[k] * normaliser) - target) / rows);
            }
        }

        return new LossResult(lossSum / rows, correct, rows);
    }

    /// <summary>Loss and gradient for rows mixed of two: share · loss(labels) + (1 − share) · loss(otherLabels).</summary>
    /// <remarks>
    /// Zhang et al. 2017 (https://arxiv.org/abs/1710.09412). With class weights each of the two losses is the mean by the weights of its own labels.
    /// An answer counts as correct if it is the label with the larger share.
    /// </remarks>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">N class indices in [0, classes).</param>
    /// <param name="otherLabels">N class indices in [0, classes): of the other image in each row.</param>
    /// <param name="share">Share of the first image, in [0, 1].</param>
    /// <param name="gradient">[N, classes]: overwritten with ∂loss/∂logits.</param>
    /// <exception cref="ArgumentException">A shape, a label or the share does not fit.</exception>
    public LossResult Compute(Tensor logits, ReadOnlySpan<int> labels, ReadOnlySpan<int> otherLabels, double share, Tensor gradient)
    {
        int rows = CheckShapes(logits, gradient);
        if (labels.Length != rows || otherLabels.Length != rows)
        {
            throw new ArgumentException($"The logits have {rows} rows, got {labels.Length} and {otherLabels.Length} labels.", nameof(labels));
        }

        return share is >= 0 and <= 1
            ? ComputeMixed(logits, labels, otherLabels, share, gradient)
            : throw new ArgumentOutOfRangeException(nameof(share), share, "The share of the first image is in [0, 1].");
    }

    /// <summary>Loss and gradient for target probabilities: distillation. Neither label smoothing nor class weights are applied to them.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="targets">[N, classes]; each row is ≥ 0 and sums to 1.</param>
    /// <param name="gradient">[N, classes]: overwritten with ∂loss/∂logits.</param>
    /// <exception cref="ArgumentException">A shape does not fit, or a row of targets is no distribution.</exception>
    public LossResult Compute(Tensor logits, Tensor targets, Tensor gradient)
    {
        int rows = CheckShapes(logits, gradient);
        if (targets.Shape != logits.Shape)
        {
            throw new ArgumentException($"Expected targets {logits.Shape} as the logits, got {targets.Shape}.", nameof(targets));
        }

        double lossSum = 0;
        int correct = 0;
        for (int n = 0; n < rows; n++)
        {
            ReadOnlySpan<float> row = logits.Span.Slice(n * Classes, Classes);
            ReadOnlySpan<float> target = targets.Span.Slice(n * Classes, Classes);
            Span<float> gradientRow = gradient.Span.Slice(n * Classes, Classes);
            int label = CheckDistribution(target, n);
            (int best, double logOfSum, _) = Exponentials(row, gradientRow);
            double normaliser = Math.Exp(-logOfSum);
            for (int k = 0; k < target.Length; k++)
            {
                // 0 · ∞ would be NaN: a class that the target gives nothing costs nothing.
                lossSum += target[k] == 0 ? 0 : target[k] * (logOfSum - ((double)row[k] - row[best]));
                gradientRow[k] = (float)(((gradientRow[k] * normaliser) - target[k]) / rows);
            }

            correct += best == label ? 1 : 0;
        }

        return new LossResult(lossSum / rows, correct, rows);
    }

    /// <summary>Softmax of each row: logits become probabilities. May be done in place.</summary>
    /// <param name="logits">Rows of equal length, one after another.</param>
    /// <param name="classes">Length of a row.</param>
    /// <param name="probabilities">As long as the logits.</param>
    public static void Softmax(ReadOnlySpan<float> logits, int classes, Span<float> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (logits.Length % classes != 0 || probabilities.Length != logits.Length)
        {
            throw new ArgumentException(
                $"Expected rows of {classes} logits and as many probabilities, got {logits.Length} and {probabilities.Length}.", nameof(logits));
        }

        for (int start = 0; start < logits.Length; start += classes)
        {
            Span<float> row = probabilities.Slice(start, classes);
            (_, double logOfSum, _) = Exponentials(logits.Slice(start, classes), row);
            double normaliser = Math.Exp(-logOfSum);
            foreach (ref float element in row)
            {
                element = (float)(element * normaliser);
            }
        }
    }

    private static void CheckWeights(int classes, IReadOnlyList<double> weights)
    {
        if (weights.Count != classes)
        {
            throw new ArgumentException($"Expected {classes} class weights, one for each class, got {weights.Count}.", nameof(weights));
        }

        for (int k = 0; k < classes; k++)
        {
            if (!(weights[k] > 0 && double.IsFinite(weights[k])))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The weight of class {k} must be finite and > 0, got {weights[k]}."), nameof(weights));
            }
        }
    }

    /// <summary>Σₖ cₖ · −log softmaxₖ over rows, where c is the weighted target: of two labels, smoothed.</summary>
    private LossResult ComputeMixed(Tensor logits, ReadOnlySpan<int> labels, ReadOnlySpan<int> otherLabels, double share, Tensor gradient)
    {
        int rows = labels.Length;
        (double weightSum, double otherSum) = (0, 0);
        for (int n = 0; n < rows; n++)
        {
            weightSum += WeightOf(CheckLabel(labels, n));
            otherSum += WeightOf(CheckLabel(otherLabels, n));
        }

        (double firstShare, double secondShare) = (share / weightSum, (1 - share) / otherSum);
        double smoothShare = (firstShare + secondShare) * _elsewhere;
        double targetSumOfSmoothing = smoothShare * Classes * (_weights is null ? 1 : _meanWeight);
        double loss = 0;
        int correct = 0;
        for (int n = 0; n < rows; n++)
        {
            ReadOnlySpan<float> row = logits.Span.Slice(n * Classes, Classes);
            Span<float> gradientRow = gradient.Span.Slice(n * Classes, Classes);
            (int best, double logOfSum, _) = Exponentials(row, gradientRow);
            double normaliser = Math.Exp(-logOfSum);
            double first = firstShare * (1 - LabelSmoothing) * WeightOf(labels[n]);
            double second = secondShare * (1 - LabelSmoothing) * WeightOf(otherLabels[n]);
            double targetSum = first + second + targetSumOfSmoothing;
            for (int k = 0; k < row.Length; k++)
            {
                double target = (smoothShare * WeightOf(k)) + (k == labels[n] ? first : 0) + (k == otherLabels[n] ? second : 0);

                // 0 · ∞ would be NaN: a class that the target gives nothing costs nothing.
                loss += target == 0 ? 0 : target * (logOfSum - ((double)row[k] - row[best]));
                gradientRow[k] = (float)((gradientRow[k] * normaliser * targetSum) - target);
            }

            correct += best == (share >= 0.5 ? labels[n] : otherLabels[n]) ? 1 : 0;
        }

        return new LossResult(loss, correct, rows);
    }

    private double WeightOf(int label) => _weights is null ? 1 : _weights[label];

    /// <summary>exponentials = exp(row − max); index of the maximum, log of their sum, and Σ(row − max).</summary>
    private static (int Best, double LogOfSum, double SumOfShifted) Exponentials(ReadOnlySpan<float> row, Span<float> exponentials)
    {
        int best = 0;
        for (int k = 1; k < row.Length; k++)
        {
            best = row[k] > row[best] ? k : best;
        }

        float maximum = row[best];
        double sum = 0;
        double sumOfShifted = 0;
        for (int k = 0; k < row.Length; k++)
        {
            float shifted = row[k] - maximum;
            float exponential = MathF.Exp(shifted);
            exponentials[k] = exponential;
            sum += exponential;
            sumOfShifted += shifted;
        }

        return (best, Math.Log(sum), sumOfShifted);
    }

    private static int CheckDistribution(ReadOnlySpan<float> target, int row)
    {
        double sum = 0;
        int best = 0;
        for (int k = 0; k < target.Length; k++)
        {
            sum += target[k] >= 0 ? target[k] : double.NaN;
            best = target[k] > target[best] ? k : best;
        }

        // Rows are made in fp32: each of a few terms rounds by 6e-8.
        return Math.Abs(sum - 1) <= 1e-4
            ? best
            : throw new ArgumentException($"Row {row} of the targets is no distribution: expected elements ≥ 0 with sum 1, got sum {sum:G6}.");
    }

    private int CheckLabel(ReadOnlySpan<int> labels, int row) => (uint)labels[row] < (uint)Classes
        ? labels[row]
        : throw new ArgumentException($"labels[{row}] is {labels[row]}; the network tells {Classes} classes apart, 0 to {Classes - 1}.", nameof(labels));

    private int CheckShapes(Tensor logits, Tensor gradient)
    {
        Shape shape = logits.Shape;
        if (shape.Rank != 2 || shape[0] < 1 || shape[1] != Classes)
        {
            throw new ArgumentException($"Expected logits [N, {Classes}], got {shape}. The classifier's outputs are not the labels' number.", nameof(logits));
        }

        return gradient.Shape == shape
            ? shape[0]
            : throw new ArgumentException($"Expected a gradient {shape} as the logits, got {gradient.Shape}.", nameof(gradient));
    }
}
