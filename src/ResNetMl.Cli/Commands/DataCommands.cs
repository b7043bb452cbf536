using System.CommandLine;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml data list</c>: the data sets that the product knows where to get.</summary>
internal static class DataListCommand
{
    internal static Command Create() => new("list", "Lists the data sets that data get provides.");

    internal static int Run(CommandContext context)
    {
        var sets = new List<object>();
        foreach (CatalogueEntry entry in DatasetCatalogue.Entries)
        {
            ProvidedDataset? provided = DatasetCatalogue.FindProvided(entry);
            context.Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Name}: {entry.TrainingImages:N0} + {entry.TestImages:N0} images of {entry.Labels.Count} classes, {entry.SizeBytes / 1e6:F0} MB, {entry.License}"));
            context.Terminal.WriteLine($"  {entry.Description}");
            context.Terminal.WriteLine($"  {entry.Origin}");
            context.Terminal.WriteLine(provided is null ? $"  absent: resnetml data get {entry.Name}" : $"  present: {provided.Folder}");
            sets.Add(new
            {
                entry.Name, entry.Description, entry.TrainingImages, entry.TestImages, entry.Labels, entry.SizeBytes, entry.License, entry.Origin, provided?.Folder,
            });
        }

        context.Terminal.WriteJson(new { Datasets = sets });
        return ExitCode.Done;
    }
}

/// <summary><c>resnetml data get</c>: brings a data set to this machine, checked by its content.</summary>
internal static class DataGetCommand
{
    private static readonly Argument<string> DatasetName = new("name") { Description = "A name that data list shows." };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "Folder that already holds the files.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Folder to write to; otherwise the user's cache.",
        HelpName = "DIR",
    };

    internal static Command Create() => new("get", "Provides a data set: an installed package, a download by the package manager, or a folder given.")
    {
        DatasetName, From, Output,
    };

    internal static int Run(CommandContext context)
    {
        CatalogueEntry entry;
        try
        {
            entry = DatasetCatalogue.Find(context.Get(DatasetName));
        }
        catch (DatasetException exception)
        {
            throw new UsageException(exception.Message);
        }

        ProvidedDataset provided = DatasetCatalogue.Provide(
            entry, context.Get(Output), context.Get(From), cancellationToken: context.Cancellation);
        context.Terminal.WriteLine($"{entry.Name}: {provided.Source}");
        context.Terminal.WriteLine($"train: --dataset {provided.TrainingPath}");
        context.Terminal.WriteLine($"test:  --dataset {provided.TestPath}");
        context.Terminal.WriteJson(provided);
        return ExitCode.Done;
    }
}
