using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Evaluation;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml evaluate</c>: the metrics of a model on labelled images.</summary>
internal static class EvaluateCommand
{
    private const int TopK = 5;
    private static readonly Option<string> Dataset = DatasetArgument.Required("--dataset", "Labelled images.");
    private static readonly Option<bool> Strict = new("--strict") { Description = "Stop at an image that cannot be read, instead of leaving it out." };

    internal static Command Create()
    {
        var command = new Command("evaluate", "Measures a model on labelled images.") { Dataset, Strict };
        ModelArgument.AddTo(command);
        return command;
    }

    internal static int Run(CommandContext context)
    {
        Executor executor = CommonOptions.ChooseExecutor(context.Arguments);
        using IImageClassifier classifier = ModelArgument.Prepare(context, executor);
        bool isStrict = context.Get(Strict);
        using IExampleSource source = DatasetArgument.Open(context.Terminal, context.Get(Dataset), isStrict);
        (MulticlassClassificationMetrics metrics, IReadOnlyList<BadImage> bad) = Measure(context, classifier, source, isStrict);
        context.Terminal.WriteJson(new { Model = Path.GetFullPath(context.Get(ModelArgument.File)), Metrics = metrics, BadImages = source.LeftOut.Concat(bad) });
        return ExitCode.Done;
    }

    /// <summary>Scores a labelled set and shows the metrics.</summary>
    /// <exception cref="ImageFormatException">An image cannot be read and the command is strict.</exception>
    internal static (MulticlassClassificationMetrics Metrics, IReadOnlyList<BadImage> Bad) Measure(
        CommandContext context, Executor executor, Model model, IExampleSource source, bool isStrict)
    {
        using Predictor predictor = executor.Prepare(model);
        return Measure(context, predictor, source, isStrict);
    }

    private static (MulticlassClassificationMetrics Metrics, IReadOnlyList<BadImage> Bad) Measure(
        CommandContext context, IImageClassifier classifier, IExampleSource source, bool isStrict)
    {
        int[] toModelLabel = MapLabels(source.Labels, classifier.Labels);
        var evaluator = new ClassificationEvaluator(classifier.Labels, Math.Min(TopK, classifier.Labels.Count));
        var bad = new List<BadImage>();
        using (IProgressDisplay progress = context.Terminal.StartProgress("scoring"))
        {
            foreach (ScoredExample example in classifier.Score(
                source,
                p => progress.Report(new ProgressState(p.Done, p.Total) { ImagesPerSecond = p.ImagesPerSecond, Left = p.Remaining }),
                context.Cancellation))
            {
                if (example.BadImage is { } badImage)
                {
                    if (isStrict)
                    {
                        throw new ImageFormatException(badImage.Path, badImage.Reason);
                    }

                    evaluator.LeaveOut(LeftOutReason.UnreadableImage);
                    bad.Add(badImage);
                }
                else
                {
                    evaluator.Add(toModelLabel[example.LabelIndex], example.Prediction!.Probabilities.Span);
                }
            }
        }

        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();
        var layout = new ReportOptions { Width = Math.Max(60, context.Terminal.Width), Ascii = context.Terminal.IsAscii };
        foreach (string line in MetricsReport.Lines(metrics, layout))
        {
            context.Terminal.WriteLine(line);
        }

        BadImageDisplay.Show(context.Terminal, bad);
        return (metrics, bad);
    }

    /// <summary>Index among the model's labels for each of the data set's; the number of the model's labels where it has none.</summary>
    private static int[] MapLabels(IReadOnlyList<string> source, IReadOnlyList<string> model)
    {
        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < model.Count; i++)
        {
            indices.TryAdd(model[i], i);
        }

        return [.. source.Select(label => indices.GetValueOrDefault(label, model.Count))];
    }
}
