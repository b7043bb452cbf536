using ResNetMl.Images;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Puts a preprocessing before a network: 8-bit RGB images [N, H, W, 3] are brought into the channels' order, resized with averaging, rounded to 8 bits,
/// cropped from the middle and normalised. Opset 18: Resize with antialias.
/// </summary>
internal static class PreprocessingExport
{
    /// <summary>The first opset whose Resize averages what it shrinks.</summary>
    internal const int OldestOpset = 18;

    private const string Prefix = "preprocessing";

    internal static void Write(OnnxGraph graph, Preprocessing preprocessing, NetworkDefinition definition, string networkInput)
    {
        int channels = definition.Inputs[0].Shape[1];
        if (definition.Inputs.Count != 1 || definition.Inputs[0].Shape.Rank != 4 || channels != preprocessing.Channels)
        {
            throw new InterchangeException(
                $"{definition.Name}: expected a network of one input [N, {preprocessing.Channels}, H, W] behind its preprocessing, got {definition.Inputs[0].Shape}.");
        }

        string input = graph.Reserve("image");
        graph.Proto.Input.Add(Value(input, ElementKind.UInt8, NetworkExport.BatchSymbol, "height", "width", 3));
        string pixels = graph.Part("Cast", $"{Prefix}/float", [input], Attribute("to", (long)ElementKind.Float));
        pixels = graph.Part("Transpose", $"{Prefix}/planes", [pixels], Attribute("perm", 0, 3, 1, 2));
        pixels = Channels(graph, pixels, preprocessing.ChannelOrder);
        pixels = Crop(graph, Resize(graph, pixels, preprocessing), preprocessing.Crop);
        Normalise(graph, pixels, preprocessing, networkInput);
    }

    /// <summary>Prepares planes of red, green and blue from 0 to 255.</summary>
    /// <param name="graph">Where nodes are added.</param>
    /// <param name="pixels">[N, 3, H, W].</param>
    /// <param name="preprocessing">What is done.</param>
    /// <param name="hasSize">Whether the planes have the size of the result already, so that resizing and crop are left out.</param>
    internal static string Prepare(OnnxGraph graph, string pixels, Preprocessing preprocessing, bool hasSize)
    {
        pixels = Channels(graph, pixels, preprocessing.ChannelOrder);
        pixels = hasSize ? pixels : Crop(graph, Resize(graph, pixels, preprocessing), preprocessing.Crop);
        return Normalise(graph, pixels, preprocessing, graph.Reserve($"{Prefix}/normalised"));
    }

    /// <summary>Resizes planes by a rule, rounded to 8 bits.</summary>
    internal static string Resize(OnnxGraph graph, string pixels, ResizeRule rule, ResizeFilter filter) => Resize(
        graph, pixels, new Preprocessing(rule, null, ChannelOrder.Rgb, [0, 0, 0], [1, 1, 1], filter));

    // The same steps as this product's own: divide by 255, subtract the mean, divide by the deviation.
    private static string Normalise(OnnxGraph graph, string pixels, Preprocessing preprocessing, string output)
    {
        int channels = preprocessing.Channels;
        string unit = graph.Part("Div", $"{Prefix}/unit", [pixels, graph.Scalar($"{Prefix}/255", 255)]);
        string centred = graph.Part("Sub", $"{Prefix}/centred", [unit, graph.Floats($"{Prefix}/mean", [1, channels, 1, 1], [.. preprocessing.Mean])]);
        return graph.Node("Div", output, [centred, graph.Floats($"{Prefix}/deviation", [1, channels, 1, 1], [.. preprocessing.StandardDeviation])]);
    }

    private static string Resize(OnnxGraph graph, string pixels, Preprocessing preprocessing)
    {
        string? size = preprocessing.Resize switch
        {
            ResizeExactly exact => graph.Integers($"{Prefix}/size", exact.Height, exact.Width),
            ResizeShorterSide shorter => ShorterSide(graph, pixels, shorter.Length),
            _ => null,
        };
        if (size is null)
        {
            return pixels;
        }

        // Rows first and rounded to 8 bits, then columns and rounded again, as Pillow resizes an image and this product does.
        string front = graph.Part("Shape", $"{Prefix}/front", [pixels], Attribute("end", 3L), Attribute("start", 0L));
        string width = graph.Part("Gather", $"{Prefix}/width", [size, graph.Integers($"{Prefix}/1", 1)], Attribute("axis", 0L));
        string rowSizes = graph.Part("Concat", $"{Prefix}/rowSizes", [front, width], Attribute("axis", 0L));
        string rows = ResizeTo(graph, "rows", pixels, rowSizes, preprocessing.Filter);
        string images = graph.Part("Shape", $"{Prefix}/images", [pixels], Attribute("end", 2L), Attribute("start", 0L));
        string sizes = graph.Part("Concat", $"{Prefix}/sizes", [images, size], Attribute("axis", 0L));
        return ResizeTo(graph, "resized", rows, sizes, preprocessing.Filter);
    }

    private static string ResizeTo(OnnxGraph graph, string name, string pixels, string sizes, ResizeFilter filter)
    {
        AttributeProto[] attributes = filter == ResizeFilter.Nearest
            ? [Attribute("coordinate_transformation_mode", "half_pixel"), Attribute("mode", "nearest"), Attribute("nearest_mode", "round_prefer_ceil")]
            : [Attribute("antialias", 1L), Attribute("coordinate_transformation_mode", "half_pixel"), Attribute("cubic_coeff_a", -0.5f),
                Attribute("exclude_outside", 1L), Attribute("mode", filter == ResizeFilter.Bicubic ? "cubic" : "linear")];
        string resized = graph.Part("Resize", $"{Prefix}/{name}", [pixels, "", "", sizes], attributes);
        string rounded = graph.Part("Round", $"{Prefix}/{name}Rounded", [resized]);
        return graph.Part("Clip", $"{Prefix}/{name}Bytes", [rounded, graph.Scalar($"{Prefix}/{name}Least", 0), graph.Scalar($"{Prefix}/{name}Most", 255)]);
    }

    // [height, width] where the shorter becomes the length and the other keeps the proportion, rounded with halves to even (ONNX Round).
    private static string ShorterSide(OnnxGraph graph, string pixels, int length)
    {
        string size = graph.Part("Shape", $"{Prefix}/imageSize", [pixels], Attribute("end", 4L), Attribute("start", 2L));
        string whole = graph.Part("Cast", $"{Prefix}/imageSizeNumber", [size], Attribute("to", (long)ElementKind.Double));
        string shorter = graph.Part("ReduceMin", $"{Prefix}/shorter", [whole, graph.Integers($"{Prefix}/shorterAxis", 0)], Attribute("keepdims", 1L));
        string lengthNumber = graph.Part("Cast", $"{Prefix}/lengthNumber", [graph.Scalar($"{Prefix}/length", length)], Attribute("to", (long)ElementKind.Double));
        string scaled = graph.Part("Mul", $"{Prefix}/scaled", [whole, lengthNumber]);
        string proportion = graph.Part("Div", $"{Prefix}/proportion", [scaled, shorter]);
        string rounded = graph.Part("Round", $"{Prefix}/proportionRounded", [proportion]);
        return graph.Part("Cast", $"{Prefix}/resizedSize", [rounded], Attribute("to", (long)ElementKind.Int64));
    }

    // The middle; offsets are rounded down.
    private static string Crop(OnnxGraph graph, string pixels, ImageSize? crop)
    {
        if (crop is null)
        {
            return pixels;
        }

        string kept = graph.Integers($"{Prefix}/crop", crop.Height, crop.Width);
        string size = graph.Part("Shape", $"{Prefix}/uncropped", [pixels], Attribute("end", 4L), Attribute("start", 2L));
        string over = graph.Part("Sub", $"{Prefix}/over", [size, kept]);
        string start = graph.Part("Div", $"{Prefix}/start", [over, graph.Integers($"{Prefix}/2", 2)]);
        string end = graph.Part("Add", $"{Prefix}/end", [start, kept]);
        return graph.Part("Slice", $"{Prefix}/cropped", [pixels, start, end, graph.Integers($"{Prefix}/cropAxes", 2, 3)]);
    }

    private static string Channels(OnnxGraph graph, string pixels, ChannelOrder order)
    {
        switch (order)
        {
            case ChannelOrder.Rgb:
                return pixels;
            case ChannelOrder.Bgr:
                return graph.Part("Gather", $"{Prefix}/bgr", [pixels, graph.Integers($"{Prefix}/bgrOrder", 2, 1, 0)], Attribute("axis", 1L));
            default:
                // (19595·R + 38470·G + 7471·B + 32768) / 65536, rounded down: whole numbers below 2²⁴, exact in single precision.
                string weighted = graph.Part("Mul", $"{Prefix}/weighted", [pixels, graph.Floats($"{Prefix}/luma", [1, 3, 1, 1], 19595, 38470, 7471)]);
                string sum = graph.Opset >= 13
                    ? graph.Part("ReduceSum", $"{Prefix}/grey", [weighted, graph.Integers($"{Prefix}/greyAxis", 1)], Attribute("keepdims", 1L))
                    : graph.Part("ReduceSum", $"{Prefix}/grey", [weighted], Attribute("axes", 1), Attribute("keepdims", 1L));
                string half = graph.Part("Add", $"{Prefix}/greyHalf", [sum, graph.Scalar($"{Prefix}/32768", 32768)]);
                string shifted = graph.Part("Div", $"{Prefix}/greyShifted", [half, graph.Scalar($"{Prefix}/65536", 65536)]);
                return graph.Part("Floor", $"{Prefix}/greyFloor", [shifted]);
        }
    }
}
