using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>One computation of a network's graph. The value it makes has the node's name.</summary>
/// <param name="Name">Unique in the network: <c>layer1.0.conv1</c>.</param>
/// <param name="Layer">What it computes.</param>
/// <param name="Inputs">Names of the values it reads: of earlier nodes or of the network's inputs.</param>
public sealed record Node(string Name, PrimitiveLayer Layer, IReadOnlyList<string> Inputs);

/// <summary>An input of a network.</summary>
/// <param name="Name">Its value's name; <c>input</c> where nothing else was said.</param>
/// <param name="Shape">Its shape with a batch of 1: [1, C, H, W] for images.</param>
public sealed record NetworkInput(string Name, Shape Shape);
