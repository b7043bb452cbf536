using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Recognises residual networks under torchvision's names.</summary>
internal static class ImageNetNetworks
{
    /// <inheritdoc cref="KnownNetworks.Recognize"/>
    internal static ImportedNetwork? Recognize(StateDictionary state)
    {
        if (state.ShapeOf("conv1.weight", 4) is not { } stem || state.ShapeOf("fc.weight", 2) is not { } classifier ||
            stem[1] < 1 || stem != [64, stem[1], 7, 7] || classifier[0] < 1)
        {
            return null;
        }

        int[] blocks = [.. Enumerable.Range(1, 4).Select(state.BlocksOf)];

        // Without projections the names fit networks with option A and plain ones alike.
        if (blocks.Contains(0) || !state.ContainsKey("layer2.0.downsample.0.weight"))
        {
            return null;
        }

        bool projectsEverywhere = state.ContainsKey($"layer4.{blocks[3] - 1}.downsample.0.weight") && blocks[3] > 1;
        NetworkDefinition definition =
            new ImageNetResNet(state.ContainsKey("layer1.0.conv3.weight") ? BlockKind.Bottleneck : BlockKind.Basic, blocks)
            {
                Classes = classifier[0],
                InputShape = [stem[1], 224, 224],
                Shortcut = projectsEverywhere ? ShortcutOption.ProjectionEverywhere : ShortcutOption.ProjectionWhereShapeChanges,
            }.Define();
        return state.Fit(definition) is { } weights ? new ImportedNetwork(definition, weights) : null;
    }
}
