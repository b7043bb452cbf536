using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>Why a training ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs were done.</summary>
    Completed = 0,

    /// <summary>Early stopping ended it.</summary>
    StoppedEarly = 1,

    /// <summary>The caller's token ended it; what was learned so far is in the model and, with a folder, in a checkpoint.</summary>
    Cancelled = 2,
}

/// <summary>What a training leaves.</summary>
/// <param name="Model">The trained model.</param>
/// <param name="History">The learning curve, an entry for each whole epoch, those before a resumption included.</param>
/// <param name="Outcome">Why it ended.</param>
/// <param name="BestEpoch">The epoch whose weights the model has, from 1; null where they are the last.</param>
/// <param name="Steps">Updates made in all, those before a resumption included.</param>
/// <param name="BadImages">Unreadable images, left out.</param>
/// <param name="Warnings">What was not as it should be.</param>
public sealed record TrainingResult(
    Model Model,
    IReadOnlyList<EpochRecord> History,
    TrainingOutcome Outcome,
    int? BestEpoch,
    long Steps,
    IReadOnlyList<BadImage> BadImages,
    IReadOnlyList<string> Warnings);
