using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Finds the network that published weights belong to, by the names and shapes of the tensors: a file of weights does not say it.</summary>
public static class KnownNetworks
{
    /// <summary>
    /// The network of a state dictionary: the CIFAR networks of https://github.com/akamaster/pytorch_resnet_cifar10 at any depth 6n + 2, and the
    /// residual networks of torchvision.
    /// </summary>
    /// <remarks>
    /// Names and shapes do not tell everything. A CIFAR network without projections is taken for the residual one with option A, not for its plain
    /// twin; an ImageNet bottleneck has its stride on the 3×3 convolution (v1.5), as torchvision's have.
    /// </remarks>
    /// <param name="state">Tensors by name, without the prefix <c>module.</c>.</param>
    /// <returns>
    /// The definition with the same tensors in its own order; null where some name or shape does not fit. Published CIFAR networks (three channels,
    /// option A) have their published preprocessing, and the labels of CIFAR-10 where they have ten outputs; nothing is said of others.
    /// </returns>
    public static ImportedNetwork? Recognize(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return CifarNetworks.Recognize(state) ?? ImageNetNetworks.Recognize(state);
    }
}
