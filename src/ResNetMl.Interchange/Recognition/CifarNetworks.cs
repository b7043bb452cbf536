using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Recognises the CIFAR networks of https://github.com/akamaster/pytorch_resnet_cifar10.</summary>
internal static class CifarNetworks
{
    private const int Cifar10Classes = 10;

    /// <summary>The classes of CIFAR-10 in the order of its label numbers (Krizhevsky 2009).</summary>
    internal static IReadOnlyList<string> Cifar10Labels { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <inheritdoc cref="KnownNetworks.Recognize"/>
    internal static ImportedNetwork? Recognize(StateDictionary state)
    {
        if (state.ShapeOf("conv1.weight", 4) is not { } stem || state.ShapeOf("linear.weight", 2) is not { } classifier)
        {
            return null;
        }

        // One block a stage takes six convolutions or linear layers: depth 6n + 2.
        int depth = (6 * state.BlocksOf(stage: 1)) + 2;
        if (!CifarResNet.IsDepth(depth) || stem[1] < 1 || stem != [16, stem[1], 3, 3] || classifier[0] < 1 || classifier[1] != 64)
        {
            return null;
        }

        ShortcutOption shortcut = state.ContainsKey("layer1.0.shortcut.0.weight") ? ShortcutOption.ProjectionEverywhere
            : state.ContainsKey("layer2.0.shortcut.0.weight") ? ShortcutOption.ProjectionWhereShapeChanges
            : ShortcutOption.ZeroPadding;
        NetworkDefinition definition =
            new CifarResNet(depth) { Classes = classifier[0], InputShape = [stem[1], 32, 32], Shortcut = shortcut }.Define();
        if (state.Fit(definition) is not { } weights)
        {
            return null;
        }

        bool isPublished = stem[1] == 3 && shortcut == ShortcutOption.ZeroPadding;
        return new ImportedNetwork(definition, weights)
        {
            Preprocessing = isPublished ? Preprocessing.Cifar : null,
            Labels = isPublished && classifier[0] == Cifar10Classes ? Cifar10Labels : null,
            RecognizedAs = isPublished ? "a network of https://github.com/akamaster/pytorch_resnet_cifar10" : null,
        };
    }
}
