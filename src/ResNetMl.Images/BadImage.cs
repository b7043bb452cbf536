namespace ResNetMl.Images;

/// <summary>A file that was found but left out, and why.</summary>
/// <param name="Path">The file, as the example source names it.</param>
/// <param name="Reason">Expected, got and what to do next; does not repeat the path.</param>
public sealed record BadImage(string Path, string Reason)
{
    /// <summary>One line for a report: <c>cats/a.jpg: the file is empty…</c></summary>
    public override string ToString() => $"{Path}: {Reason}";
}
