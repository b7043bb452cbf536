using System.CommandLine;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml inspect NETWORK|MODEL</c>: layers, shapes, parameters, multiply-adds.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> What = new("network")
    {
        Description = "A network's name (resnet20, plain56, resnet50-v1, …), a model file (.zip, .onnx, .pth, .th, .safetensors) or a definition file (.json).",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "Shape of one image, for example 3,224,224; otherwise the network's own.",
        HelpName = "C,H,W",
    };

    private static readonly Option<int?> Classes = new("--classes")
    {
        Description = "Classes of a network given by name; otherwise the papers'.",
        HelpName = "N",
    };

    private static readonly Option<bool> Layers = new("--layers") { Description = "One row a layer instead of one a stage." };

    private static readonly Option<string?> Svg = new("--svg")
    {
        Description = "Also draws the network into this file, for a browser.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> EveryBlock = new("--every-block") { Description = "Draws equal blocks one by one instead of once." };

    internal static Command Create() =>
        new("inspect", "Shows a network's layers, shapes, parameters and multiply-adds.") { What, Input, Classes, Layers, Svg, EveryBlock };

    internal static int Run(CommandContext context)
    {
        NetworkDefinition definition = NetworkArgument.Read(
            context.Get(What), context.Get(Classes), ShapeArgument.Parse("--input", context.Get(Input)));
        if (context.Get(EveryBlock) && context.Get(Svg) is null)
        {
            throw new UsageException("--every-block goes with --svg FILE.");
        }

        string? svg = context.Get(Svg) is { } file ? OutputArgument.File("--svg", file) : null;
        NetworkSummary summary = NetworkSummary.Of(definition);
        foreach (string line in summary.Lines(context.Get(Layers) ? SummaryDetail.Nodes : SummaryDetail.Stages))
        {
            context.Terminal.WriteLine(line);
        }

        if (svg is not null)
        {
            File.WriteAllText(svg, NetworkDrawing.Svg(definition, new DrawingOptions { DrawsEveryBlock = context.Get(EveryBlock) }));
            context.Terminal.WriteLine("");
            context.Terminal.WriteLine($"Drawn into {context.Get(Svg)}.");
        }

        context.Terminal.WriteJson(summary);
        return ExitCode.Done;
    }
}

/// <summary>Shapes on the command line.</summary>
internal static class ShapeArgument
{
    /// <summary>Reads <c>3,224,224</c>; null stays null.</summary>
    internal static Shape? Parse(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split(',');
        var lengths = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length != 3 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]) || lengths[i] == 0)
            {
                throw new UsageException($"{option} {text}: expected channels,height,width, for example 3,224,224.");
            }
        }

        return new Shape(lengths);
    }
}
