using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>The largest network that is read from a file, so that a file of a few bytes cannot ask for all memory.</summary>
/// <remarks>Each limit is far above the networks known: ResNet-1202 has 4,200 nodes, VGG-19 a parameter of 103 million elements.</remarks>
public static class NetworkLimits
{
    /// <summary>Bytes of JSON text.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Nodes of the graph.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>Inputs or outputs of the network, and values that a node reads.</summary>
    public const int MaxInputs = 1024;

    /// <summary>Characters of a name.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Channels, features, or the length of any axis.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Axes of a value.</summary>
    public const int MaxRank = 8;

    /// <summary>Height or width of a kernel, stride, dilation or side of padding.</summary>
    public const int MaxWindow = 4096;

    /// <summary>Elements of a parameter, or of a value with a batch of 1: 1 GiB in single precision.</summary>
    public const long MaxTensorElements = 1L << 28;

    /// <summary>Elements of all parameters and buffers together: 16 GiB in single precision.</summary>
    public const long MaxStateElements = 1L << 32;

    /// <summary>Multiply-adds of the network for one image.</summary>
    public const long MaxMultiplyAdds = 1L << 50;

    /// <summary>Finds what lies beyond the limits on tensors.</summary>
    /// <returns>A sentence that names it, or null where all is within them.</returns>
    internal static string? FindExcess(NetworkDefinition definition)
    {
        foreach (NetworkInput input in definition.Inputs)
        {
            if (Exceeds(input.Shape, MaxTensorElements))
            {
                return $"input '{input.Name}' has shape {input.Shape}, more than {MaxTensorElements:N0} elements.";
            }
        }

        long stateElements = 0;
        long multiplyAdds = 0;
        foreach (Node node in definition.Nodes)
        {
            Shape shape = definition.ShapeOf(node.Name);
            if (Exceeds(shape, MaxTensorElements))
            {
                return $"node '{node.Name}' makes a value {shape}, more than {MaxTensorElements:N0} elements.";
            }

            foreach (ParameterSpec parameter in node.Layer.Parameters)
            {
                if (Exceeds(parameter.Shape, MaxTensorElements))
                {
                    return $"node '{node.Name}' has a {parameter.Name} {parameter.Shape}, more than {MaxTensorElements:N0} elements.";
                }

                stateElements += parameter.Shape.ElementCount;
            }

            if (stateElements > MaxStateElements)
            {
                return $"the parameters up to node '{node.Name}' hold more than {MaxStateElements:N0} elements.";
            }

            // One node's cannot overflow: its value and its weight are within their limits by now.
            multiplyAdds += definition.MultiplyAddsOf(node);
            if (multiplyAdds > MaxMultiplyAdds)
            {
                return $"the nodes up to '{node.Name}' take more than {MaxMultiplyAdds:N0} multiply-adds.";
            }
        }

        return null;
    }

    // Lengths are multiplied one by one: the product of all may not fit 64 bits.
    private static bool Exceeds(Shape shape, long limit)
    {
        long elements = 1;
        foreach (int length in shape)
        {
            elements *= length;
            if (elements > limit)
            {
                return true;
            }
        }

        return false;
    }
}
