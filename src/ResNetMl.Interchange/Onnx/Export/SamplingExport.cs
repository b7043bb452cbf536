using ResNetMl.Images;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Chooses pixels of planes [N, 3, H, W] by their places.</summary>
internal static class SamplingExport
{
    private const int Rows = 2;
    private const int Columns = 3;

    /// <summary>Along each axis pixel ⌈(i + ½)·from/to⌉ − 1, in single precision as the transform computes it.</summary>
    internal static string TakeNearest(OnnxGraph graph, string images, ImageSize size) =>
        TakeNearest(graph, TakeNearest(graph, images, Rows, size.Height), Columns, size.Width);

    internal static string Crop(OnnxGraph graph, string images, ImageSize size, CropPlace horizontal, CropPlace vertical) =>
        Crop(graph, Crop(graph, images, Rows, size.Height, vertical), Columns, size.Width, horizontal);

    private static string TakeNearest(OnnxGraph graph, string images, int axis, int to)
    {
        string prefix = axis == Rows ? "nearest/rows" : "nearest/columns";
        string from = Length(graph, prefix, images, axis);
        string length = graph.Part("Cast", $"{prefix}/from", [from], Attribute("to", (long)ElementKind.Float));
        string scale = graph.Part("Div", $"{prefix}/scale", [length, graph.Scalar($"{prefix}/to", to)]);
        string centres = graph.Part(
            "Mul", $"{prefix}/centres", [graph.Floats($"{prefix}/halves", [to], [.. Enumerable.Range(0, to).Select(i => i + 0.5f)]), scale]);
        string after = graph.Part("Ceil", $"{prefix}/after", [centres]);
        string places = graph.Part("Sub", $"{prefix}/places", [after, graph.Scalar($"{prefix}/1", 1)]);

        // Between the first and the last pixel, before whole numbers are made of them: Clip of integers is newer than these operators.
        string last = graph.Part("Sub", $"{prefix}/last", [length, graph.Scalar($"{prefix}/one", 1)]);
        string least = graph.Part("Max", $"{prefix}/least", [places, graph.Scalar($"{prefix}/0", 0)]);
        string inside = graph.Part("Min", $"{prefix}/inside", [least, last]);
        string indices = graph.Part("Cast", $"{prefix}/indices", [inside], Attribute("to", (long)ElementKind.Int64));
        return graph.Part("Gather", $"{prefix}/taken", [images, indices], Attribute("axis", (long)axis));
    }

    private static string Crop(OnnxGraph graph, string images, int axis, int kept, CropPlace place)
    {
        string prefix = axis == Rows ? "crop/rows" : "crop/columns";
        string over = graph.Part("Sub", $"{prefix}/over", [Length(graph, prefix, images, axis), graph.Integers($"{prefix}/kept", kept)]);
        string start = place switch
        {
            CropPlace.First => graph.Integers($"{prefix}/0", 0),
            CropPlace.Last => over,
            _ => graph.Part("Div", $"{prefix}/half", [over, graph.Integers($"{prefix}/2", 2)]),
        };

        // A gather instead of a slice, which takes its places as values only in newer versions.
        string places = graph.Part(
            "Add", $"{prefix}/places", [start, graph.Integers($"{prefix}/offsets", [.. Enumerable.Range(0, kept).Select(i => (long)i)])]);
        return graph.Part("Gather", $"{prefix}/taken", [images, places], Attribute("axis", (long)axis));
    }

    // [1]: a vector of one length.
    private static string Length(OnnxGraph graph, string prefix, string images, int axis) => graph.Part(
        "Gather", $"{prefix}/length", [graph.Part("Shape", $"{prefix}/shape", [images]), graph.Integers($"{prefix}/axis", axis)], Attribute("axis", 0L));
}
