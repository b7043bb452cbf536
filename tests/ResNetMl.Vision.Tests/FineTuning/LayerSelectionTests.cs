using ResNetMl.Networks;

namespace ResNetMl.Vision.Tests.FineTuning;

public sealed class LayerSelectionTests
{
    // He et al. 2015, table 1: the last stage of ResNet-50 has three blocks of three convolutions, and one projection.
    [Theory]
    [InlineData("resnet50", 1, "layer4.0", 10)]
    [InlineData("resnet50", 2, "layer3.0", 29)]
    [InlineData("resnet50-v2", 1, "layer4.0", 10)]
    [InlineData("resnet20", 1, "layer3.0", 6)]
    public void The_last_stages_are_found_from_the_graph(string name, int stages, string first, int convolutions)
    {
        NetworkDefinition definition = NetworkCatalog.Define(name);

        LayerSelection selection = LayerSelection.LastStages(definition, stages);

        Node[] selected = [.. definition.Nodes.Where(node => selection.Contains(node.Name) && node.Layer is Conv2d)];
        Assert.Equal(convolutions, selected.Length);
        Assert.StartsWith(first, selected[0].Name, StringComparison.Ordinal);
        Assert.True(selection.Contains(LayerSelection.Head(definition).Names[0]));
    }

    [Theory]
    [InlineData("resnet50", 2, 6)]
    [InlineData("resnet50", 4, 13)]
    [InlineData("resnet20", 1, 2)]
    public void The_last_blocks_are_found_from_the_graph(string name, int blocks, int convolutions)
    {
        NetworkDefinition definition = NetworkCatalog.Define(name);

        LayerSelection selection = LayerSelection.LastBlocks(definition, blocks);

        Assert.Equal(convolutions, definition.Nodes.Count(node => selection.Contains(node.Name) && node.Layer is Conv2d));
    }

    [Fact]
    public void More_than_there_is_is_refused_with_how_many_there_are()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet20");

        Assert.StartsWith(
            "resnet20: expected more than 9 residual blocks to freeze all but the last 9, got 9. Train fewer blocks, or all layers.",
            Assert.Throws<ArgumentException>(() => LayerSelection.LastBlocks(definition, 9)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "resnet20: expected more than 3 sizes of feature maps to freeze all but the last 3, got 3. Train fewer stages, or all layers.",
            Assert.Throws<ArgumentException>(() => LayerSelection.LastStages(definition, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Balanced_weights_are_scikit_learns()
    {
        // sklearn.utils.class_weight.compute_class_weight("balanced"): 12 / (3 · count).
        Assert.Equal([2.0, 4.0 / 3, 4.0 / 7], ClassWeights.Balanced.For([2, 3, 7]));
        Assert.Equal([3.0 / 2, 1, 6.0 / 8], ClassWeights.Balanced.For([2, 0, 4]));
        Assert.Equal("balanced", ClassWeights.Balanced.ToString());
    }

    [Fact]
    public void A_split_gives_two_networks_that_together_are_the_one()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet20");
        LayerSelection selection = LayerSelection.LastStages(definition, 1);

        NetworkSplit split = NetworkSplit.Of(definition, node => selection.Contains(node.Name));

        string boundary = Assert.Single(split.Boundary);
        Assert.Equal([1, 32, 16, 16], definition.ShapeOf(boundary).ToArray());
        Assert.Equal([boundary], split.Fixed!.Outputs);
        Assert.Equal(definition.Nodes.Count, split.Fixed.Nodes.Count + split.Learned.Nodes.Count);
        Assert.Equal(definition.MultiplyAdds, split.Fixed.MultiplyAdds + split.Learned.MultiplyAdds);
        Assert.Equal(definition.Outputs, split.Learned.Outputs);
    }

    [Fact]
    public void A_network_without_a_learned_layer_is_refused()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet20");

        Assert.StartsWith(
            "resnet20: expected a learned layer before the output 'linear', got frozen layers only. Let at least the last layer learn.",
            Assert.Throws<ArgumentException>(() => NetworkSplit.Of(definition, _ => false)).Message, StringComparison.Ordinal);
    }
}
