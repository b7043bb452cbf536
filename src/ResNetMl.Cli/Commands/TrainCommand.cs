using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml train</c>: a data set becomes a trained, measured, saved model.</summary>
internal static class TrainCommand
{
    private static readonly Option<string> Dataset = DatasetArgument.Required("--dataset", "Training images.");
    private static readonly Option<string?> ValidationDataset = DatasetArgument.Optional("--validation-dataset", "Images to watch the training with.");
    private static readonly Option<string?> TestDataset = DatasetArgument.Optional("--test-dataset", "Images to measure the finished model with.");

    private static readonly Option<string> Network = new("--network")
    {
        Description = "A network's name (see inspect), or a definition file. Default resnet20.",
        DefaultValueFactory = _ => "resnet20",
        HelpName = "NAME|FILE.json",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "Size to which images are brought; 1 channel makes them grey. Default: the network's own.",
        HelpName = "C,H,W",
    };

    private static readonly Option<string?> PreprocessingFile = new("--preprocessing")
    {
        Description = "Preprocessing as JSON; otherwise resize and crop to the input, normalised by the training images' own mean and deviation.",
        HelpName = "FILE.json",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The model file to write (.zip).",
        Required = true,
        HelpName = "MODEL",
    };

    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue from the last checkpoint of this output, if there is one." };

    internal static Command Create()
    {
        var command = new Command("train", "Trains a residual network from scratch.")
        {
            Dataset, ValidationDataset, TestDataset, Network, Input, PreprocessingFile, Output, Resume,
        };
        TrainingOptionsParser.AddTo(command);
        return command;
    }

    internal static int Run(CommandContext context)
    {
        string output = context.Get(Output);
        using IExampleSource training = DatasetArgument.Open(context.Get(Dataset));
        using IExampleSource? validation = DatasetArgument.OpenOptional(context.Get(ValidationDataset));
        using IExampleSource? test = DatasetArgument.OpenOptional(context.Get(TestDataset));
        Shape? input = ShapeArgument.Parse("--input", context.Get(Input));
        NetworkDefinition definition = NetworkArgument.Read(context.Get(Network), training.Labels.Count, input);

        Preprocessing preprocessing = context.Get(PreprocessingFile) is { } file
            ? PreprocessingArgument.Read(file)
            : TrainingPreprocessing.For(definition.Inputs[0].Shape, training);
        TrainerOptions options = TrainingOptionsParser.Read(context, preprocessing) with
        {
            CheckpointFolder = output + ".checkpoint",
            Resumes = context.Get(Resume),
        };

        TrainingResult result = TrainingDisplay.Train(context, options, definition, training, validation);
        result.Model.Save(output);
        context.Terminal.WriteLine($"Model: {Path.GetFullPath(output)}");
        bool isCancelled = result.Outcome == TrainingOutcome.Cancelled;
        MulticlassClassificationMetrics? metrics = test is null || isCancelled ? null : EvaluateCommand.Measure(context, result.Model, test).Metrics;
        context.Terminal.WriteJson(TrainingDisplay.ToJson(result, output, metrics));
        return isCancelled ? ExitCode.Cancelled : ExitCode.Done;
    }
}

/// <summary>Preprocessing files on the command line.</summary>
internal static class PreprocessingArgument
{
    internal static Preprocessing Read(string file)
    {
        try
        {
            return Preprocessing.FromJson(File.ReadAllText(file));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{file}: {exception.Message}");
        }
    }
}
