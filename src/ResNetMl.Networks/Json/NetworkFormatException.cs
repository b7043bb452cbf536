namespace ResNetMl.Networks;

/// <summary>A text is not a network that this version can read. The message names the place, what is expected there and what was found.</summary>
public sealed class NetworkFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where, expected, got, and what to do next.</param>
    /// <param name="innerException">The error below it, if there was one.</param>
    public NetworkFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
