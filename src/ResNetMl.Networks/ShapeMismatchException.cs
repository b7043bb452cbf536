namespace ResNetMl.Networks;

/// <summary>A layer was given a shape it cannot take. The message names the layer, what it expects and what it got.</summary>
public sealed class ShapeMismatchException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where, expected, got, and what to do next.</param>
    public ShapeMismatchException(string message)
        : base(message)
    {
    }
}
