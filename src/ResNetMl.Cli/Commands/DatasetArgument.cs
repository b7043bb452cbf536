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

    /// <summary>Opens a data set and lists what of it belongs to no label or is no image.</summary>
    /// <param name="terminal">Where the list is shown.</param>
    /// <param name="path">Folder or file.</param>
    /// <param name="isStrict">Whether the first such file is an error instead.</param>
    internal static IExampleSource Open(ITerminal terminal, string path, bool isStrict)
    {
        IExampleSource source = ExampleSource.Open(path);
        if (isStrict && source.LeftOut is [{ } first, ..])
        {
            source.Dispose();
            throw new ImageFormatException(first.Path, first.Reason);
        }

        BadImageDisplay.Show(terminal, source.LeftOut);
        return source;
    }
}
