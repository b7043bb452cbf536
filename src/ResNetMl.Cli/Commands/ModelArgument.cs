using System.CommandLine;

namespace ResNetMl.Cli.Commands;

/// <summary>Models on the command line.</summary>
internal static class ModelArgument
{
    internal static Option<string> Required() => new("--model")
    {
        Description = "The model file (.zip) that train wrote.",
        Required = true,
        HelpName = "MODEL",
    };
}
