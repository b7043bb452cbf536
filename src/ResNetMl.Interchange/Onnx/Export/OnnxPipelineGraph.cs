using ResNetMl.Images;
using ResNetMl.Interchange.Onnx;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange;

/// <summary>An ONNX model put together from steps: images in, networks and small arithmetic, named outputs of numbers and texts.</summary>
/// <remarks>
/// Each step returns the name of the value it makes, for the next. Images are planes [N, 3, H, W] of red, green and blue, Single from 0 to 255, rounded to
/// whole numbers as 8-bit pixels are. The same steps give the same bytes. One thread at a time.
/// </remarks>
public sealed class OnnxPipelineGraph
{
    /// <summary>The first version of ONNX's operators that can resize as this product does.</summary>
    public const int ResizingOpset = PreprocessingExport.OldestOpset;

    /// <summary>The first version of ONNX's operators that pipelines are written in.</summary>
    public const int OldestOpset = 9;

    private readonly OnnxGraph _graph;
    private readonly string _name;
    private readonly HashSet<string> _outputs;

    /// <summary>Begins an empty graph.</summary>
    /// <param name="name">What the graph is called in the file.</param>
    /// <param name="opset">Version of ONNX's operators, <see cref="OldestOpset"/> to <see cref="OnnxExportOptions.NewestOpset"/>.</param>
    /// <param name="outputNames">The outputs that there will be: no value in between takes their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">The version is outside its range.</exception>
    public OnnxPipelineGraph(string name, int opset, IReadOnlyList<string> outputNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(outputNames);
        if (opset is < OldestOpset or > OnnxExportOptions.NewestOpset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(opset), opset, $"Pipelines are written in opset {OldestOpset} to {OnnxExportOptions.NewestOpset} of ONNX's operators.");
        }

        _name = name;
        _graph = new OnnxGraph(opset);
        _outputs = [.. outputNames.Select(_graph.Reserve)];
    }

    /// <summary>Version of ONNX's operators that the graph is written in.</summary>
    public int Opset => _graph.Opset;

    /// <summary>Adds an input of decoded images: unsigned bytes [N, 3, H, W], red, green, blue.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="size">Height and width; null for any, the same for all images of a batch.</param>
    /// <returns>The planes.</returns>
    public string AddImages(string name, ImageSize? size)
    {
        string input = _graph.Reserve(name);
        _graph.Proto.Input.Add(Value(
            input, ElementKind.UInt8, NetworkExport.BatchSymbol, RgbImage.Channels, size is null ? "height" : size.Height, size is null ? "width" : size.Width));
        return _graph.Part("Cast", $"{input}/float", [input], Attribute("to", (long)ElementKind.Float));
    }

    /// <summary>Adds an input of numbers.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="lengths">Its axes after the batch.</param>
    /// <returns>The numbers [N, …].</returns>
    public string AddNumbers(string name, IReadOnlyList<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        string input = _graph.Reserve(name);
        _graph.Proto.Input.Add(Value(input, ElementKind.Float, [NetworkExport.BatchSymbol, .. lengths.Cast<object>()]));
        return input;
    }

    /// <summary>Prepares images for a network: resized, cropped, in its channels' order, normalised.</summary>
    /// <param name="images">Planes.</param>
    /// <param name="preprocessing">What is done.</param>
    /// <param name="hasSize">Whether images come in the size of the result, so that resizing and crop are left out.</param>
    /// <returns>[N, C, H, W].</returns>
    public string Prepare(string images, Preprocessing preprocessing, bool hasSize)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        RequireResizing(!hasSize && preprocessing.Resize is not null);
        return PreprocessingExport.Prepare(_graph, images, preprocessing, hasSize);
    }

    /// <summary>Resizes images, averaging what is made smaller, rows and columns each rounded to 8 bits, as Pillow resizes.</summary>
    /// <param name="images">Planes.</param>
    /// <param name="rule">The size.</param>
    /// <param name="filter">How pixels are weighted.</param>
    public string Resize(string images, ResizeRule rule, ResizeFilter filter)
    {
        ArgumentNullException.ThrowIfNull(rule);
        RequireResizing(true);
        return PreprocessingExport.Resize(_graph, images, rule, filter);
    }

    /// <summary>Takes for each new pixel the one that lies under its centre, the first where the centre is on a border: pixel ⌈(i + ½)·from/to⌉ − 1.</summary>
    /// <param name="images">Planes.</param>
    /// <param name="size">The new size.</param>
    public string TakeNearest(string images, ImageSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return SamplingExport.TakeNearest(_graph, images, size);
    }

    /// <summary>Cuts a part out of images.</summary>
    /// <param name="images">Planes, at least as large as the part.</param>
    /// <param name="size">The part's size.</param>
    /// <param name="horizontal">Where it lies along the rows.</param>
    /// <param name="vertical">Where it lies along the columns.</param>
    public string Crop(string images, ImageSize size, CropPlace horizontal = CropPlace.Middle, CropPlace vertical = CropPlace.Middle)
    {
        ArgumentNullException.ThrowIfNull(size);
        return SamplingExport.Crop(_graph, images, size, horizontal, vertical);
    }

    /// <summary>Chooses channels and moves their numbers: (x − offset)·scale, one of each a channel.</summary>
    /// <param name="images">Planes.</param>
    /// <param name="channels">Which of red (0), green (1), blue (2), in order.</param>
    /// <param name="divisor">What pixels are divided by first.</param>
    /// <param name="offset">Subtracted; one a channel chosen.</param>
    /// <param name="scale">Multiplied by last; one a channel chosen.</param>
    /// <param name="divides">Whether <paramref name="scale"/> divides instead.</param>
    /// <param name="interleaves">[N, H, W, C] instead of [N, C, H, W].</param>
    public string ExtractPixels(
        string images, IReadOnlyList<int> channels, float divisor, IReadOnlyList<float> offset, IReadOnlyList<float> scale, bool divides, bool interleaves)
    {
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(offset);
        ArgumentNullException.ThrowIfNull(scale);
        string value = channels.SequenceEqual([0, 1, 2])
            ? images
            : _graph.Part("Gather", "pixels/channels", [images, _graph.Integers("pixels/order", [.. channels.Select(channel => (long)channel)])], Attribute("axis", 1L));
        value = divisor == 1 ? value : _graph.Part("Div", "pixels/unit", [value, _graph.Scalar("pixels/divisor", divisor)]);
        Shape shape = [1, channels.Count, 1, 1];
        value = offset.All(number => number == 0) ? value : _graph.Part("Sub", "pixels/moved", [value, _graph.Floats("pixels/offset", shape, [.. offset])]);
        value = scale.All(number => number == 1) ? value : _graph.Part(divides ? "Div" : "Mul", "pixels/scaled", [value, _graph.Floats("pixels/scale", shape, [.. scale])]);
        return interleaves ? _graph.Part("Transpose", "pixels/interleaved", [value], Attribute("perm", 0, 2, 3, 1)) : value;
    }

    /// <summary>Adds a network.</summary>
    /// <param name="input">What it reads, of the shape of its only input.</param>
    /// <param name="network">The network and its weights.</param>
    /// <returns>Its first output.</returns>
    /// <exception cref="InterchangeException">It has several inputs, or the opset has no operator for a layer.</exception>
    public string AddNetwork(string input, ImportedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Definition.Inputs.Count != 1)
        {
            throw new InterchangeException($"{network.Definition.Name}: expected a network of one input within a pipeline, got {network.Definition.Inputs.Count}.");
        }

        NetworkExport.CheckSize(network.Definition);
        var export = new LayerExport(_graph, network.Definition, network.Weights, network.HasBatchAxis);
        export.Follow(input);
        foreach (Node node in network.Definition.Nodes)
        {
            export.WriteNode(node);
        }

        return export.OutputValue();
    }

    /// <summary>Gives rows another shape with as many numbers.</summary>
    /// <param name="value">[N, …].</param>
    /// <param name="lengths">Its axes after the batch.</param>
    public string Reshape(string value, IReadOnlyList<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        return _graph.Part("Reshape", $"{value}/rows", [value, _graph.Integers($"{value}/shape", [-1, .. lengths.Select(length => (long)length)])]);
    }

    /// <summary>Puts rows one after the other.</summary>
    /// <param name="values">Each [N, F], in order.</param>
    public string Concatenate(IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return _graph.Part("Concat", "joined", [.. values], Attribute("axis", 1L));
    }

    /// <summary>(x − offset)·scale of each number of a row.</summary>
    /// <param name="value">[N, F].</param>
    /// <param name="offset">F numbers, or none for 0.</param>
    /// <param name="scale">F numbers.</param>
    public string MoveAndScale(string value, IReadOnlyList<float> offset, IReadOnlyList<float> scale)
    {
        ArgumentNullException.ThrowIfNull(offset);
        ArgumentNullException.ThrowIfNull(scale);
        value = offset.Count == 0 ? value : _graph.Part("Sub", "normalised/moved", [value, _graph.Floats("normalised/offset", [1, offset.Count], [.. offset])]);
        return _graph.Part("Mul", "normalised/scaled", [value, _graph.Floats("normalised/scale", [1, scale.Count], [.. scale])]);
    }

    /// <summary>W·x + b of each row.</summary>
    /// <param name="value">[N, F].</param>
    /// <param name="weights">[classes, F], class after class.</param>
    /// <param name="biases">One a class.</param>
    public string Linear(string value, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        string w = _graph.Floats("linear/weight", [biases.Length, weights.Length / biases.Length], weights);
        string b = _graph.Floats("linear/bias", [biases.Length], biases);
        return _graph.Part("Gemm", "linear", [value, w, b], Attribute("transB", 1L));
    }

    /// <summary>exp(x)/Σ exp(x) along each row.</summary>
    /// <param name="value">[N, classes].</param>
    public string Softmax(string value) => _graph.Part("Softmax", "softmax", [value], Attribute("axis", 1L));

    /// <summary>The text of each row's highest number, of the first of equal ones.</summary>
    /// <param name="value">[N, classes].</param>
    /// <param name="texts">One a class.</param>
    /// <returns>Texts [N].</returns>
    public string TextOfHighest(string value, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string index = _graph.Part("ArgMax", "label/index", [value], Attribute("axis", 1L), Attribute("keepdims", 0L));
        return _graph.Part("Gather", "label", [_graph.Texts("label/texts", texts), index], Attribute("axis", 0L));
    }

    /// <summary>Makes a value an output.</summary>
    /// <param name="name">One of the names given at the beginning.</param>
    /// <param name="value">The value.</param>
    /// <param name="lengths">Its axes after the batch.</param>
    /// <param name="isText">Whether it is made of texts.</param>
    public void AddOutput(string name, string value, IReadOnlyList<int> lengths, bool isText = false)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (!_outputs.Remove(name))
        {
            throw new ArgumentException($"'{name}' is not among the outputs that the graph began with, or is there already.", nameof(name));
        }

        _graph.Node("Identity", name, [value]);
        _graph.Proto.Output.Add(Value(name, isText ? ElementKind.String : ElementKind.Float, [NetworkExport.BatchSymbol, .. lengths.Cast<object>()]));
    }

    /// <summary>The bytes of the model's file.</summary>
    /// <exception cref="InterchangeException">They do not fit one file of 2 GiB.</exception>
    public byte[] ToBytes() => NetworkExport.ToBytes(NetworkExport.Model(_graph, _name));

    private void RequireResizing(bool resizes)
    {
        if (resizes && Opset < ResizingOpset)
        {
            throw new InterchangeException(
                $"{_name}: expected opset {ResizingOpset} or newer to resize in the graph, whose Resize averages what it shrinks, got opset {Opset}. " +
                "Let images come in the network's size.");
        }
    }
}

/// <summary>Which part of an image a crop keeps along an axis.</summary>
public enum CropPlace
{
    /// <summary>The middle; where what is left over is odd, one pixel more is cut off after it.</summary>
    Middle = 0,

    /// <summary>The first pixels.</summary>
    First = 1,

    /// <summary>The last pixels.</summary>
    Last = 2,
}
