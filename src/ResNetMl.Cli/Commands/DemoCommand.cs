using System.CommandLine;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Evaluation;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml demo</c>: the main job on the images that come along: train, evaluate, predict, report.</summary>
internal static class DemoCommand
{
    private const string NetworkName = "resnet20";
    private const int Predictions = 5;
    private static readonly string SampleFolder = Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist-sample");

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "Folder for the model.",
        DefaultValueFactory = _ => "resnetml-demo",
        HelpName = "DIR",
    };

    private static readonly Option<int> Epochs = new("--epochs")
    {
        Description = "Passes over the training images: fewer end sooner and know less.",
        DefaultValueFactory = _ => 15,
        HelpName = "N",
    };

    internal static Command Create() =>
        new("demo", "Trains a ResNet-20 on 3,000 images of clothes that come along, and a classifier of flower photographs on ImageNet's ResNet-50; measures both and predicts with them.") { Output, Epochs };

    internal static int Run(CommandContext context)
    {
        ITerminal terminal = context.Terminal;
        TrainingExecutor executor = CommonOptions.ChooseTrainingExecutor(context.Arguments);
        using IExampleSource training = ExampleSource.Open(Path.Combine(SampleFolder, "train.zip"));
        using IExampleSource test = ExampleSource.Open(Path.Combine(SampleFolder, "test.zip"));
        string folder = context.Get(Output);
        Directory.CreateDirectory(folder);
        string modelFile = Path.Combine(folder, "model.zip");

        terminal.WriteLine($"1. Train on {training.Count:N0} images: Fashion-MNIST, ten kinds of clothes, 28×28 grey pixels");
        NetworkDefinition definition = NetworkCatalog.Define(NetworkName, training.Labels.Count, [1, 28, 28]);
        var options = new TrainerOptions
        {
            Preprocessing = Preprocessing.FashionMnist,
            Backend = executor.Backend,
            Threads = executor.Threads,
            Precision = executor.Precision,
            Seed = context.Get(CommonOptions.Seed),
            Epochs = context.Get(Epochs),
            BatchSize = 64,
            Optimizer = new SgdOptions { Nesterov = true, WeightDecay = 5e-4 },
            Schedule = new OneCycleSchedule(0.2),
            Augmentations = [new HorizontalFlip(), new PadAndCrop(2)],
            CheckpointFolder = folder,
        };
        TrainingResult result = TrainingDisplay.Train(context, options, definition, training, validation: null);
        Model model = result.Model;
        model.Save(modelFile);
        if (result.Outcome == TrainingOutcome.Cancelled)
        {
            terminal.WriteLine($"Cancelled; the model so far: {Path.GetFullPath(modelFile)}");
            terminal.WriteJson(new { Model = Path.GetFullPath(modelFile), result.Outcome, result.History });
            return ExitCode.Cancelled;
        }

        CheckpointFolder.Remove(folder);

        var layout = new ReportOptions { Width = Math.Max(60, terminal.Width), Ascii = terminal.IsAscii };
        terminal.WriteLine();
        terminal.WriteLine("2. Learning curve");
        WriteLines(terminal, LearningCurveReport.Lines(
            [.. result.History.Select(epoch => new LearningCurvePoint(epoch.Epoch, epoch.TrainingLoss, epoch.ValidationAccuracy))], layout));

        terminal.WriteLine();
        terminal.WriteLine($"3. Evaluate on {test.Count:N0} images it has not seen");
        MulticlassClassificationMetrics metrics = EvaluateCommand.Measure(context, executor.Scoring, model, test, isStrict: false).Metrics;

        terminal.WriteLine();
        terminal.WriteLine($"4. Predict {Predictions} of them");
        IReadOnlyList<object> predictions = Predict(context, executor.Scoring, model, test);

        string flowersFile = Path.Combine(folder, "flowers.zip");
        object? flowers = null;
        try
        {
            flowers = DemoTransfer.Run(context, executor.Scoring, flowersFile);
        }
        catch (OperationCanceledException)
        {
            terminal.WriteLine("Cancelled.");
        }

        terminal.WriteLine();
        terminal.WriteLine($"Models: {Path.GetFullPath(modelFile)}");
        if (flowers is not null)
        {
            terminal.WriteLine($"        {Path.GetFullPath(flowersFile)}");
            terminal.WriteLine($"Next:   resnetml predict --model {flowersFile} IMAGE");
            terminal.WriteLine("        resnetml train --help");
        }

        terminal.WriteJson(new { Model = Path.GetFullPath(modelFile), result.Outcome, result.History, Metrics = metrics, Predictions = predictions, Flowers = flowers });
        return flowers is null ? ExitCode.Cancelled : ExitCode.Done;
    }

    private static List<object> Predict(CommandContext context, Executor executor, Model model, IExampleSource test)
    {
        using Predictor predictor = executor.Prepare(model);
        using IExampleSource few = test.Subset([.. Enumerable.Range(0, Predictions).Select(i => ((2 * i) + 1) * test.Count / (2 * Predictions))]);
        var shown = new List<object>();
        foreach (ScoredExample example in predictor.Score(few, token: context.Cancellation))
        {
            IReadOnlyList<ClassScore> best = example.Prediction!.Top(2);
            // The folder is the label; the folders above it are the same for all.
            string path = string.Join('/', example.Path.Split('/')[^2..]);
            string actual = test.Labels[example.LabelIndex];
            string verdict = best[0].Label == actual ? "right" : "wrong";
            context.Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"   {path}  {verdict}: {best[0].Label} {best[0].Probability:P1}, {best[1].Label} {best[1].Probability:P1}"));
            shown.Add(new { example.Path, Actual = actual, Scores = best });
        }

        return shown;
    }

    private static void WriteLines(ITerminal terminal, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            terminal.WriteLine(line);
        }
    }
}
