namespace ResNetMl.Data;

/// <summary>Why a file was refused as a model.</summary>
public enum ModelFormatError
{
    /// <summary>Another kind of file: not a zip, or a zip without our manifest.</summary>
    NotAModel = 0,

    /// <summary>A model that was cut short or changed since it was written.</summary>
    Damaged = 1,

    /// <summary>Written by a newer version of this product, in a form this one does not know.</summary>
    TooNew = 2,

    /// <summary>Holds what a model of ours never holds: a path that climbs out, a compressed or unlisted entry.</summary>
    Unsafe = 3,
}

/// <summary>A file is not a model that can be read; the message says which file, what is wrong with it and what to do.</summary>
public sealed class ModelFormatException : FormatException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="error">Which kind of refusal it is.</param>
    /// <param name="message">File, expected, got, what next.</param>
    /// <param name="innerException">What the zip or JSON reader said, if anything.</param>
    public ModelFormatException(ModelFormatError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Which kind of refusal it is; commands and tests decide by this, people read the message.</summary>
    public ModelFormatError Error { get; }
}
