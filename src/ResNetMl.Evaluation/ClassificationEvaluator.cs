using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>Gathers labels and scores, example by example or batch by batch, into <see cref="MulticlassClassificationMetrics"/>.</summary>
/// <remarks>Holds counts only, so its memory does not grow with the number of examples. For one thread at a time. Adding the same
/// examples in
/// another order changes nothing but the last bits of the log-losses.</remarks>
public sealed class ClassificationEvaluator
{
    // ML.NET clamps with the float, and 1e-15f is not quite 1e-15.
    private const float SmallestProbability = 1e-15f;

    private readonly string[] _classNames;
    private readonly double[][] _counts;
    private readonly double[] _logLossOfClass;
    private readonly long[] _labelsAtRank;
    private readonly int _topK;
    private double _logLoss;
    private long _unseenLabels;
    private LeftOutExamples _leftOut = new();

    /// <summary>Makes an evaluator that has seen nothing.</summary>
    /// <param name="classNames">Name of each class, in the order of the scores; at least one; names may repeat.</param>
    /// <param name="topK">Largest k for which top-k accuracy is wanted; 0 for none; may exceed the number of classes.</param>
    /// <exception cref="ArgumentException">There is no class, or a name is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is negative.</exception>
    public ClassificationEvaluator(IReadOnlyList<string> classNames, int topK = 0)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentOutOfRangeException.ThrowIfNegative(topK);
        if (classNames.Count == 0)
        {
            throw new ArgumentException("classNames: expected at least one class, got none.", nameof(classNames));
        }

        _classNames = [.. classNames];
        if (Array.IndexOf(_classNames, null) is >= 0 and int index)
        {
            throw new ArgumentException($"classNames[{index}]: expected a name, got null.", nameof(classNames));
        }

        _counts = [.. _classNames.Select(_ => new double[_classNames.Length])];
        _logLossOfClass = new double[_classNames.Length];
        _labelsAtRank = new long[_classNames.Length];
        _topK = topK;
    }

    /// <summary>Adds one example.</summary>
    /// <param name="labelIndex">Index of its label among the classes. Negative: the label is missing and the example is left out. Number
    /// of classes
    /// or more: the label was not seen in training, and the example counts as wrong.</param>
    /// <param name="probabilities">[classes]: score of each class, in [0, 1]. A NaN or infinite score leaves the example out.</param>
    /// <exception cref="ArgumentException">There is not one score for each class.</exception>
    public void Add(int labelIndex, ReadOnlySpan<float> probabilities)
    {
        if (probabilities.Length != _classNames.Length)
        {
            throw new ArgumentException(
                $"probabilities: expected {_classNames.Length} scores, one for each class, got {probabilities.Length}.",
                nameof(probabilities));
        }

        if (labelIndex < 0)
        {
            LeaveOut(LeftOutReason.MissingLabel);
        }
        else if (!AllFinite(probabilities))
        {
            LeaveOut(LeftOutReason.NonFiniteScore);
        }
        else if (labelIndex >= _classNames.Length)
        {
            _unseenLabels++;
            _logLoss -= Math.Log(SmallestProbability);
        }
        else
        {
            double logLoss = -Math.Log(Math.Clamp(probabilities[labelIndex], SmallestProbability, 1f));
            _logLoss += logLoss;
            _logLossOfClass[labelIndex] += logLoss;
            _labelsAtRank[RankOf(labelIndex, probabilities)]++;
            _counts[labelIndex][IndexOfHighest(probabilities)]++;
        }
    }

    /// <summary>Adds a batch of examples.</summary>
    /// <param name="labelIndices">[N]: index of each label, as in <see cref="Add(int, ReadOnlySpan{float})"/>.</param>
    /// <param name="probabilities">[N, classes], row by row.</param>
    /// <exception cref="ArgumentException">There is not one score for each example and class; nothing has been added.</exception>
    public void Add(ReadOnlySpan<int> labelIndices, ReadOnlySpan<float> probabilities)
    {
        int classCount = _classNames.Length;
        if (probabilities.Length != (long)labelIndices.Length * classCount)
        {
            throw new ArgumentException(
                $"probabilities: expected {labelIndices.Length} × {classCount} scores (examples × classes), got {probabilities.Length}.",
                nameof(probabilities));
        }

        for (int row = 0; row < labelIndices.Length; row++)
        {
            Add(labelIndices[row], probabilities.Slice(row * classCount, classCount));
        }
    }

    /// <summary>Counts examples that cannot be measured, so that the metrics say how many are missing from them.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative, or <paramref name="reason"/> is none of the
    /// enumeration's.</exception>
    public void LeaveOut(LeftOutReason reason, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _leftOut = reason switch
        {
            LeftOutReason.MissingLabel => _leftOut with { MissingLabel = _leftOut.MissingLabel + count },
            LeftOutReason.InvalidLabel => _leftOut with { InvalidLabel = _leftOut.InvalidLabel + count },
            LeftOutReason.NonFiniteScore => _leftOut with { NonFiniteScore = _leftOut.NonFiniteScore + count },
            LeftOutReason.UnreadableImage => _leftOut with { UnreadableImage = _leftOut.UnreadableImage + count },
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, $"reason: expected a LeftOutReason, got {(int)reason}."),
        };
    }

    /// <summary>The metrics of all examples added so far; more may be added afterwards without changing what was returned.</summary>
    public MulticlassClassificationMetrics ToMetrics()
    {
        ConfusionMatrix matrix = new(Array.AsReadOnly(_classNames), Array.ConvertAll(_counts, row => (double[])row.Clone()));
        double[] perClassLogLoss = new double[_classNames.Length];
        for (int index = 0; index < perClassLogLoss.Length; index++)
        {
            double support = matrix.ActualCounts[index];
            perClassLogLoss[index] = support > 0 ? _logLossOfClass[index] / support : 0;
        }

        double examples = matrix.ActualCounts.Sum() + _unseenLabels;
        return new MulticlassClassificationMetrics(
            matrix, perClassLogLoss, examples > 0 ? _logLoss / examples : 0, TopKAccuracies(examples), _unseenLabels, _leftOut);
    }

    private double[]? TopKAccuracies(double examples)
    {
        if (_topK == 0)
        {
            return null;
        }

        double[] accuracies = new double[_topK];
        double correct = 0;
        for (int rank = 0; rank < _topK; rank++)
        {
            correct += rank < _labelsAtRank.Length ? _labelsAtRank[rank] : 0;
            accuracies[rank] = examples > 0 ? correct / examples : 0;
        }

        return accuracies;
    }

    private static bool AllFinite(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
            {
                return false;
            }
        }

        return true;
    }

    private static int IndexOfHighest(ReadOnlySpan<float> scores)
    {
        int highest = 0;
        for (int index = 1; index < scores.Length; index++)
        {
            if (scores[index] > scores[highest])
            {
                highest = index;
            }
        }

        return highest;
    }

    // Number of classes ranked before this one: those with a higher score, and those with the same score and a lower index.
    private static int RankOf(int label, ReadOnlySpan<float> scores)
    {
        int rank = 0;
        for (int index = 0; index < scores.Length; index++)
        {
            if (scores[index] > scores[label] || (scores[index] == scores[label] && index < label))
            {
                rank++;
            }
        }

        return rank;
    }
}
