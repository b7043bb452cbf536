namespace ResNetMl.Vision;

/// <summary>A download failed; its message says what was got, as a part of a sentence.</summary>
/// <param name="message">For example <c>the answer 404 Not Found</c>.</param>
/// <param name="isPassing">Whether the next try may fare better.</param>
/// <param name="innerException">The failure below, if any.</param>
internal sealed class TransferException(string message, bool isPassing, Exception? innerException = null) : Exception(message, innerException)
{
    internal bool IsPassing { get; } = isPassing;
}
