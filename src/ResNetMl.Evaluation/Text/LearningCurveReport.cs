using static ResNetMl.Evaluation.NumberText;

namespace ResNetMl.Evaluation;

/// <summary>What one epoch of training came to.</summary>
/// <param name="Epoch">Its number, as the trainer counts.</param>
/// <param name="TrainLoss">Mean loss over its training examples, in nats for cross-entropy; lower is better; not finite where training
/// broke down.</param>
/// <param name="ValidationAccuracy">Top-1 accuracy on the validation set after it, in [0, 1]; higher is better; null where none was
/// measured.</param>
public sealed record LearningCurvePoint(int Epoch, double TrainLoss, double? ValidationAccuracy = null);

/// <summary>The course of a training as lines of text for people: a short table, and a plot of each quantity.</summary>
public static class LearningCurveReport
{
    private const int MostRows = 12;

    /// <summary>The table, then the plots.</summary>
    /// <param name="points">The epochs in their order; none is allowed.</param>
    /// <param name="options">Width and characters; 80 columns of Unicode when null.</param>
    /// <returns>Lines without line ends, none wider than asked for.</returns>
    public static IReadOnlyList<string> Lines(IReadOnlyList<LearningCurvePoint> points, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        return points.Count == 0 ? Table(points, options) : [.. Table(points, options), "", .. Plot(points, options)];
    }

    /// <summary>At most twelve epochs: the first, the last, the best, and others evenly between them.</summary>
    /// <inheritdoc cref="Lines"/>
    public static IReadOnlyList<string> Table(IReadOnlyList<LearningCurvePoint> points, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            return ["Learning curve: no epoch finished"];
        }

        bool validated = points.Any(point => point.ValidationAccuracy is not null);
        int best = IndexOfBest(points);
        TextTable table = validated
            ? new(new("epoch"), new("train loss"), new("validation accuracy"), new("", IsText: true))
            : new(new("epoch"), new("train loss"), new("", IsText: true));
        foreach (int index in Rows(points.Count, best))
        {
            LearningCurvePoint point = points[index];
            string note = index == best ? "best" : "";
            string loss = Measure(point.TrainLoss);
            if (validated)
            {
                table.Add(Whole(point.Epoch), loss, point.ValidationAccuracy is { } accuracy ? Measure(accuracy) : "-", note);
            }
            else
            {
                table.Add(Whole(point.Epoch), loss, note);
            }
        }

        return [$"Learning curve of {Counted(points.Count, "epoch")}", .. table.Lines(options ?? new ReportOptions())];
    }

    /// <summary>A block of bars for the training loss, and below it one for the validation accuracy if there is any. The bars stand on
    /// the lowest
    /// value, not on zero: both ends of the scale are printed.</summary>
    /// <inheritdoc cref="Lines"/>
    public static IReadOnlyList<string> Plot(IReadOnlyList<LearningCurvePoint> points, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        options ??= new ReportOptions();
        if (points.Count == 0)
        {
            return [];
        }

        string first = $"epoch {Whole(points[0].Epoch)}";
        string last = Whole(points[^1].Epoch);
        List<string> lines = [.. BarPlot.Lines("train loss", [.. points.Select(point => point.TrainLoss)], first, last, options)];
        if (points.Any(point => point.ValidationAccuracy is not null))
        {
            double[] accuracies = [.. points.Select(point => point.ValidationAccuracy ?? double.NaN)];
            lines.AddRange(BarPlot.Lines("validation accuracy", accuracies, first, last, options));
        }

        return lines;
    }

    // The first of the highest accuracies; without any accuracy, of the lowest losses.
    private static int IndexOfBest(IReadOnlyList<LearningCurvePoint> points)
    {
        bool validated = points.Any(point => point.ValidationAccuracy is not null);
        double Merit(LearningCurvePoint point)
        {
            double merit = validated ? point.ValidationAccuracy ?? double.NegativeInfinity : -point.TrainLoss;
            return double.IsNaN(merit) ? double.NegativeInfinity : merit;
        }

        int best = 0;
        for (int index = 1; index < points.Count; index++)
        {
            if (Merit(points[index]) > Merit(points[best]))
            {
                best = index;
            }
        }

        return best;
    }

    private static IEnumerable<int> Rows(int count, int best)
    {
        if (count <= MostRows)
        {
            return Enumerable.Range(0, count);
        }

        // One row fewer than there may be, so that the best always finds room.
        const int spaced = MostRows - 1;
        return Enumerable.Range(0, spaced).Select(row => row * (count - 1) / (spaced - 1)).Append(best).Distinct().Order();
    }
}
