using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>A classifier without its head makes features.</summary>
public sealed class ClassifierHeadTests
{
    [Theory]
    [InlineData("resnet20", "linear", 64)]
    [InlineData("resnet18", "fc", 512)]
    [InlineData("resnet50-v2", "fc", 2048)]
    public void A_networks_features_are_what_its_linear_layer_reads(string name, string linear, int features)
    {
        NetworkDefinition classifier = NetworkCatalog.Define(name);

        NetworkDefinition trunk = ClassifierHead.Remove(classifier, out string? head);

        Assert.Equal(linear, head);
        Assert.Equal(new Shape(1, features), trunk.ShapeOf(trunk.Outputs[0]));
        Assert.Equal(classifier.Nodes.Where(node => node.Name != linear), trunk.Nodes);
        Assert.Equal(classifier.State.Where(parameter => !parameter.Name.StartsWith($"{linear}.", StringComparison.Ordinal)), trunk.State);
    }

    [Fact]
    public void Without_a_head_the_network_is_used_whole()
    {
        NetworkDefinition trunk = ClassifierHead.Remove(NetworkCatalog.Define("resnet20"));

        NetworkDefinition again = ClassifierHead.Remove(trunk, out string? head);

        Assert.Null(head);
        Assert.Equal(trunk.Nodes, again.Nodes);
        Assert.Equal(trunk.Outputs, again.Outputs);
    }

    [Fact]
    public void Softmax_and_dropout_around_the_head_go_with_it()
    {
        NetworkDefinition trunk = ClassifierHead.Remove(
            Define(("pool", new GlobalAveragePool()), ("flat", new Flatten()), ("drop", new Dropout(0.5f)), ("fc", new Linear(8, 5)), ("y", new Softmax(1))),
            out string? head);

        Assert.Equal("fc", head);
        Assert.Equal(["stem", "norm", "pool", "flat"], trunk.Nodes.Select(node => node.Name));
        Assert.Equal(["flat"], trunk.Outputs);
    }

    [Fact]
    public void Feature_maps_before_a_head_of_convolution_are_averaged()
    {
        NetworkDefinition trunk = ClassifierHead.Remove(
            Define(("maps", new Conv2d(8, 5, 1)), ("pool", new GlobalAveragePool()), ("y", new Flatten())), out string? head);

        Assert.Equal("maps", head);
        Assert.Equal(["stem", "norm", "features.avgpool", "features.flatten"], trunk.Nodes.Select(node => node.Name));
        Assert.Equal(new Shape(1, 8), trunk.ShapeOf(trunk.Outputs[0]));
    }

    [Fact]
    public void Feature_maps_of_a_network_without_a_head_are_averaged_too()
    {
        NetworkDefinition trunk = ClassifierHead.Remove(Define(), out string? head);

        Assert.Null(head);
        Assert.Equal(new Shape(1, 8), trunk.ShapeOf(trunk.Outputs[0]));
    }

    // A branch that only the head's side read would else stay as a part that nothing reads.
    [Fact]
    public void Nodes_that_only_the_head_was_made_of_are_gone()
    {
        NetworkDefinition both = new(
            "two heads", [new NetworkInput("input", [1, 8])],
            [new Node("first", new Linear(8, 8), ["input"]), new Node("unread", new Linear(8, 3), ["first"]), new Node("fc", new Linear(8, 5), ["first"])],
            ["fc"]);

        NetworkDefinition trunk = ClassifierHead.Remove(both);

        Assert.Equal(["first"], trunk.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Values_that_are_no_features_are_refused_by_their_shape()
    {
        var rows = new NetworkDefinition("rows", [new NetworkInput("input", [1, 4, 6])], [new Node("y", new Identity(), ["input"])], ["y"]);

        var exception = Assert.Throws<ArgumentException>(() => ClassifierHead.Remove(rows));

        Assert.StartsWith(
            "rows: expected features [N, F] or feature maps [N, C, H, W], got [1, 4, 6] of 'y'. Cut the network before that value.",
            exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_several_outputs_is_refused()
    {
        var two = new NetworkDefinition(
            "two", [new NetworkInput("input", [1, 4])], [new Node("a", new Linear(4, 2), ["input"]), new Node("b", new Linear(4, 2), ["input"])], ["a", "b"]);

        var exception = Assert.Throws<ArgumentException>(() => ClassifierHead.Remove(two));

        Assert.StartsWith("two: expected a classifier with one output, got 2. Only such a head can be removed.", exception.Message, StringComparison.Ordinal);
    }

    // Feature maps [1, 8, 6, 6], and what follows them.
    private static NetworkDefinition Define(params (string Name, PrimitiveLayer Layer)[] tail)
    {
        List<Node> nodes = [new Node("stem", new Conv2d(3, 8, 3), ["input"]), new Node("norm", new BatchNorm(8), ["stem"])];
        foreach ((string name, PrimitiveLayer layer) in tail)
        {
            nodes.Add(new Node(name, layer, [nodes[^1].Name]));
        }

        return new NetworkDefinition("small", [new NetworkInput("input", [1, 3, 8, 8])], nodes, [nodes[^1].Name]);
    }
}
