using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A part of a network as data: no weights, no arithmetic. Composed by <see cref="Sequence"/>, <see cref="Sum"/>, <see cref="Product"/> and <see cref="Gated"/>.</summary>
public abstract record Layer
{
    /// <summary>
    /// This layer's part of the names below it, or null for none. Parts are joined by dots from the outside in:
    /// <c>layer1</c>, <c>0</c>, <c>conv1</c> make <c>layer1.0.conv1</c>, whose weight is <c>layer1.0.conv1.weight</c>.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>The same layer under a name.</summary>
    /// <param name="name">The part of the name; dots separate parts.</param>
    public Layer Named(string name) => this with { Name = name };
}

/// <summary>Layers one after another, each fed by the one before.</summary>
/// <param name="Layers">From the input to the output; none at all is the identity.</param>
public sealed record Sequence(IReadOnlyList<Layer> Layers) : Layer;

/// <summary>The element-wise sum of branches that all read the same input: a residual branch and its shortcut.</summary>
/// <param name="Branches">At least two; their output shapes are equal.</param>
public sealed record Sum(IReadOnlyList<Layer> Branches) : Layer;

/// <summary>The element-wise product of branches that all read the same input: feature maps and the gate that weighs them.</summary>
/// <param name="Branches">At least two; their output lengths are equal or 1 along each axis (<see cref="Arithmetic"/>).</param>
public sealed record Product(IReadOnlyList<Layer> Branches) : Layer;

/// <summary>
/// g(x)·F(x) + (1 − g(x))·h(x): a gate that opens the branch F as far as it closes the shortcut h. He et al. 2016, section 3.1
/// (exclusive gating), after Srivastava et al. 2015 (Highway Networks).
/// </summary>
/// <param name="Gate">g, whose output is in [0, 1]; computed once for both ways.</param>
/// <param name="Branch">F, the residual branch.</param>
/// <param name="Shortcut">h; the three output shapes are equal.</param>
public sealed record Gated(Layer Gate, Layer Branch, Layer Shortcut) : Layer;

/// <summary>What a node of the network's graph computes.</summary>
public abstract record PrimitiveLayer : Layer
{
    /// <summary>Name given to a node whose layer has none, for example <c>relu</c>; made unique by a number.</summary>
    public abstract string DefaultName { get; }

    /// <summary>How many values the layer reads; −1 for any number from two.</summary>
    public virtual int InputCount => 1;

    /// <summary>The tensors it needs, under the last part of their names.</summary>
    public virtual IReadOnlyList<ParameterSpec> Parameters => [];

    /// <summary>Output shape for given input shapes, axis 0 being the batch.</summary>
    /// <param name="nodeName">Named in the message of an error.</param>
    /// <param name="inputs">Shapes of the inputs.</param>
    /// <exception cref="ShapeMismatchException">The layer cannot take these shapes.</exception>
    public abstract Shape InferShape(string nodeName, IReadOnlyList<Shape> inputs);

    /// <summary>Multiply-adds of convolutions and linear layers for given shapes; 0 for all other layers, as the papers count.</summary>
    /// <param name="inputs">Shapes of the inputs.</param>
    /// <param name="output">Shape of the output.</param>
    public virtual long MultiplyAdds(IReadOnlyList<Shape> inputs, Shape output) => 0;

    private protected static ShapeMismatchException Mismatch(string nodeName, string expected, Shape got, string next) =>
        new($"{nodeName}: expected input {expected}, got {got}. {next}");
}
