namespace ResNetMl.Vision;

/// <summary>A checkpoint is of another training: other options, other data or another network. It is left as it is.</summary>
public sealed class CheckpointMismatchException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="differences">A line for each thing that differs: what the checkpoint has and what was asked for.</param>
    public CheckpointMismatchException(string path, IReadOnlyList<string> differences)
        : base(
            $"'{path}' cannot be resumed: it is of another training. {string.Join("; ", differences)}. " +
            "Ask for what the checkpoint has, or start anew without resuming.") => Differences = differences;

    /// <summary>A line for each thing that differs.</summary>
    public IReadOnlyList<string> Differences { get; }
}
