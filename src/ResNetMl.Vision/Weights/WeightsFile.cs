namespace ResNetMl.Vision;

/// <summary>Where weights were found.</summary>
public enum WeightsOrigin
{
    /// <summary>A path that the caller gave.</summary>
    GivenPath,

    /// <summary>The user's own file in the weights folder, named after the architecture.</summary>
    OwnFile,

    /// <summary>A published file in the weights folder.</summary>
    Folder,

    /// <summary>A published file in the cache.</summary>
    Cache,

    /// <summary>A published file, downloaded into the cache by this call.</summary>
    Download,
}

/// <summary>Weights on this machine.</summary>
/// <param name="Path">The ONNX file.</param>
/// <param name="Origin">Where it was found.</param>
/// <param name="Published">What it is a copy of; null for a file of the caller's or the user's own, whose content nothing vouches for.</param>
public sealed record WeightsFile(string Path, WeightsOrigin Origin, PublishedWeights? Published)
{
    /// <summary>Whether its SHA-256 is the published one. A program that uses a file of which this is false tells its user so.</summary>
    public bool IsVerified => Published is not null;
}

/// <summary>What a published file's copy on this machine is like.</summary>
public enum WeightsState
{
    /// <summary>There is no copy.</summary>
    Absent,

    /// <summary>The copy has the published bytes.</summary>
    Verified,

    /// <summary>The copy has other bytes.</summary>
    Different,
}

/// <summary>A published file's copy on this machine, read and compared.</summary>
/// <param name="Published">The published file.</param>
/// <param name="State">What was found.</param>
/// <param name="Path">The copy; null where there is none.</param>
/// <param name="SizeBytes">The copy's bytes.</param>
/// <param name="Sha256">SHA-256 of the copy, lower-case hexadecimal; null where there is none, or its size already differs.</param>
public sealed record WeightsCheck(PublishedWeights Published, WeightsState State, string? Path, long SizeBytes, string? Sha256);

/// <summary>How far a download is.</summary>
/// <param name="Published">What is downloaded.</param>
/// <param name="DoneBytes">Bytes here, with those of an earlier download that was cut.</param>
/// <param name="Detail">What is waited for, in words; empty while bytes come.</param>
public readonly record struct WeightsProgress(PublishedWeights Published, long DoneBytes, string Detail)
{
    /// <summary>Bytes in all.</summary>
    public long TotalBytes => Published.SizeBytes;
}

/// <summary>Weights that cannot be had, or are not what was published. The message says where, expected, got and what to do next.</summary>
public sealed class WeightsException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where, expected, got, what next.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public WeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
