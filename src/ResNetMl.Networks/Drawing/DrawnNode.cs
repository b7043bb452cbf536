using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>What a node looks like.</summary>
internal enum NodeLook
{
    /// <summary>An input or an output of the network: a pill.</summary>
    Terminal = 0,

    /// <summary>A convolution or a matrix product.</summary>
    Convolution = 1,

    /// <summary>A linear layer.</summary>
    Linear = 2,

    /// <summary>Batch norm and other normalisations.</summary>
    Normalization = 3,

    /// <summary>An activation.</summary>
    Activation = 4,

    /// <summary>Pooling and other reductions.</summary>
    Pooling = 5,

    /// <summary>A sum or product of ways: a circle with a sign.</summary>
    Junction = 6,

    /// <summary>What only changes the shape: zero padding, flatten, concat, slices.</summary>
    Shaping = 7,

    /// <summary>What acts in training alone: dropout, stochastic depth.</summary>
    Training = 8,
}

/// <summary>A node, an input or an output of a network on its way into a drawing.</summary>
internal sealed class DrawnNode(string name, PrimitiveLayer? layer, string text, Shape shape, NodeLook look)
{
    internal string Name => name;

    /// <summary>Null for inputs and outputs.</summary>
    internal PrimitiveLayer? Layer => layer;

    internal string Text => text;

    /// <summary>Shape of its value with a batch of 1.</summary>
    internal Shape Shape => shape;

    internal NodeLook Look => look;

    internal List<DrawnNode> Inputs { get; } = [];

    internal List<DrawnNode> Consumers { get; } = [];

    internal long MultiplyAdds { get; init; }

    internal long Parameters { get; init; }

    /// <summary>Low boxes lean against what they belong to.</summary>
    internal bool IsThin => look is NodeLook.Normalization or NodeLook.Activation or NodeLook.Training;

    internal bool HasWeights => layer is Conv2d or Conv3d or Linear or MatMul;

    /// <summary>The inputs through which the main path may come: not a small gate that is repeated to the shape of what it weighs.</summary>
    internal IEnumerable<DrawnNode> Ways =>
        layer is Arithmetic && Inputs.Any(input => input.Shape == shape) ? Inputs.Where(input => input.Shape == shape) : Inputs;

    internal static DrawnNode Of(NetworkDefinition definition, Node node) => new(
        node.Name,
        node.Layer,
        node.Layer is StochasticDepth ? "stochastic depth" : LayerText.Of(node.Layer),
        definition.ShapeOf(node.Name),
        LookOf(node.Layer))
    {
        MultiplyAdds = definition.MultiplyAddsOf(node),
        Parameters = node.Layer.Parameters.Where(parameter => parameter.Kind == StateKind.Parameter).Sum(parameter => parameter.Shape.ElementCount),
    };

    /// <summary>Whether two nodes look alike, so that blocks of them can stand for each other.</summary>
    internal bool LooksLike(DrawnNode other) =>
        text == other.Text && shape == other.Shape && look == other.Look && Parameters == other.Parameters &&
        (layer is StochasticDepth || Equals(layer, other.Layer));

    private static NodeLook LookOf(PrimitiveLayer layer) => layer switch
    {
        Conv2d or Conv3d or MatMul => NodeLook.Convolution,
        Linear => NodeLook.Linear,
        BatchNorm or LocalResponseNorm => NodeLook.Normalization,
        Activation or Softmax => NodeLook.Activation,
        Pool2d or GlobalAveragePool or Reduce => NodeLook.Pooling,
        Add or Arithmetic => NodeLook.Junction,
        Dropout or StochasticDepth => NodeLook.Training,
        _ => NodeLook.Shaping,
    };
}
