using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;

namespace ResNetMl.Cli.Commands;

/// <summary>Data sets on the command line.</summary>
internal static class DatasetArgument
{
    private const string Forms = "A folder whose sub-folders are labels, a CSV or TSV of path and label, a zip of either, an IDX file or CIFAR batches.";

    internal static Option<string> Required(string name, string what) => new(name)
    {
        Description = $"{what} {Forms}",
        Required = true,
        HelpName = "PATH",
    };

    internal static Option<string?> Optional(string name, string what) => new(name)
    {
        Description = $"{what} In any form that --dataset takes.",
        HelpName = "PATH",
    };

    internal static IExampleSource Open(string path) => ExampleSource.Open(path);

    internal static IExampleSource? OpenOptional(string? path) => path is null ? null : Open(path);
}
