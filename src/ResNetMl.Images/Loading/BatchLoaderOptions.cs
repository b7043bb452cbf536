namespace ResNetMl.Images;

/// <summary>What becomes of the examples left when an epoch is no whole number of batches.</summary>
public enum LastBatch
{
    /// <summary>They make a smaller batch, in a tensor of its own shape.</summary>
    Smaller,

    /// <summary>They are skipped in this epoch; an epoch has ⌊examples/batch⌋ steps.</summary>
    Drop,

    /// <summary>They make a batch of full shape whose further rows are zero and whose further labels are −1.</summary>
    Padded,
}

/// <summary>How batches are put together.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>Examples in a batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Whether each epoch has its own random order; else the source's order.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Random changes, applied in order to the 8-bit pixels of each example; empty for evaluation.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>Epochs after which augmentation begins again: so many random views of each example; 0: new ones in every epoch. The order is always new.</summary>
    public int Views { get; init; }

    /// <summary>With epoch and example, the only origin of order and augmentation.</summary>
    public ulong Seed { get; init; }

    /// <summary>What becomes of the remainder of an epoch.</summary>
    public LastBatch LastBatch { get; init; } = LastBatch.Smaller;

    /// <summary>Threads that put batches together; 0 is one for pixels in memory, else one a core. The batches do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Options for training: shuffled and augmented, remainders dropped.</summary>
    /// <param name="batchSize">Examples in a batch.</param>
    /// <param name="augmentations">Random changes.</param>
    /// <param name="seed">The run's seed.</param>
    public static BatchLoaderOptions Training(int batchSize, IReadOnlyList<Augmentation> augmentations, ulong seed) =>
        new() { BatchSize = batchSize, Shuffle = true, Augmentations = augmentations, Seed = seed, LastBatch = LastBatch.Drop };

    /// <summary>Options for evaluation: every example once, in the source's order, unchanged.</summary>
    /// <param name="batchSize">Examples in a batch.</param>
    /// <param name="lastBatch">What becomes of the remainder; not <see cref="LastBatch.Drop"/> if every example is to be counted.</param>
    public static BatchLoaderOptions Evaluation(int batchSize, LastBatch lastBatch = LastBatch.Smaller) => new() { BatchSize = batchSize, LastBatch = lastBatch };
}
