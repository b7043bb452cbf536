using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>Where weights are looked for, and how they are downloaded.</summary>
public sealed record WeightsStoreOptions
{
    /// <summary>Names the folder of the user's own weights.</summary>
    internal const string FolderVariable = "RESNETML_WEIGHTS";

    /// <summary>Names the folder that downloads go to.</summary>
    internal const string CacheVariable = "RESNETML_WEIGHTS_CACHE";

    /// <summary>Folder of weights that the user keeps; <c>RESNETML_WEIGHTS</c> unless set here, null for none. It is read, never written to.</summary>
    public string? Folder { get; init; } = Variable(FolderVariable);

    /// <summary>Folder that downloads go to; <c>RESNETML_WEIGHTS_CACHE</c>, else <c>resnetml/weights</c> in the user's cache folder (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>).</summary>
    public string CacheFolder { get; init; } =
        Variable(CacheVariable) ?? Path.Combine(Path.GetDirectoryName(DatasetCatalogue.DefaultFolder)!, "weights");

    /// <summary>What can be downloaded; <see cref="WeightsCatalogue.Entries"/>.</summary>
    public IReadOnlyList<PublishedWeights> Catalogue { get; init; } = WeightsCatalogue.Entries;

    /// <summary>Whether weights that this machine lacks are downloaded; where not, their absence is an error that says where to get them.</summary>
    public bool AllowsDownload { get; init; } = true;

    /// <summary>How long a connection, an answer or the next bytes may take; 30 s.</summary>
    public TimeSpan TimeOut { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries in a row that may fail, ≥ 1; 5. One that brought a megabyte starts the count anew.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Pause before the second try, doubled before each further one up to 30 s; 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
