using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Interchange;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Models on the command line: files of this product and of others, with what those do not say of themselves.</summary>
internal static class ModelArgument
{
    internal static readonly Option<string> File = new("--model")
    {
        Description = "The model: a file that train or a program's Model.Save wrote (.zip), or .onnx, .pth, .th, .pt, .safetensors.",
        Required = true,
        HelpName = "MODEL",
    };

    internal static readonly Option<string?> Labels = new("--labels")
    {
        Description = "Class names, one a line in the order of the outputs, of a model that does not say them.",
        HelpName = "FILE",
    };

    internal static readonly Option<string?> PreprocessingFile = new("--preprocessing")
    {
        Description = "How images are prepared, for a model that does not say it.",
        HelpName = "imagenet|FILE.json",
    };

    internal static readonly Option<string?> Network = new("--network")
    {
        Description = "The network that weights alone are of, where their names do not tell.",
        HelpName = "NAME|FILE.json",
    };

    /// <summary>Adds the options that describe a model.</summary>
    internal static void AddTo(Command command)
    {
        command.Options.Add(File);
        AddDescriptionTo(command);
        command.Options.Add(Network);
    }

    /// <summary>Adds what a file may not say of itself.</summary>
    internal static void AddDescriptionTo(Command command)
    {
        command.Options.Add(Labels);
        command.Options.Add(PreprocessingFile);
    }

    /// <summary>The model that the command line names, ready to answer.</summary>
    /// <exception cref="UsageException">The file does not say its labels or its preprocessing, and neither does the command line.</exception>
    internal static Model Read(CommandContext context)
    {
        string file = context.Get(File);
        ModelReaderOptions options = Options(context, inputShape: null);
        if (ModelReader.IsOwnModel(file))
        {
            return ModelReader.Read(file, options);
        }

        ImportedNetwork network = ModelReader.ReadNetwork(file, options);
        RequireDescription(file, network);
        if (network.RecognizedAs is { } known && (options.Labels is null || options.Preprocessing is null))
        {
            context.Terminal.WriteError($"{file}: its tensors are those of {known}; what is not given is taken from there.");
        }

        return ModelReader.Compose(file, network);
    }

    /// <summary>What the command line names, ready to answer: a model, or a pipeline that was saved through the programming interface.</summary>
    /// <exception cref="UsageException">A pipeline is not fed by one image column, or what is not said of a file is missing.</exception>
    internal static IImageClassifier Prepare(CommandContext context, Executor executor)
    {
        string file = context.Get(File);
        if (!ModelReader.IsOwnModel(file) || !SavedPipeline.IsPipeline(file))
        {
            return executor.Prepare(Read(context));
        }

        var mlContext = new MLContext();
        mlContext.SetScoringOptions(executor.ScoringOptions);
        try
        {
            return SavedPipeline.Load(file, mlContext);
        }
        catch (PipelineInputException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    /// <summary>Asks for what a file does not say of itself: without it no image can be scored.</summary>
    private static void RequireDescription(string file, ImportedNetwork network)
    {
        if (network.Labels is null)
        {
            throw new UsageException($"{file} does not say the names of its {network.Definition.ShapeOf(network.Definition.Outputs[0])[^1]} classes: give --labels FILE, one label a line in the order of the outputs.");
        }

        if (network.Preprocessing is null)
        {
            throw new UsageException($"{file} does not say how its images are prepared, and that is never guessed: give --preprocessing imagenet, or --preprocessing FILE.json.");
        }
    }

    /// <summary>What the command line says that a file may not.</summary>
    internal static ModelReaderOptions Options(CommandContext context, Shape? inputShape) => new()
    {
        Labels = context.Get(Labels) is { } labels ? LabelsFile.Read(labels) : null,
        Preprocessing = context.Get(PreprocessingFile) is { } preprocessing ? PreprocessingArgument.Read(preprocessing) : null,
        Definition = context.Get(Network) is { } network ? NetworkArgument.Read(network, classes: null, inputShape: null) : null,
        InputShape = inputShape,
    };
}

/// <summary>Files of class names.</summary>
internal static class LabelsFile
{
    /// <summary>Reads one name a line; an empty line at the end does not count.</summary>
    /// <exception cref="UsageException">A line is empty, or there is none.</exception>
    internal static IReadOnlyList<string> Read(string path)
    {
        string[] lines = [.. System.IO.File.ReadLines(path).Select(line => line.Trim())];
        int count = lines.Length;
        while (count > 0 && lines[count - 1].Length == 0)
        {
            count--;
        }

        int empty = Array.IndexOf(lines, "", 0, count);
        return count == 0 || empty >= 0
            ? throw new UsageException($"--labels {path}: expected a class name on each line, got {(count == 0 ? "an empty file" : $"none on line {empty + 1}")}.")
            : lines[..count];
    }
}
