using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>A family of image classifiers with its options; <see cref="Define"/> makes the graph.</summary>
public abstract record Architecture
{
    private protected Architecture(int classes, Shape inputShape)
    {
        Classes = classes;
        InputShape = inputShape;
    }

    /// <summary>The catalogue's name; for options that the catalogue does not have, a name that it does not know.</summary>
    public abstract string Name { get; }

    /// <summary>How many labels, ≥ 1: 10 for CIFAR networks, 1000 for ImageNet networks unless said.</summary>
    public int Classes { get; init; }

    /// <summary>Shape of one image, [C, H, W], any C, H and W ≥ 1: [3, 32, 32] or [3, 224, 224] unless said.</summary>
    public Shape InputShape { get; init; }

    /// <summary>The network as a graph.</summary>
    /// <exception cref="ArgumentException">The classes, the input's shape or an option is out of range, or two options exclude each other.</exception>
    public NetworkDefinition Define()
    {
        ImageShape.Check(Name, InputShape, Classes);
        return NetworkDefinition.FromLayer(Name, InputShape, Compose());
    }

    /// <summary>The whole network, from the images to the logits.</summary>
    private protected abstract Layer Compose();
}
