using ResNetMl.Interchange.TensorFlow.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Writes a network's nodes as TensorFlow's operations, one after another.</summary>
internal sealed class GraphWriter
{
    private readonly NetworkDefinition _definition;
    private readonly StateDictionary _weights;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    // Values that are the same for every image have a batch axis of length 1 in the graph, which broadcasts where operations broadcast.
    private readonly HashSet<string> _batchesOfOne = new(StringComparer.Ordinal);

    internal GraphWriter(NetworkDefinition definition, StateDictionary weights)
    {
        _definition = definition;
        _weights = weights;
    }

    /// <summary>The nodes so far.</summary>
    internal GraphBuilder Nodes { get; } = new();

    /// <summary>The whole network.</summary>
    /// <exception cref="InterchangeException">A layer cannot be expressed.</exception>
    internal GraphDef Write()
    {
        foreach (NetworkInput input in _definition.Inputs)
        {
            _names[input.Name] = Nodes.Add(
                "Placeholder", "input", [], ("dtype", Attributes.Of(DataType.DtFloat)), ("shape", Attributes.Of([-1, .. ChannelsLast.Stored(input.Shape).Skip(1)])));
        }

        // Taken before any node of the network can have them.
        string[] outputs = [.. _definition.Outputs.Select(_ => Nodes.Unique("logits"))];
        foreach (Node node in _definition.Nodes)
        {
            CheckBatches(node);
            _names[node.Name] = Write(new NodeContext(this, node));
        }

        foreach ((string name, string output) in outputs.Zip(_definition.Outputs))
        {
            if (_batchesOfOne.Contains(output))
            {
                throw new InterchangeException($"Output '{output}': expected a value that depends on the images, got a constant. Leave it out of the outputs.");
            }

            Nodes.AddNamed("Identity", name, [_names[output]], Attributes.Float);
        }

        return Nodes.Graph;
    }

    /// <summary>Shape of a value in the own order of axes, with a batch of 1.</summary>
    internal Shape ShapeOf(string value) => _definition.ShapeOf(value);

    /// <summary>A value's name in the graph.</summary>
    internal string NameOf(string value) => _names[value];

    /// <summary>A tensor of the state dictionary.</summary>
    internal Tensor Weights(string name) => _weights[name];

    /// <summary>Whether a value is certainly ≥ 0, so that zeros around it never win a maximum.</summary>
    internal bool IsNotNegative(string value) => _definition.Nodes.FirstOrDefault(node => node.Name == value)?.Layer is
        Activation { Kind: ActivationKind.Relu or ActivationKind.Sigmoid } or Activation { Kind: ActivationKind.Clip, Alpha: >= 0 };

    private static string Write(NodeContext node) => node.Layer switch
    {
        Conv2d conv => ConvolutionOperations.Write(node, conv),
        Conv3d conv => ConvolutionOperations.Write(node, conv),
        Linear linear => ConvolutionOperations.Write(node, linear),
        BatchNorm norm => NormalizingOperations.Write(node, norm),
        LocalResponseNorm norm => NormalizingOperations.Write(node, norm),
        Softmax softmax => NormalizingOperations.Write(node, softmax),
        Activation activation => ActivationOperations.Write(node, activation),
        Pool2d pool => PoolingOperations.Write(node, pool),
        GlobalAveragePool => PoolingOperations.WriteGlobalAverage(node),
        Add => ArithmeticOperations.WriteSum(node),
        Arithmetic arithmetic => ArithmeticOperations.Write(node, arithmetic),
        MatMul => ArithmeticOperations.WriteProduct(node),
        Reduce reduce => ArithmeticOperations.Write(node, reduce),
        Constant constant => ArithmeticOperations.Write(node, constant),
        ZeroPadShortcut shortcut => MovingOperations.Write(node, shortcut),
        Flatten => MovingOperations.WriteReshape(node),
        Reshape => MovingOperations.WriteReshape(node),
        Transpose transpose => MovingOperations.Write(node, transpose),
        Concat concat => MovingOperations.Write(node, concat),
        Slice slice => MovingOperations.Write(node, slice),
        Pad pad => MovingOperations.Write(node, pad),

        // Of use in training alone.
        Dropout or StochasticDepth => node.Inputs[0],
        _ => throw node.Refused("TensorFlow has no such operation"),
    };

    /// <summary>Operations that do not broadcast cannot put a value that is the same for every image beside one that is not.</summary>
    private void CheckBatches(Node node)
    {
        bool all = node.Inputs.All(_batchesOfOne.Contains);
        if (all)
        {
            _batchesOfOne.Add(node.Name);
        }
        else if (node.Inputs.Any(_batchesOfOne.Contains) && node.Layer is not (Arithmetic or MatMul or Add))
        {
            throw new NodeContext(this, node).Refused("a constant cannot be repeated for each image here");
        }
    }
}
