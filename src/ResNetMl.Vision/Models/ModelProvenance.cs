namespace ResNetMl.Vision;

/// <summary>Where a model comes from, for people: nothing is decided by it.</summary>
public sealed record ModelProvenance
{
    /// <summary>When it was made, in UTC; null where nobody said.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>How the weights came about: <c>trained from scratch</c>, or the file they were read from.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The data it was trained on, in words: name, examples, labels.</summary>
    public string TrainingData { get; init; } = "";

    /// <summary>What the training was told, by name: seed, epochs, optimiser and so on.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What it ran on, by name: executor, threads, CPU features, versions.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The learning curve, an entry an epoch.</summary>
    public IReadOnlyList<EpochRecord> History { get; init; } = [];
}
