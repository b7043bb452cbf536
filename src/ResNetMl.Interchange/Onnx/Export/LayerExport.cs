using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Interchange.Onnx.OnnxGraph;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Writes layers as nodes. A node is named as its layer, and so is the value it makes; what only prepares has a part behind a slash.</summary>
internal sealed class LayerExport
{
    private readonly NetworkDefinition _definition;
    private readonly StateDictionary _weights;
    private readonly bool _hasBatch;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    // Constants are initializers of batch 1, which broadcasting repeats; the others are repeated where something needs all images.
    private readonly Dictionary<string, Constant> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _repeated = new(StringComparer.Ordinal);

    internal LayerExport(OnnxGraph graph, NetworkDefinition definition, StateDictionary weights, bool hasBatch)
    {
        Graph = graph;
        _definition = definition;
        _weights = weights;
        _hasBatch = hasBatch;
        foreach (string name in definition.Inputs.Select(input => input.Name).Concat(definition.Nodes.Select(node => node.Name)))
        {
            _values[name] = graph.Reserve(name);
        }

        foreach (Node node in definition.Nodes)
        {
            if (node.Layer is Constant constant)
            {
                _constants.Add(node.Name, constant);
            }
        }
    }

    internal OnnxGraph Graph { get; }

    internal void WriteInputs(Images.Preprocessing? preprocessing)
    {
        if (preprocessing is not null)
        {
            PreprocessingExport.Write(Graph, preprocessing, _definition, _values[_definition.Inputs[0].Name]);
            return;
        }

        foreach (NetworkInput input in _definition.Inputs)
        {
            Graph.Proto.Input.Add(Value(_values[input.Name], ElementKind.Float, Lengths(input.Shape)));
        }
    }

    /// <summary>Makes the network's only input a value that the graph has already.</summary>
    internal void Follow(string value) => _values[_definition.Inputs[0].Name] = value;

    /// <summary>The value of the network's first output.</summary>
    internal string OutputValue() => Repeated(_definition.Outputs[0]);

    internal void WriteOutputs()
    {
        foreach (string output in _definition.Outputs)
        {
            bool isMade = !_constants.ContainsKey(output) && _definition.Inputs.All(input => input.Name != output);
            string name = isMade ? _values[output] : Graph.Part("Identity", $"{output}/output", [Repeated(output)]);
            Graph.Proto.Output.Add(Value(name, ElementKind.Float, Lengths(_definition.ShapeOf(output))));
        }
    }

    internal void WriteNode(Node node)
    {
        string output = _values[node.Name];
        string[] inputs = node.Layer is Arithmetic or Add or MatMul ? [.. node.Inputs.Select(name => _values[name])] : [.. node.Inputs.Select(Repeated)];
        switch (node.Layer)
        {
            case Conv2d conv:
                Convolution(node, inputs[0], [conv.KernelSize.Height, conv.KernelSize.Width], [conv.Stride.Height, conv.Stride.Width],
                    [conv.Padding.Top, conv.Padding.Left, conv.Padding.Bottom, conv.Padding.Right], [conv.Dilation.Height, conv.Dilation.Width], conv.Groups, conv.HasBias);
                break;
            case Conv3d conv:
                Convolution(node, inputs[0], [.. conv.KernelSize], [.. conv.Stride], [.. conv.PaddingBefore, .. conv.PaddingAfter], [.. conv.Dilation], conv.Groups, conv.HasBias);
                break;
            case BatchNorm norm:
                Graph.Node("BatchNormalization", output,
                    [inputs[0], State(node, "weight"), State(node, "bias"), State(node, "running_mean"), State(node, "running_var")],
                    Attribute("epsilon", norm.Epsilon), Attribute("momentum", (float)(1m - (decimal)norm.Momentum)));
                break;
            case Linear linear:
                Linear(node, inputs[0], linear);
                break;
            case Activation activation:
                ActivationExport.Write(Graph, output, inputs[0], activation);
                break;
            case Arithmetic arithmetic:
                WindowlessExport.Arithmetic(Graph, node, output, inputs, arithmetic, [.. node.Inputs.Select(_definition.ShapeOf)]);
                break;
            case Add:
                Graph.Node(inputs.Length == 2 ? "Add" : "Sum", output, inputs);
                break;
            case Constant constant:
                Graph.AddTensor(output, _weights[$"{node.Name}.value"], constant.Shape.Prepend(1));
                break;
            case Pool2d pool:
                PoolingExport.Write(Graph, node.Name, output, inputs[0], pool);
                break;
            case ZeroPadShortcut shortcut:
                WindowlessExport.Shortcut(Graph, output, inputs[0], shortcut, _definition.ShapeOf(node.Inputs[0]));
                break;
            default:
                WindowlessExport.Write(Graph, node, output, inputs, _definition.ShapeOf(node.Inputs[0]));
                break;
        }
    }

    private void Convolution(Node node, string input, int[] kernel, int[] stride, int[] pads, int[] dilation, int groups, bool hasBias)
    {
        string[] inputs = hasBias ? [input, State(node, "weight"), State(node, "bias")] : [input, State(node, "weight")];
        Graph.Node(
            "Conv", _values[node.Name], inputs, Attribute("dilations", dilation), Attribute("group", (long)groups), Attribute("kernel_shape", kernel),
            Attribute("pads", pads), Attribute("strides", stride));
    }

    private void Linear(Node node, string input, Linear linear)
    {
        string weight = State(node, "weight");
        if (linear.HasBias)
        {
            Graph.Node("Gemm", _values[node.Name], [input, weight, State(node, "bias")], Attribute("transB", 1L));
        }
        else if (Graph.Opset >= 11)
        {
            Graph.Node("Gemm", _values[node.Name], [input, weight], Attribute("transB", 1L));
        }
        else
        {
            // Gemm has no product without a sum before opset 11.
            string transposed = Graph.Part("Transpose", $"{node.Name}/weight", [weight], Attribute("perm", 1, 0));
            Graph.Node("MatMul", _values[node.Name], [input, transposed]);
        }
    }

    private string State(Node node, string part) => Graph.Weights($"{node.Name}.{part}", _weights[$"{node.Name}.{part}"]);

    // A value with all images: constants are repeated for as many as the network's input has.
    private string Repeated(string name)
    {
        if (!_constants.TryGetValue(name, out Constant? constant))
        {
            return _values[name];
        }

        if (!_repeated.TryGetValue(name, out string? repeated))
        {
            if (Graph.Opset < 8)
            {
                throw new InterchangeException($"{name}: expected opset 8 or newer to repeat a constant for each image, got opset {Graph.Opset}.");
            }

            string shape = Graph.Part("Shape", $"{name}/shape", [_values[_definition.Inputs[0].Name]]);
            string batch = Graph.Part("Gather", $"{name}/batch", [shape, Graph.Integers($"{name}/zero", 0)], Attribute("axis", 0L));
            string target = Graph.Part(
                "Concat", $"{name}/target", [batch, Graph.Integers($"{name}/lengths", [.. constant.Shape.Select(length => (long)length)])], Attribute("axis", 0L));
            repeated = Graph.Part("Expand", $"{name}/repeated", [_values[name], target]);
            _repeated[name] = repeated;
        }

        return repeated;
    }

    private object[] Lengths(Shape shape) => [_hasBatch ? NetworkExport.BatchSymbol : 1, .. shape.Skip(1).Cast<object>()];
}
