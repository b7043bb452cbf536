using System.Diagnostics;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Evaluation;
using ResNetMl.Images;
using ResNetMl.Vision;
using static ResNetMl.DataOperationsCatalog;

namespace ResNetMl.Cli.Commands;

/// <summary>The demo's second half: a network trained on ImageNet learns five flowers from a few photographs, through the programming interface of ML.NET's shape.</summary>
internal static class DemoTransfer
{
    private const double TestFraction = 0.2;
    private const int Predictions = 5;
    private static readonly string Flowers = Path.Combine(AppContext.BaseDirectory, "data", "flowers");
    private static readonly string Trunk = Path.Combine(AppContext.BaseDirectory, "data", "weights", "resnet50-v2-trunk.onnx");

    /// <summary>Trains, measures, saves and predicts; returns what the command's document says of it.</summary>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    internal static object Run(CommandContext context, Executor executor, string modelFile)
    {
        ITerminal terminal = context.Terminal;
        var mlContext = new MLContext(seed: (int)(context.Get(CommonOptions.Seed) & int.MaxValue));
        mlContext.SetScoringOptions(executor.ScoringOptions);
        Photograph[] photographs =
        [
            .. Directory.EnumerateFiles(Flowers, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => new Photograph { ImagePath = path, Label = Path.GetFileName(Path.GetDirectoryName(path)!) }),
        ];
        TrainTestData parts = mlContext.Data.ExactTrainTestSplit(
            mlContext.Data.LoadFromEnumerable(photographs), TestFraction, stratificationColumnName: nameof(Photograph.Label));
        int test = (int)Math.Round(photographs.Length * TestFraction);

        terminal.WriteLine();
        terminal.WriteLine($"5. Transfer learning on {photographs.Length - test} photographs of flowers, from ImageNet's ResNet-50");
        long start = Stopwatch.GetTimestamp();
        ITransformer model;
        using (var progress = new PhaseDisplay(terminal))
        {
            // A part of a split does not know how many rows it has.
            void Show(ImageClassificationTrainer.ImageClassificationMetrics metrics) => DemoTransfer.Show(progress, metrics, photographs.Length - test);
            model = Pipeline(mlContext, executor, Show, context.Cancellation).Fit(parts.TrainSet);
        }

        mlContext.Model.Save(model, parts.TrainSet.Schema, modelFile);
        terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"   a classifier of its features, trained and saved after {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));

        terminal.WriteLine();
        terminal.WriteLine($"6. Evaluate on {test} photographs it has not seen");
        IDataView scored = mlContext.Data.Cache(model.Transform(parts.TestSet), nameof(Answer.ImagePath), "Label", MulticlassColumns.Score, MulticlassColumns.PredictedLabel);
        MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(scored, topKPredictionCount: 2);
        var layout = new ReportOptions { Width = Math.Max(60, terminal.Width), Ascii = terminal.IsAscii };
        foreach (string line in MetricsReport.Summary(metrics, layout).Append("").Concat(MetricsReport.ConfusionMatrix(metrics.ConfusionMatrix, layout)))
        {
            terminal.WriteLine(line);
        }

        terminal.WriteLine();
        terminal.WriteLine($"7. Predict {Predictions} of them");
        Answer[] answers = [.. mlContext.Data.CreateEnumerable<Answer>(scored, reuseRowObject: false)];
        Answer[] shown = [.. Enumerable.Range(0, Predictions).Select(i => answers[((2 * i) + 1) * answers.Length / (2 * Predictions)])];
        foreach (Answer answer in shown)
        {
            string actual = Path.GetFileName(Path.GetDirectoryName(answer.ImagePath)!);
            terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"   {actual}/{Path.GetFileName(answer.ImagePath)}  {(answer.PredictedLabel == actual ? "right" : "wrong")}: {answer.PredictedLabel} {answer.Score.Max():P1}"));
        }

        (model as IDisposable)?.Dispose();
        return new
        {
            Model = Path.GetFullPath(modelFile),
            Metrics = metrics,
            Predictions = shown.Select(answer => new { Path = answer.ImagePath, Label = answer.PredictedLabel, Probability = answer.Score.Max() }).ToArray(),
        };
    }

    private static IEstimator<ITransformer> Pipeline(
        MLContext mlContext, Executor executor, Action<ImageClassificationTrainer.ImageClassificationMetrics> show, CancellationToken cancellation) =>
        mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.LoadRawImageBytes("Image", imageFolder: null, inputColumnName: nameof(Photograph.ImagePath)))
            .Append(mlContext.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                FeatureColumnName = "Image",
                Arch = ImageClassificationTrainer.Architecture.ResnetV250,
                WeightsPath = Trunk,
                Executor = executor.Scoring,
                Precision = executor.Precision,
                CancellationToken = cancellation,
                MetricsCallback = show,
            }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(MulticlassColumns.PredictedLabel));

    private static void Show(PhaseDisplay progress, ImageClassificationTrainer.ImageClassificationMetrics metrics, int images)
    {
        if (metrics.Bottleneck is { } image)
        {
            progress.Report("features", new ProgressState(image.Index, images));
        }
        else if (metrics.Train is { DatasetUsed: ImageClassificationTrainer.ImageClassificationMetrics.Dataset.Validation } epoch)
        {
            progress.Report("classifier", new ProgressState(epoch.Epoch + 1, epoch.TotalEpochs)
            {
                Unit = "epochs",
                Detail = string.Create(CultureInfo.InvariantCulture, $"validation accuracy {epoch.Accuracy:P1}"),
            });
        }
    }

    private sealed class Photograph
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Answer
    {
        public string ImagePath { get; set; } = "";

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
