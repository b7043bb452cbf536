using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Names, shapes and order of the state dictionaries are those of the published weights.</summary>
public sealed class StateNameTests
{
    // Witness: tests/References/state_names.py (torchvision, and the published CIFAR-10 weights) wrote state-names.json.
    private static readonly Dictionary<string, string[]> Published = GoldenFile.Read<Dictionary<string, string[]>>("state-names.json");

    [Theory]
    [InlineData("resnet20")]
    [InlineData("resnet56")]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    [InlineData("resnet50")]
    [InlineData("resnet101")]
    [InlineData("resnet152")]
    [InlineData("resnext50-32x4d")]
    [InlineData("resnext101-32x8d")]
    [InlineData("wide-resnet50-2")]
    [InlineData("wide-resnet101-2")]
    public void State_has_the_names_and_shapes_of_the_published_weights(string name) =>
        Assert.Equal(Published[name], Described(NetworkCatalog.Define(name)));

    [Fact]
    public void Strides_of_v1_change_no_name_and_no_shape() =>
        Assert.Equal(Published["resnet50"], Described(NetworkCatalog.Define("resnet50-v1")));

    [Fact]
    public void A_plain_cifar_network_has_its_twins_names() =>
        Assert.Equal(Published["resnet20"], Described(NetworkCatalog.Define("plain20")));

    // Witness: https://github.com/akamaster/pytorch_resnet_cifar10, resnet.py: with option B a block has self.shortcut = Sequential(conv, bn).
    [Fact]
    public void A_cifar_projection_is_named_shortcut()
    {
        IEnumerable<string> added = Described(NetworkCatalog.Define("resnet20-option-b")).Except(Published["resnet20"]);

        string[] expected =
        [
            "layer2.0.shortcut.0.weight 32,16,1,1", "layer2.0.shortcut.1.weight 32", "layer2.0.shortcut.1.bias 32",
            "layer2.0.shortcut.1.running_mean 32", "layer2.0.shortcut.1.running_var 32",
            "layer3.0.shortcut.0.weight 64,32,1,1", "layer3.0.shortcut.1.weight 64", "layer3.0.shortcut.1.bias 64",
            "layer3.0.shortcut.1.running_mean 64", "layer3.0.shortcut.1.running_var 64",
        ];
        Assert.Equal(expected, added);
    }

    [Fact]
    public void Option_c_has_a_projection_in_every_block()
    {
        NetworkDefinition network = NetworkCatalog.Define("resnet34-option-c");
        int projections = network.Nodes.Count(node => node.Name.EndsWith(".downsample.0", StringComparison.Ordinal));
        Assert.Equal(3 + 4 + 6 + 3, projections);
    }

    [Fact]
    public void Classes_and_input_channels_change_the_classifier_and_the_stem_alone()
    {
        string[] changed = [.. Described(NetworkCatalog.Define("resnet20", classes: 7, inputShape: [1, 28, 28])).Except(Published["resnet20"])];
        Assert.Equal(["conv1.weight 16,1,3,3", "linear.weight 7,64", "linear.bias 7"], changed);
    }

    private static IEnumerable<string> Described(NetworkDefinition network) =>
        network.State.Select(parameter => $"{parameter.Name} {string.Join(',', parameter.Shape)}");
}
