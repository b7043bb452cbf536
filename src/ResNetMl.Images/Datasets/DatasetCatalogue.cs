namespace ResNetMl.Images;

/// <summary>A dataset that this product knows how to provide.</summary>
public sealed record CatalogueEntry
{
    internal CatalogueEntry(DatasetRecipe recipe) => Recipe = recipe;

    /// <summary>What it is asked for by: <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line on what the images show.</summary>
    public required string Description { get; init; }

    /// <summary>Images to train on.</summary>
    public required int TrainingImages { get; init; }

    /// <summary>Images to test on.</summary>
    public required int TestImages { get; init; }

    /// <summary>Class names, in the order of the label indices.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Bytes on disk once provided, about.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The images' licence, as an SPDX identifier where there is one.</summary>
    public required string License { get; init; }

    /// <summary>Who made the images, and where they are described.</summary>
    public required string Origin { get; init; }

    /// <summary>How it is provided.</summary>
    internal DatasetRecipe Recipe { get; }
}

/// <summary>One file of a dataset, known by its content: a gzipped and a plain copy are the same file.</summary>
/// <param name="Name">Its name without <c>.gz</c>.</param>
/// <param name="Sha256">SHA-256 of the content, decompressed; lower-case hexadecimal.</param>
internal sealed record CatalogueFile(string Name, string Sha256);

/// <summary>Which files make up a dataset and where they are found.</summary>
/// <param name="Files">All files, each without <c>.gz</c>.</param>
/// <param name="TrainingFile">The one that is opened for training.</param>
/// <param name="TestFile">The one that is opened for testing.</param>
/// <param name="DebianPackage">The Debian package that carries them.</param>
/// <param name="InstalledFolder">Where that package puts them.</param>
internal sealed record DatasetRecipe(
    IReadOnlyList<CatalogueFile> Files, string TrainingFile, string TestFile, string DebianPackage, string InstalledFolder);

/// <summary>A dataset that is ready to be opened.</summary>
/// <param name="Folder">Where its files lie.</param>
/// <param name="TrainingPath">Path of the training images for <see cref="ExampleSource.Open"/>.</param>
/// <param name="TestPath">Path of the test images for <see cref="ExampleSource.Open"/>.</param>
/// <param name="Source">Where the files were taken from, in words.</param>
public sealed record ProvidedDataset(string Folder, string TrainingPath, string TestPath, string Source);

/// <summary>Datasets by name.</summary>
public static class DatasetCatalogue
{
    /// <summary>Every dataset known.</summary>
    public static IReadOnlyList<CatalogueEntry> Entries { get; } = [FashionMnist.Entry];

    /// <summary>Where datasets are put unless told otherwise: <c>resnetml/datasets</c> in the user's cache folder (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>).</summary>
    public static string DefaultFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string root = string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache;
            return Path.Combine(root, "resnetml", "datasets");
        }
    }

    /// <summary>The entry of a name.</summary>
    /// <param name="name">For example <c>fashion-mnist</c>.</param>
    /// <exception cref="DatasetException">No dataset has that name; the message lists those that exist.</exception>
    public static CatalogueEntry Find(string name) =>
        Entries.FirstOrDefault(entry => entry.Name == name)
        ?? throw new DatasetException($"'{name}': expected one of the datasets {string.Join(", ", Entries.Select(entry => entry.Name))}. 'data list' shows them.");

    /// <summary>The dataset, if it was provided into a folder before; its content is not read again.</summary>
    /// <param name="entry">The dataset.</param>
    /// <param name="folder">The folder given to <see cref="Provide"/>; null for <see cref="DefaultFolder"/>.</param>
    public static ProvidedDataset? FindProvided(CatalogueEntry entry, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return DatasetProvider.FindProvided(entry, Path.Combine(folder ?? DefaultFolder, entry.Name));
    }

    /// <summary>
    /// Provides a dataset: from a folder given, else from the installed Debian package, else from the Debian package that apt downloads and dpkg
    /// unpacks, as an ordinary user and without installing it. Each file's content is checked against its SHA-256 before it is kept.
    /// </summary>
    /// <param name="entry">The dataset.</param>
    /// <param name="folder">Where to put it, below its name; null for <see cref="DefaultFolder"/>.</param>
    /// <param name="from">A folder that holds the files, to take nothing else; null to look for them.</param>
    /// <param name="progress">Told in words what is being done.</param>
    /// <param name="cancellationToken">Stops; what is complete stays.</param>
    /// <exception cref="DatasetException">The files cannot be had, or their content is not the published one; the message says what to do.</exception>
    public static ProvidedDataset Provide(
        CatalogueEntry entry, string? folder = null, string? from = null, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new DatasetProvider(entry, Path.Combine(folder ?? DefaultFolder, entry.Name), progress, cancellationToken).Provide(from);
    }
}
