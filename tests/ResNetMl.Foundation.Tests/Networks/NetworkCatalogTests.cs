using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Names and the networks they mean.</summary>
public sealed class NetworkCatalogTests
{
    public static TheoryData<string> Names => [.. NetworkCatalog.Names, "cifar-resnet50", "cifar-plain152", "resnet8", "resnet6002", "resnet50-v1-option-c"];

    [Theory, MemberData(nameof(Names))]
    public void A_network_has_the_name_it_was_asked_by(string name)
    {
        Assert.True(NetworkCatalog.Contains(name));
        Assert.Equal(name, NetworkCatalog.Define(name).Name);
    }

    [Theory]
    [InlineData("resnet20-option-a", "resnet20")]
    [InlineData("resnet50-option-b", "resnet50")]
    [InlineData("cifar-resnet20", "resnet20")]
    public void A_default_may_be_spelled_out(string name, string shortName) =>
        Assert.Equal(NetworkJson.Write(NetworkCatalog.Define(shortName)), NetworkJson.Write(NetworkCatalog.Define(name)));

    [Fact]
    public void Depth_50_is_imagenets_unless_cifar_is_asked_for()
    {
        Assert.Equal([1, 1000], NetworkCatalog.Define("resnet50").ShapeOf("fc"));
        Assert.Equal([1, 10], NetworkCatalog.Define("cifar-resnet50").ShapeOf("linear"));
    }

    [Theory]
    [InlineData("resnet21", "resnet20", "resnet18", "resnet26")]
    [InlineData("plain21-option-b", "plain20", "plain18", "plain26")]
    [InlineData("resnet18-v1", "resnet18", "resnet20", "resnet14")]
    [InlineData("ResNet50", "resnet50", "resnet44", "resnet56")]
    [InlineData("rsnet56", "resnet56", "resnet50", "resnet20")]
    [InlineData("resnet20-option-d", "resnet20-option-b", "resnet20-option-c", "resnet56-option-b")]
    [InlineData("cifar-resnet21", "cifar-resnet20", "cifar-resnet26", "resnet20")]
    [InlineData("", "plain20", "plain32", "plain44")]
    public void An_unknown_name_brings_the_nearest(string name, params string[] expected)
    {
        Assert.False(NetworkCatalog.Contains(name));
        var error = Assert.Throws<UnknownNetworkException>(() => NetworkCatalog.Define(name));
        Assert.Equal(expected, error.Nearest);
        Assert.All(error.Nearest, nearest => Assert.True(NetworkCatalog.Contains(nearest)));
        Assert.Equal(name, error.Name);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_rule() => Assert.Equal(
        "There is no network named 'resnet21'. Nearest: resnet20, resnet18, resnet26. " +
        "A name is resnet or plain, then the depth: 18, 34, 50, 101, 152 for ImageNet (plain: 18, 34), other 6n + 2 for CIFAR (8, 14, 20, …); " +
        "then -v1 for bottlenecks with the paper's strides, and -option-a, -b or -c for the shortcuts of a resnet.",
        Assert.Throws<UnknownNetworkException>(() => NetworkCatalog.Define("resnet21")).Message);

    [Fact]
    public void A_name_of_any_length_is_answered_at_once() =>
        Assert.Throws<UnknownNetworkException>(() => NetworkCatalog.Define(new string('r', 1_000_000)));

    [Theory]
    [InlineData("resnet 20")]
    [InlineData("resnet020")]
    [InlineData("resnet20\n")]
    [InlineData("plain50")]
    [InlineData("plain20-option-a")]
    [InlineData("resnet20-v1")]
    [InlineData("resnet6008")]
    [InlineData("resnet2")]
    public void What_the_rule_does_not_make_is_no_name(string name) => Assert.False(NetworkCatalog.Contains(name));
}
