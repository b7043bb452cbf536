using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Names and the networks they mean.</summary>
public sealed class NetworkCatalogTests
{
    public static TheoryData<string> Names => [.. NetworkCatalog.Names, "cifar-resnet50", "cifar-plain152", "resnet8", "resnet6002", "resnet50-v1-option-c",
        "cifar-resnet101-bottleneck", "cifar-resnet200-v2", "cifar-resnext101-2x16d", "resnet164", "resnet164-basic-v2", "resnet110-bottleneck-v2",
        "resnet1001-bottleneck", "resnet164-v2-stride-on-3x3", "resnet200", "resnet50-v2-d", "resnet18-c", "resnet56-exclusive-gating-bias-0",
        "resnet20-v2-shortcut-gating-bias-7-option-b-stochastic-depth-0.8-leaky-relu", "plain20-elu", "plain34-tanh",
        "resnext50-1x40d", "resnext152-32x4d-v2", "wide-resnet152-4-d", "se-wrn-16-8", "wrn-22-2-original-order",
        "wrn-10-1-bn-after-addition", "wrn-40-10-dropout-0.25-stochastic-depth-silu", "cifar-se-resnet50", "se-resnext29-8x64d"];

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
    [InlineData("resnet50-b", "resnet50")]
    [InlineData("resnet20-basic", "resnet20")]
    [InlineData("resnet164-bottleneck-v2", "resnet164-v2")]
    [InlineData("resnet110-conv-shortcut", "resnet110-option-c")]
    [InlineData("resnet110-exclusive-gating-bias-6", "resnet110-exclusive-gating")]
    [InlineData("resnet110-stochastic-depth-0.5", "resnet110-stochastic-depth")]
    [InlineData("resnext50-1x64d", "resnet50")]
    [InlineData("resnext50-1x128d", "wide-resnet50-2")]
    [InlineData("resnet20-relu", "resnet20")]
    [InlineData("wrn-28-10-v2", "wrn-28-10")]
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
    [InlineData("resnet1000-v2", "resnet1001-v2", "resnet998-v2", "resnet998")]
    [InlineData("resnext50", "resnext50-32x4d", "resnet50", "resnet20")]
    [InlineData("wrn-28", "wrn-28-10", "wrn-28-10-dropout-0.3", "wrn-16-8")]
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
        "A name is a family and a depth, then options. Families: resnet, plain, resnext, wide-resnet, wrn, and se- before one. Depths: 18, 34, 50, 101, 152, 200 " +
        "for ImageNet (plain: 18, 34), other 6n + 2 or 9n + 2 for CIFAR (8, 14, 20, …, 164, …, 1001). Options: -v1, -v2, -d, -exclusive-gating, " +
        "-option-b, -stochastic-depth, -elu and others; docs/networks.md lists them.",
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
    [InlineData("plain20-v2")]
    [InlineData("plain20-stochastic-depth")]
    [InlineData("plain11")]
    [InlineData("resnet11")]
    [InlineData("resnet1001")]
    [InlineData("plain20-bottleneck")]
    [InlineData("se-plain20")]
    [InlineData("resnet20-d")]
    [InlineData("resnet20-bias-4")]
    [InlineData("resnet20-conv-shortcut-option-b")]
    [InlineData("resnet20-stochastic-depth-0.0")]
    [InlineData("resnet20-stride-on-3x3")]
    [InlineData("resnet21-bottleneck")]
    [InlineData("resnet50-basic")]
    [InlineData("resnet50-v1-d")]
    [InlineData("resnet50-32x4d")]
    [InlineData("resnext50")]
    [InlineData("resnext34-32x4d")]
    [InlineData("resnext50-32x4d-v1")]
    [InlineData("resnext30-8x64d")]
    [InlineData("wide-resnet29-2")]
    [InlineData("wide-resnet18-2")]
    [InlineData("wrn-28-10-v1")]
    [InlineData("wrn-28-0")]
    [InlineData("wrn-29-10")]
    [InlineData("wrn-28-1025")]
    [InlineData("resnet20-affine")]
    [InlineData("textbook-resnet34")]
    public void What_the_rule_does_not_make_is_no_name(string name) => Assert.False(NetworkCatalog.Contains(name));
}
