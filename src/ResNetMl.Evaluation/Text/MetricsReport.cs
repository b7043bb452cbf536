using System.Globalization;
using ResNetMl.Data;

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
        table.Add("top-1 accuracy (micro)", Number(metrics.MicroAccuracy), "share of all examples; 1 is best");
        table.Add("macro accuracy", Number(metrics.MacroAccuracy), "mean recall of the classes; 1 is best");
        if (metrics.TopKPredictionCount > 1)
        {
            table.Add(
                $"top-{metrics.TopKPredictionCount} accuracy",
                Number(metrics.TopKAccuracy),
                $"label among the {metrics.TopKPredictionCount} highest scores; 1 is best");
        }

        table.Add("log-loss", Number(metrics.LogLoss), "nats; 0 is best");
        table.Add("log-loss reduction", Number(metrics.LogLossReduction), "against the class shares; 1 is best");
        table.Add("macro F1", Number(metrics.MacroF1), "mean F1 of the classes; 1 is best");
        table.Add("weighted F1", Number(metrics.WeightedF1), "the same, weighted by support");

        string examples = Count(metrics.ExampleCount, "example");
        string classes = Count(metrics.ClassNames.Count, "class", "classes");
        List<string> lines = [$"Metrics of {examples} in {classes}", .. table.Lines(options)];
        if (metrics.UnseenLabelCount > 0)
        {
            lines.Add($"  {Count(metrics.UnseenLabelCount, "example")} with a label not seen in training: counted as wrong,");
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
                index.ToString(CultureInfo.InvariantCulture),
                of.ClassName,
                ConfusionMatrixText.Grouped(of.Support),
                of.Predicted > 0 ? Number(of.Precision) : "-",
                of.Support > 0 ? Number(of.Recall) : "-",
                of.Support + of.Predicted > 0 ? Number(of.F1) : "-",
                of.Support > 0 ? Number(of.LogLoss) : "-");
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
            yield return $"  {Count(leftOut.Total, "example")} left out of all numbers:";
        }

        foreach ((long count, string reason) in reasons.Where(entry => entry.Count > 0))
        {
            yield return $"    {ConfusionMatrixText.Grouped(count)}: {reason}";
        }
    }

    private static string Count(long count, string one, string? many = null) =>
        $"{ConfusionMatrixText.Grouped(count)} {(count == 1 ? one : many ?? one + "s")}";

    private static string Number(double value) => double.IsFinite(value) ? ConfusionMatrixText.Share(value) : value switch
    {
        double.NaN => "undefined",
        > 0 => "infinite",
        _ => "-infinite",
    };
}
