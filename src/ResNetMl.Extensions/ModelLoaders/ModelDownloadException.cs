namespace ResNetMl.Extensions;

/// <summary>A model could not be fetched whole from its address; the message says what was expected and what came.</summary>
public sealed class ModelDownloadException : IOException
{
    /// <summary>Says what went wrong.</summary>
    /// <param name="address">The model's address.</param>
    /// <param name="reason">Expected, got, and what to do next.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public ModelDownloadException(Uri address, string reason, Exception? innerException = null)
        : base($"{address}: {reason}", innerException) => Address = address;

    /// <summary>The model's address.</summary>
    public Uri Address { get; }
}
