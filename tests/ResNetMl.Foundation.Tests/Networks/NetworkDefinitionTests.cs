using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Composing layers into graphs, and what is refused.</summary>
public sealed class NetworkDefinitionTests
{
    [Fact]
    public void A_residual_block_becomes_the_nodes_of_its_figure()
    {
        Layer block = Blocks.Residual(Blocks.BasicBranch(16, 32, stride: 2), Shortcuts.Projection(16, 32, stride: 2).Named("downsample"));

        NetworkDefinition network = NetworkDefinition.FromLayer("block", [16, 8, 8], block.Named("layer2.0"));

        string[] expected =
        [
            "layer2.0.conv1(input)", "layer2.0.bn1(layer2.0.conv1)", "layer2.0.relu(layer2.0.bn1)",
            "layer2.0.conv2(layer2.0.relu)", "layer2.0.bn2(layer2.0.conv2)",
            "layer2.0.downsample.0(input)", "layer2.0.downsample.1(layer2.0.downsample.0)",
            "layer2.0.add(layer2.0.bn2, layer2.0.downsample.1)", "layer2.0.relu2(layer2.0.add)",
        ];
        Assert.Equal(expected, network.Nodes.Select(node => $"{node.Name}({string.Join(", ", node.Inputs)})"));
        Assert.Equal(["layer2.0.relu2"], network.Outputs);
    }

    [Fact]
    public void An_identity_shortcut_leaves_no_node()
    {
        Layer block = Blocks.Residual(Blocks.BasicBranch(16, 16, stride: 1), Identity());
        NetworkDefinition network = NetworkDefinition.FromLayer("block", [16, 8, 8], block);
        Assert.Equal(["bn2", "input"], network.Nodes.Single(node => node.Layer is Add).Inputs);
    }

    [Fact]
    public void A_made_name_gives_way_to_a_given_one()
    {
        NetworkDefinition network = NetworkDefinition.FromLayer("tiny", [3, 8, 8], Sequence(Conv1x1(3, 3).Named("relu"), Relu(), Relu()));
        Assert.Equal(["relu", "relu2", "relu3"], network.Nodes.Select(node => node.Name));
    }

    // He et al. 2015, figure 5: the stride halves one convolution's output; v1 on the first 1×1, v1.5 on the 3×3.
    [Theory]
    [InlineData(BottleneckStride.OnFirst1x1, 4, 4)]
    [InlineData(BottleneckStride.On3x3, 8, 4)]
    public void A_bottleneck_has_its_stride_where_asked(BottleneckStride strideOn, int sizeAfterConv1, int sizeAfterConv2)
    {
        NetworkDefinition network = NetworkDefinition.FromLayer(
            "branch", [256, 8, 8], Blocks.BottleneckBranch(256, width: 128, stride: 2, strideOn));
        Assert.Equal([1, 128, sizeAfterConv1, sizeAfterConv1], network.ShapeOf("conv1"));
        Assert.Equal([1, 128, sizeAfterConv2, sizeAfterConv2], network.ShapeOf("conv2"));
        Assert.Equal([1, 512, 4, 4], network.ShapeOf("bn3"));
    }

    [Fact]
    public void Rows_of_blocks_that_table_1_lacks_have_names_of_their_own()
    {
        Assert.Equal("imagenet-2-2-2-2-resnet26", new ImageNetResNet(BlockKind.Bottleneck, [2, 2, 2, 2]).Define().Name);
        Assert.Equal("imagenet-4-4-4-4-resnet34-option-a", new ImageNetResNet(BlockKind.Basic, [4, 4, 4, 4]) { Shortcut = ShortcutOption.ZeroPadding }.Name);
    }

    // Witness: akamaster/pytorch_resnet_cifar10, resnet.py: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, planes//4, planes//4)).
    [Fact]
    public void Option_a_adds_a_quarter_of_the_channels_before_and_after()
    {
        NetworkDefinition network = new CifarResNet(20).Define();
        Assert.Equal(new ZeroPadShortcut(2, 8, 8), network.Nodes.Single(node => node.Name == "layer2.0.shortcut").Layer);
        Assert.Equal(new ZeroPadShortcut(2, 16, 16), network.Nodes.Single(node => node.Name == "layer3.0.shortcut").Layer);
        Assert.Equal(2, network.Nodes.Count(node => node.Layer is ZeroPadShortcut));
    }

    [Fact]
    public void Two_equal_given_names_are_refused() => AssertRefused(
        "Network 'tiny' has two values named 'conv'; name each node once.",
        () => NetworkDefinition.FromLayer("tiny", [3, 8, 8], Sequence(Conv1x1(3, 3).Named("conv"), Conv1x1(3, 3).Named("conv"))));

    [Fact]
    public void A_value_read_before_it_is_made_is_refused() => AssertRefused(
        "Network 'tiny': node 'a' reads 'b', which no input and no earlier node makes.",
        () => new NetworkDefinition(
            "tiny", [new NetworkInput("input", [1, 3])], [new Node("a", new Flatten(), ["b"]), new Node("b", new Flatten(), ["input"])], ["b"]));

    [Fact]
    public void Out_of_range_numbers_are_refused()
    {
        AssertRefused("A sum needs at least two branches, got 1. (Parameter 'branches')", () => Add(Identity()));
        AssertRefused("Channels must be 1 or more. (Parameter 'Channels')\nActual value was 0.", () => BatchNorm(0));
        AssertRefused("Rate must be from 0 to 0.99999994. (Parameter 'Rate')\nActual value was 1.", () => Dropout(1));
        AssertRefused("InFeatures must be 1 or more. (Parameter 'InFeatures')\nActual value was -1.", () => Linear(-1, 2));
        AssertRefused(
            "Option A pads 32 channels with zeros and cannot leave 16; use a projection (option B). (Parameter 'outChannels')",
            () => Shortcuts.Shortcut(ShortcutOption.ZeroPadding, 32, 16, 1, "shortcut"));
        AssertRefused(
            "A CIFAR ResNet has depth 6n + 2 (8, 14, 20, 26, 32, …) up to 6002. (Parameter 'depth')\nActual value was 21.",
            () => new CifarResNet(21));
        AssertRefused(
            "An ImageNet ResNet has four stages of one or more blocks each, got [1, 2, 0, 3]. (Parameter 'BlocksPerStage')",
            () => new ImageNetResNet(BlockKind.Basic, [1, 2, 0, 3]));
        AssertRefused(
            "resnet20: expected an input shape [C, H, W] of lengths 1 or more, got [1, 3, 32, 32]. Leave out the batch axis.",
            () => NetworkCatalog.Define("resnet20", inputShape: [1, 3, 32, 32]));
        AssertRefused("resnet18: expected one class or more, got 0.", () => NetworkCatalog.Define("resnet18", classes: 0));
    }

    [Fact]
    public void A_definition_does_not_change_with_the_lists_it_was_made_of()
    {
        var nodes = new List<Node> { new("flat", new Flatten(), ["input"]) };
        var network = new NetworkDefinition("tiny", [new NetworkInput("input", [1, 3, 2, 2])], nodes, ["flat"]);
        nodes.Clear();
        Assert.Single(network.Nodes);
        AssertRefused("Network 'tiny' has no value named 'logits'. (Parameter 'valueName')", () => network.ShapeOf("logits"));
    }

    private static void AssertRefused(string expected, Func<object> make) =>
        Assert.Equal(expected, Assert.ThrowsAny<ArgumentException>(make).Message.ReplaceLineEndings("\n"));
}
