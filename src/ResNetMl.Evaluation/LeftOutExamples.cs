namespace ResNetMl.Data;

/// <summary>Why an example takes no part in any metric.</summary>
public enum LeftOutReason
{
    /// <summary>Its label is missing: a key of 0, a label of NaN, or a negative label index.</summary>
    MissingLabel,

    /// <summary>Its label is a number that cannot be a class index: a fraction, or beyond the range of an index.</summary>
    InvalidLabel,

    /// <summary>One of its scores is NaN or infinite.</summary>
    NonFiniteScore,

    /// <summary>Its image could not be read, so there are no scores.</summary>
    UnreadableImage,
}

/// <summary>How many examples take no part in any metric, by reason. ML.NET ignores such rows with a warning; here they are
/// reported.</summary>
/// <param name="MissingLabel">Examples without a label; 0 or more.</param>
/// <param name="InvalidLabel">Examples whose label is a number that cannot be a class index; 0 or more.</param>
/// <param name="NonFiniteScore">Examples with a score that is NaN or infinite; 0 or more.</param>
/// <param name="UnreadableImage">Examples whose image could not be read; 0 or more.</param>
public sealed record LeftOutExamples(long MissingLabel = 0, long InvalidLabel = 0, long NonFiniteScore = 0, long UnreadableImage = 0)
{
    /// <summary>Examples left out for any reason; 0 when every example was measured.</summary>
    public long Total => MissingLabel + InvalidLabel + NonFiniteScore + UnreadableImage;
}
