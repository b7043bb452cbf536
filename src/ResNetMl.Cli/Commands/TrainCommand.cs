using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Interchange;
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
        Description = "A network's name (see inspect), a definition file, or a model file whose architecture is trained anew.",
        DefaultValueFactory = _ => "resnet20",
        HelpName = "NAME|FILE",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "Size to which images are brought; 1 channel makes them grey. Default: the network's own.",
        HelpName = "C,H,W",
    };

    private static readonly Option<string?> PreprocessingFile = new("--preprocessing")
    {
        Description = "How images are prepared; otherwise as the backbone says or, without one, brought to the input's size and normalised by the training images' own mean and deviation.",
        HelpName = "imagenet|FILE.json",
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
        var command = new Command("train", "Trains a network from scratch, or fine-tunes a trained one.")
        {
            Dataset, ValidationDataset, TestDataset, Network, BackboneArgument.Value, Input, PreprocessingFile, Output, Resume,
        };
        TrainingOptionsParser.AddTo(command);
        return command;
    }

    internal static int Run(CommandContext context)
    {
        ITerminal terminal = context.Terminal;
        TrainingExecutor executor = CommonOptions.ChooseTrainingExecutor(context.Arguments);
        bool isStrict = context.Get(TrainingOptionsParser.Strict);
        string output = OutputArgument.File("--output", context.Get(Output));
        using IExampleSource training = DatasetArgument.Open(terminal, context.Get(Dataset), isStrict);
        using IExampleSource? validation = context.Get(ValidationDataset) is { } path ? DatasetArgument.Open(terminal, path, isStrict) : null;
        using IExampleSource? test = context.Get(TestDataset) is { } testPath ? DatasetArgument.Open(terminal, testPath, isStrict) : null;
        (NetworkDefinition definition, StateDictionary? weights, Preprocessing? own) = Start(context, training.Labels.Count);
        TrainerOptions options = TrainingOptionsParser.Read(context, executor) with
        {
            Preprocessing = own ?? PreprocessingArgument.Measure(context, definition, training),
            CheckpointFolder = output + ".checkpoint",
            Resumes = context.Get(Resume),
        };

        IReadOnlyList<string> notes = Notes(options);
        foreach (string note in notes)
        {
            terminal.WriteError(note);
        }

        TrainingResult result = TrainingDisplay.Train(context, options, definition, training, validation, weights);
        Save(result.Model, output, options.CheckpointFolder);
        terminal.WriteLine($"Model: {output}");
        bool isCancelled = result.Outcome == TrainingOutcome.Cancelled;
        if (isCancelled)
        {
            terminal.WriteLine("Cancelled. The same command with --resume goes on from here.");
        }
        else
        {
            CheckpointFolder.Remove(options.CheckpointFolder);
        }

        (MulticlassClassificationMetrics Metrics, IReadOnlyList<BadImage> Bad)? measured =
            test is null || isCancelled ? null : EvaluateCommand.Measure(context, executor.Scoring, result.Model, test, isStrict);
        terminal.WriteJson(new
        {
            Model = output,
            result.Outcome,
            result.BestEpoch,
            result.Steps,
            result.History,
            measured?.Metrics,
            BadImages = (BadImage[])[.. training.LeftOut, .. validation?.LeftOut ?? [], .. test?.LeftOut ?? [], .. result.BadImages, .. measured?.Bad ?? []],
            Warnings = (string[])[.. notes, .. result.Warnings],
        });
        return isCancelled ? ExitCode.Cancelled : ExitCode.Done;
    }

    /// <summary>What training starts with: the network for these classes, its weights if it does not start from scratch, and the preprocessing if it is said.</summary>
    private static (NetworkDefinition Definition, StateDictionary? Weights, Preprocessing? Preprocessing) Start(CommandContext context, int classes)
    {
        Shape? input = ShapeArgument.Parse("--input", context.Get(Input));
        Preprocessing? given = context.Get(PreprocessingFile) is { } file ? PreprocessingArgument.Read(file) : null;
        if (context.Get(BackboneArgument.Value) is not { } backbone)
        {
            return (NetworkArgument.ForTraining(context.Get(Network), classes, input), null, given);
        }

        ImportedNetwork network = BackboneArgument.Read(context, backbone, new ModelReaderOptions
        {
            Definition = context.IsGiven(Network) ? NetworkArgument.Read(context.Get(Network), classes: null, inputShape: null) : null,
            Preprocessing = given,
            InputShape = input,
        });
        network = network.WithClasses(classes, unchecked((long)context.Get(CommonOptions.Seed)));
        return network.Preprocessing is { } preprocessing
            ? (network.Definition, network.Weights, preprocessing)
            : throw new UsageException(
                $"--backbone {backbone} does not say how its images are prepared, and that is never guessed: give --preprocessing imagenet, or --preprocessing FILE.json.");
    }

    private static void Save(Model model, string output, string checkpointFolder)
    {
        try
        {
            model.Save(output);
        }
        catch (IOException exception) when (Checkpoints.ExistsIn(checkpointFolder))
        {
            throw new IOException($"{exception.Message} Once it can be written, the same command with --resume goes on from the last checkpoint.", exception);
        }
    }

    /// <summary>What the user may not expect of this training, said before it starts.</summary>
    private static List<string> Notes(TrainerOptions options)
    {
        List<string> notes = [];
        string checkpoint = Checkpoints.PathIn(options.CheckpointFolder!);
        bool isThere = Checkpoints.ExistsIn(options.CheckpointFolder!);
        if (isThere && !options.Resumes)
        {
            notes.Add($"{checkpoint} of an unfinished training will be replaced. Stop now and add --resume to go on from it.");
        }
        else if (!isThere && options.Resumes)
        {
            notes.Add($"--resume: there is no {checkpoint}; the training starts at the beginning.");
        }

        return notes;
    }
}
