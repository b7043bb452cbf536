using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Evaluation;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml evaluate</c>: the metrics of a model on labelled images.</summary>
internal static class EvaluateCommand
{
    private const int TopK = 5;
    private static readonly Option<string> ModelFile = ModelArgument.Required();
    private static readonly Option<string> Dataset = DatasetArgument.Required("--dataset", "Labelled images.");
    private static readonly Option<bool> Strict = new("--strict") { Description = "Fail if an image cannot be read." };

    internal static Command Create() => new("evaluate", "Measures a model on labelled images.") { ModelFile, Dataset, Strict };

    internal static int Run(CommandContext context)
    {
        Model model = Model.Load(context.Get(ModelFile));
        using IExampleSource source = DatasetArgument.Open(context.Get(Dataset));
        (MulticlassClassificationMetrics metrics, IReadOnlyList<BadImage> bad) = Measure(context, model, source);
        context.Terminal.WriteJson(new { Model = context.Get(ModelFile), Metrics = metrics, BadImages = bad });
        return context.Get(Strict) && bad.Count > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Scores a labelled set and shows the metrics.</summary>
    internal static (MulticlassClassificationMetrics Metrics, IReadOnlyList<BadImage> Bad) Measure(
        CommandContext context, Model model, IExampleSource source)
    {
        int[] toModelLabel = MapLabels(source.Labels, model.Labels);
        var evaluator = new ClassificationEvaluator(model.Labels, Math.Min(TopK, model.Labels.Count));
        var bad = new List<BadImage>();
        (IBackend backend, CompileOptions compile) = CommonOptions.ChooseExecutor(context.Arguments);
        using (Predictor predictor = model.CreatePredictor(backend, new PredictorOptions { Threads = compile.Threads, Precision = compile.Precision }))
        using (IProgressDisplay progress = context.Terminal.StartProgress("scoring"))
        {
            foreach (ScoredExample example in predictor.Score(source, p => progress.Report(p.Done, p.Total), context.Cancellation))
            {
                if (example.BadImage is { } badImage)
                {
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
