using System.CommandLine;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>What the weights commands share: which folders, which names, and how a file is shown.</summary>
internal static class WeightsArguments
{
    internal static readonly Option<string?> Cache = new("--cache")
    {
        Description = "Folder that downloads go to; otherwise RESNETML_WEIGHTS_CACHE, or the user's cache.",
        HelpName = "DIR",
    };

    internal static WeightsStore Store(CommandContext context) =>
        new(context.Get(Cache) is { } cache ? new WeightsStoreOptions { CacheFolder = cache } : null);

    /// <exception cref="UsageException">No published weights have one of the names.</exception>
    internal static IReadOnlyList<PublishedWeights> Find(WeightsStore store, IEnumerable<string> names) =>
    [
        .. names.Select(name => store.FindPublished(name)
            ?? throw new UsageException(
                $"'{name}': expected one of the weights {string.Join(", ", store.Catalogue.Select(entry => entry.Name))}. 'weights list' shows them.")).Distinct(),
    ];
}

/// <summary><c>resnetml weights list</c>: the published weights that the product knows where to get.</summary>
internal static class WeightsListCommand
{
    internal static Command Create() => new("list", "Lists the published ImageNet weights that weights pull downloads.") { WeightsArguments.Cache };

    internal static int Run(CommandContext context) => Run(context.Terminal, WeightsArguments.Store(context));

    internal static int Run(ITerminal terminal, WeightsStore store)
    {
        var weights = new List<object>();
        foreach (PublishedWeights entry in store.Catalogue)
        {
            string? path = store.Locate(entry);
            string? ownFile = store.LocateOwn(entry)?.Path;
            terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Name}: {entry.File}, {entry.SizeBytes / 1e6:F0} MB, top-1 {entry.Top1:P2}, top-5 {entry.Top5:P2}, {entry.License}"));
            terminal.WriteLine(path is null ? $"  absent: resnetml weights pull {entry.Name}" : $"  present: {path}");
            if (ownFile is not null)
            {
                terminal.WriteLine($"  own file, used instead and unverified: {ownFile}");
            }

            weights.Add(new
            {
                entry.Name, entry.Architecture, entry.File, entry.Sha256, entry.SizeBytes, entry.Top1, entry.Top5, entry.IsQuantised, entry.License, entry.Source, path, ownFile,
            });
        }

        terminal.WriteLine($"Downloads go to {store.CacheFolder}");
        terminal.WriteJson(new { Weights = weights, store.CacheFolder });
        return ExitCode.Done;
    }
}

/// <summary><c>resnetml weights pull</c>: brings published weights to this machine, checked by their content.</summary>
internal static class WeightsPullCommand
{
    private static readonly Argument<string[]> Names = new("name") { Description = "Names that weights list shows.", Arity = ArgumentArity.OneOrMore };

    internal static Command Create() => new("pull", "Downloads published weights into the cache; a download that was cut goes on.") { Names, WeightsArguments.Cache };

    internal static int Run(CommandContext context) => Run(context.Terminal, WeightsArguments.Store(context), context.Get(Names), context.Cancellation);

    internal static int Run(ITerminal terminal, WeightsStore store, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var pulled = new List<object>();
        foreach (PublishedWeights entry in WeightsArguments.Find(store, names))
        {
            WeightsFile file;
            using (var display = new DownloadDisplay(terminal))
            {
                file = store.Pull(entry, display, cancellation);
            }

            terminal.WriteLine($"{entry.Name}: {file.Path} ({(file.Origin == WeightsOrigin.Download ? "downloaded" : "was here")}, SHA-256 as published)");
            pulled.Add(new { entry.Name, file.Path, file.Origin, file.IsVerified, entry.Sha256, entry.SizeBytes });
        }

        terminal.WriteJson(new { Weights = pulled });
        return ExitCode.Done;
    }
}

/// <summary><c>resnetml weights verify</c>: reads the weights on this machine and compares them with what was published.</summary>
internal static class WeightsVerifyCommand
{
    private static readonly Argument<string[]> Names = new("name")
    {
        Description = "Names that weights list shows; without names, all that are on this machine.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    internal static Command Create() => new("verify", "Compares weights on this machine with the published SHA-256; exit code 1 where one differs or, named, is absent.")
    {
        Names, WeightsArguments.Cache,
    };

    internal static int Run(CommandContext context) => Run(context.Terminal, WeightsArguments.Store(context), context.Get(Names), context.Cancellation);

    internal static int Run(ITerminal terminal, WeightsStore store, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        IReadOnlyList<PublishedWeights> asked = names.Count > 0
            ? WeightsArguments.Find(store, names)
            : [.. store.Catalogue.Where(entry => store.Locate(entry) is not null)];
        var checks = new List<object>();
        bool isWell = true;
        foreach (WeightsCheck check in asked.Select(entry => store.Check(entry, cancellation)))
        {
            PublishedWeights entry = check.Published;
            isWell &= check.State == WeightsState.Verified;
            terminal.WriteLine(check.State switch
            {
                WeightsState.Verified => $"{entry.Name}: as published: {check.Path}",
                WeightsState.Absent => $"{entry.Name}: absent: resnetml weights pull {entry.Name}",
                _ => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{entry.Name}: DIFFERENT: {check.Path}: expected {entry.SizeBytes:N0} bytes of SHA-256 {entry.Sha256}, got {check.SizeBytes:N0} bytes") +
                    $"{(check.Sha256 is null ? "" : $" of SHA-256 {check.Sha256}")}. Remove it and pull it again.",
            });
            checks.Add(new { entry.Name, check.State, check.Path, entry.Sha256, FoundSha256 = check.Sha256, entry.SizeBytes, FoundSizeBytes = check.SizeBytes });
        }

        if (asked.Count == 0)
        {
            terminal.WriteLine($"No published weights in {store.CacheFolder}{(store.Folder is null ? "" : $" or {store.Folder}")}: resnetml weights pull NAME downloads some.");
        }

        terminal.WriteJson(new { Weights = checks });
        return isWell ? ExitCode.Done : ExitCode.Failed;
    }
}
