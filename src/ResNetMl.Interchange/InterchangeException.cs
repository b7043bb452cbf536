namespace ResNetMl.Interchange;

/// <summary>A file of another program cannot be read as what it claims to be, or holds what this product does not know; the message says where, what was expected and what was found.</summary>
/// <param name="message">For people: file or node, expected, got, what next.</param>
/// <param name="innerException">What a parser said, or null.</param>
public sealed class InterchangeException(string message, Exception? innerException = null) : Exception(message, innerException);
