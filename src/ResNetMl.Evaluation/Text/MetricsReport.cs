using ResNetMl.Data;
using static ResNetMl.Evaluation.NumberText;

namespace ResNetMl.Evaluation;

/// <summary>Metrics as lines of text for people.</summary>
public static class MetricsReport
{
    /// <summary>The numbers over all classes, then the table of classes, then the confusion matrix.</summary>
    /// <param name="metrics">What to lay out.</param>
    /// <param name="options">Width and characters; 80 columns of Unicode when null.</param>
    /// <returns>Lines without line ends, none wider than asked for, whatever the names' length. With so many classes that the matrix
    /// would need more than three groups of columns, the most confused pairs take its place.</returns>
    public static IReadOnlyList<string> Lines(MulticlassClassificationMetrics metrics, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return
        [
            .. Summary(metrics, options), "",
            .. PerClass(metrics, options), "",
            .. ConfusionMatrix(metrics.ConfusionMatrix, options),
        ];
    }

    /// <summary>Accuracies, log-loss and F1 over all classes, and what was left out.</summary>
    /// <inheritdoc cref="Lines"/>
    /// <returns>Lines without line ends, none wider than asked for.</returns>
    public static IReadOnlyList<string> Summary(MulticlassClassificationMetrics metrics, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new ReportOptions();

        TextTable table = new(new("metric", IsText: true), new("value"), new("meaning", IsText: true));
        table.Add("top-1 accuracy (micro)", Measure(metrics.MicroAccuracy), "share of all examples; 1 is best");
        table.Add("macro accuracy", Measure(metrics.MacroAccuracy), "mean recall of the classes; 1 is best");
        if (metrics.TopKPredictionCount > 1)
        {
            table.Add(
                $"top-{metrics.TopKPredictionCount} accuracy",
                Measure(metrics.TopKAccuracy),
                $"label among the {metrics.TopKPredictionCount} highest scores; 1 is best");
        }

        table.Add("log-loss", Measure(metrics.LogLoss), "nats; 0 is best");
        table.Add("log-loss reduction", Measure(metrics.LogLossReduction), "against the class shares; 1 is best");
        table.Add("macro F1", Measure(metrics.MacroF1), "mean F1 of the classes; 1 is best");
        table.Add("weighted F1", Measure(metrics.WeightedF1), "the same, weighted by support");

        string examples = Counted(metrics.ExampleCount, "example");
        string classes = Counted(metrics.ClassNames.Count, "class", "classes");
        List<string> lines = [$"Metrics of {examples} in {classes}", .. table.Lines(options)];
        if (metrics.UnseenLabelCount > 0)
        {
            lines.Add($"  {Counted(metrics.UnseenLabelCount, "example")} with a label not seen in training: counted as wrong,");
            lines.Add("  and not in the tables of classes.");
        }

        lines.AddRange(LeftOut(metrics.LeftOut));
        return lines;
    }

    /// <summary>Support, precision, recall, F1 and log-loss of each class; a dash where there is nothing to divide by.</summary>
    /// <inheritdoc cref="Lines"/>
    /// <returns>A heading and one line for each class, none wider than asked for.</returns>
    public static IReadOnlyList<string> PerClass(MulticlassClassificationMetrics metrics, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);

        TextTable table = new(
            new("#"), new("class", IsText: true), new("support"), new("precision"), new("recall"), new("F1"), new("log-loss"));
        for (int index = 0; index < metrics.PerClass.Count; index++)
        {
            PerClassMetrics of = metrics.PerClass[index];
            table.Add(
                Whole(index),
                of.ClassName,
                Grouped(of.Support),
                of.Predicted > 0 ? Measure(of.Precision) : "-",
                of.Support > 0 ? Measure(of.Recall) : "-",
                of.Support + of.Predicted > 0 ? Measure(of.F1) : "-",
                of.Support > 0 ? Measure(of.LogLoss) : "-");
        }

        return [.. table.Lines(options ?? new ReportOptions())];
    }

    /// <summary>The confusion matrix, rows actual, columns predicted; with very many classes, the most confused pairs.</summary>
    /// <param name="matrix">What to lay out.</param>
    /// <param name="options">Width and characters; 80 columns of Unicode when null.</param>
    /// <returns>Lines without line ends, none wider than asked for.</returns>
    public static IReadOnlyList<string> ConfusionMatrix(ConfusionMatrix matrix, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return [.. ConfusionMatrixText.MatrixOrPairs(matrix, options ?? new ReportOptions())];
    }

    private static IEnumerable<string> LeftOut(LeftOutExamples leftOut)
    {
        (long Count, string Reason)[] reasons =
        [
            (leftOut.UnreadableImage, "image could not be read"),
            (leftOut.MissingLabel, "no label"),
            (leftOut.InvalidLabel, "label that is not a class index"),
            (leftOut.NonFiniteScore, "score that is NaN or infinite"),
        ];

        if (leftOut.Total > 0)
        {
            yield return $"  {Counted(leftOut.Total, "example")} left out of all numbers:";
        }

        foreach ((long count, string reason) in reasons.Where(entry => entry.Count > 0))
        {
            yield return $"    {Grouped(count)}: {reason}";
        }
    }
}
