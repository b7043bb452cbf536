using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Recognises residual networks under torchvision's names.</summary>
internal static class ImageNetNetworks
{
    // A file of many tiny tensors must not become a graph of many nodes; ResNet-200 has 66 blocks.
    private const int MostBlocks = 1000;

    // Published ones have up to 512; beyond this the widths of stage 4 would not fit a tensor.
    private const int WidestBottleneck = 1 << 14;

    /// <inheritdoc cref="KnownNetworks.Recognize"/>
    internal static ImportedNetwork? Recognize(StateDictionary state)
    {
        if (state.ShapeOf("conv1.weight", 4) is not { } stem || state.ShapeOf("fc.weight", 2) is not { } classifier ||
            stem[1] < 1 || stem != [64, stem[1], 7, 7] || classifier[0] < 1)
        {
            return null;
        }

        int[] blocks = [.. Enumerable.Range(1, 4).Select(state.BlocksOf)];

        if (blocks.Sum() > MostBlocks)
        {
            return null;
        }

        // Without projections the names fit networks with option A and plain ones alike.
        if (blocks.Contains(0) || !state.ContainsKey("layer2.0.downsample.0.weight"))
        {
            return null;
        }

        bool projectsEverywhere = blocks[3] > 1 && state.ContainsKey($"layer4.{blocks[3] - 1}.downsample.0.weight");
        bool isBottleneck = state.ContainsKey("layer1.0.conv3.weight");
        (int groups, int widthPerGroup) = (1, 64);
        if (isBottleneck && state.ShapeOf("layer1.0.conv2.weight", 4) is { } wide &&
            wide[0] is > 0 and <= WidestBottleneck && wide[1] > 0)
        {
            // [width, width/groups, 3, 3]: cardinality and width of ResNeXt and Wide ResNet.
            groups = Math.Max(wide[0] / wide[1], 1);
            widthPerGroup = wide[0] / groups;
        }

        NetworkDefinition definition = new ImageNetResNet(isBottleneck ? BlockKind.Bottleneck : BlockKind.Basic, blocks)
        {
            Classes = classifier[0],
            InputShape = [stem[1], 224, 224],
            Shortcut = projectsEverywhere ? ShortcutOption.ProjectionEverywhere : ShortcutOption.ProjectionWhereShapeChanges,
            Groups = groups,
            WidthPerGroup = widthPerGroup,
        }.Define();
        return state.Fit(definition) is { } weights ? new ImportedNetwork(definition, weights) : null;
    }
}
