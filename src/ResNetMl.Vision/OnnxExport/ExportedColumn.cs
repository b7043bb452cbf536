using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>What a column of a pipeline is within the graph.</summary>
internal abstract record ExportedColumn
{
    /// <summary>A column of the pipeline's input that nothing has been made of yet.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">Its type.</param>
    internal sealed record Given(string Name, DataViewType Type) : ExportedColumn;

    /// <summary>Images that come from outside: an input of the graph once something reads them.</summary>
    /// <param name="Name">The input's name.</param>
    /// <param name="Size">Their size; null for any.</param>
    internal sealed record Outside(string Name, ImageSize? Size) : ExportedColumn;

    /// <summary>Images within the graph: planes of red, green and blue.</summary>
    /// <param name="Value">Their value.</param>
    /// <param name="Size">Their size; null where it differs.</param>
    internal sealed record Planes(string Value, ImageSize? Size) : ExportedColumn;

    /// <summary>Vectors of Single.</summary>
    /// <param name="Value">Their value.</param>
    /// <param name="Lengths">Its axes after the batch.</param>
    internal sealed record Numbers(string Value, IReadOnlyList<int> Lengths) : ExportedColumn;

    /// <summary>The most likely class, as a key or as what it stands for.</summary>
    /// <param name="Scores">The value it is read from.</param>
    /// <param name="Texts">What the classes stand for.</param>
    internal sealed record Label(string Scores, IReadOnlyList<string> Texts) : ExportedColumn;

    /// <summary>What no graph can say.</summary>
    /// <param name="Reason">Which transformer makes it, and why.</param>
    internal sealed record Unsaid(string Reason) : ExportedColumn;
}
