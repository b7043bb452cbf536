using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml export</c>: a model in the format of another runtime.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Format = new("--format")
    {
        Description = "onnx, tensorflow (a frozen GraphDef), safetensors, or model (this product's own). Default: as the output's extension says.",
        HelpName = "FORMAT",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The file to write: .onnx, .pb, .safetensors or .zip.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string?> ModelFile = new("--model")
    {
        Description = "The model: a file that train wrote (.zip), or .onnx, .pth, .th, .pt, .safetensors. Without it, --network is exported untrained.",
        HelpName = "MODEL",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "Shape of one image, where the model leaves it open or another is wanted.",
        HelpName = "C,H,W",
    };

    private static readonly Option<int> Opset = new("--opset")
    {
        Description = "ONNX's operator set.",
        DefaultValueFactory = _ => new OnnxExportOptions().Opset,
        HelpName = "N",
    };

    private static readonly Option<bool> WithPreprocessing = new("--with-preprocessing")
    {
        Description = "For ONNX (opset 18): the graph reads pixels and prepares them itself.",
    };

    internal static Command Create()
    {
        var command = new Command("export", "Writes a model for another runtime.") { ModelFile, Format, Output, Input, Opset, WithPreprocessing };
        ModelArgument.AddDescriptionTo(command);
        command.Options.Add(ModelArgument.Network);
        return command;
    }

    internal static int Run(CommandContext context)
    {
        string format = FormatOf(context.Get(Format), context.Get(Output));
        if (format != "onnx" && (context.IsGiven(Opset) || context.Get(WithPreprocessing)))
        {
            throw new UsageException($"--opset and --with-preprocessing go with --format onnx, not {format}.");
        }

        ImportedNetwork network = Read(context);
        string output = OutputArgument.File("--output", context.Get(Output));
        Write(context, format, output, network);
        context.Terminal.WriteLine($"{network.Definition.Name} → {output} ({format}, {new FileInfo(output).Length:N0} bytes)");
        if (network.Labels is null || network.Preprocessing is null)
        {
            string missing = network.Labels is not null ? "preprocessing" : network.Preprocessing is not null ? "labels" : "labels or preprocessing";
            context.Terminal.WriteError($"The file carries no {missing}: the model did not say, and --labels and --preprocessing were not given.");
        }

        context.Terminal.WriteJson(new
        {
            Model = context.Get(ModelFile),
            Network = network.Definition.Name,
            Output = output,
            Format = format,
            Bytes = new FileInfo(output).Length,
            HasLabels = network.Labels is not null,
            HasPreprocessing = network.Preprocessing is not null,
        });
        return ExitCode.Done;
    }

    private static void Write(CommandContext context, string format, string output, ImportedNetwork network)
    {
        switch (format)
        {
            case "onnx":
                OnnxFile.Write(output, network, OnnxOptions(context, network));
                break;
            case "tensorflow":
                TensorFlowFile.Write(output, network);
                break;
            case "safetensors":
                SafetensorsNetwork.Write(output, network);
                break;
            default:
                ModelReader.Compose(context.Get(ModelFile) ?? network.Definition.Name, network).Save(output);
                break;
        }
    }

    private static ImportedNetwork Read(CommandContext context)
    {
        Tensors.Shape? input = ShapeArgument.Parse("--input", context.Get(Input));
        if (context.Get(ModelFile) is { } file)
        {
            return ModelReader.ReadNetwork(file, ModelArgument.Options(context, input));
        }

        string name = context.Get(ModelArgument.Network)
            ?? throw new UsageException("export: expected --model FILE, or --network NAME for an untrained network; got neither.");
        NetworkDefinition definition = NetworkArgument.Read(name, classes: null, input);
        long seed = unchecked((long)context.Get(CommonOptions.Seed));
        return new ImportedNetwork(definition, InitialState.Create(definition, seed))
        {
            Labels = context.Get(ModelArgument.Labels) is { } labels ? LabelsFile.Read(labels) : null,
            Preprocessing = context.Get(ModelArgument.PreprocessingFile) is { } preprocessing ? PreprocessingArgument.Read(preprocessing) : null,
        };
    }

    private static OnnxExportOptions OnnxOptions(CommandContext context, ImportedNetwork network)
    {
        int opset = context.Get(Opset);
        bool includesPreprocessing = context.Get(WithPreprocessing);
        if (opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset)
        {
            throw new UsageException($"--opset {opset}: expected {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}.");
        }

        if (includesPreprocessing && network.Preprocessing is null)
        {
            throw new UsageException("--with-preprocessing: the model does not say how its images are prepared: give --preprocessing imagenet, or --preprocessing FILE.json.");
        }

        return new OnnxExportOptions { Opset = opset, IncludesPreprocessing = includesPreprocessing };
    }

    private static string FormatOf(string? asked, string output)
    {
        string? byExtension = Path.GetExtension(output).ToLowerInvariant() switch
        {
            ".onnx" => "onnx",
            ".pb" => "tensorflow",
            ".safetensors" => "safetensors",
            ".zip" => "model",
            _ => null,
        };
        return asked switch
        {
            null => byExtension ?? throw new UsageException($"--output {output}: its extension does not say the format; give --format onnx, tensorflow, safetensors or model."),
            "onnx" or "tensorflow" or "safetensors" or "model" => asked,
            _ => throw new UsageException($"--format {asked}: expected onnx, tensorflow, safetensors or model."),
        };
    }
}
