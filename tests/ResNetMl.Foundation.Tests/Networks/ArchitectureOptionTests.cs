using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>What the options of the families do, and which do not go together.</summary>
public sealed class ArchitectureOptionTests
{
    // Huang et al. 2016, equation 4, with p_L = 0.5: block l of 54 is dropped with probability l/54·0.5, the whole batch at once.
    [Fact]
    public void Stochastic_depth_drops_later_blocks_more_often()
    {
        StochasticDepth[] layers =
            [.. NetworkCatalog.Define("resnet110-stochastic-depth").Nodes.Select(node => node.Layer).OfType<StochasticDepth>()];

        Assert.Equal(54, layers.Length);
        Assert.All(layers, layer => Assert.Equal(StochasticDepthMode.Batch, layer.Mode));
        Assert.All(layers.Index(), each => Assert.Equal((each.Index + 1) / 54.0 * 0.5, each.Item.Rate, 1e-6));
    }

    // He et al. 2016, section 4: the first unit forks behind the stem's activation, one activation more stands behind the last unit.
    [Fact]
    public void Pre_activation_begins_in_the_stem_and_ends_behind_the_last_block()
    {
        NetworkDefinition network = NetworkCatalog.Define("resnet110-v2");
        Node Find(string name) => network.Nodes.Single(node => node.Name == name);

        Assert.Equal(["relu"], Find("layer1.0.conv1").Inputs);
        Assert.Equal(["layer1.0.conv2", "relu"], Find("layer1.0.add").Inputs);
        Assert.Equal(["layer1.1.conv2", "layer1.0.add"], Find("layer1.1.add").Inputs);
        Assert.Equal(["layer1.0.add"], Find("layer1.1.bn1").Inputs);
        Assert.Equal(["layer2.0.relu"], Find("layer2.0.shortcut").Inputs);
        Assert.Equal(["layer3.17.add"], Find("bn").Inputs);
        Assert.DoesNotContain(network.Nodes, node => node.Name == "layer1.0.bn1");
    }

    [Theory]
    [InlineData("resnet20-elu", ActivationKind.Elu)]
    [InlineData("plain20-tanh", ActivationKind.Tanh)]
    [InlineData("resnet50-d-silu", ActivationKind.Silu)]
    [InlineData("wrn-16-8-leaky-relu", ActivationKind.LeakyRelu)]
    [InlineData("resnet110-relu-before-addition-selu", ActivationKind.Selu)]
    public void Another_activation_stands_everywhere(string name, ActivationKind kind) => Assert.All(
        NetworkCatalog.Define(name).Nodes.Select(node => node.Layer).OfType<Activation>(), activation => Assert.Equal(kind, activation.Kind));

    // Zagoruyko and Komodakis 2016, section 2.4: between the convolutions, behind the ReLU.
    [Fact]
    public void Dropout_of_a_wide_network_stands_before_the_second_convolution()
    {
        NetworkDefinition network = NetworkCatalog.Define("wrn-28-10-dropout-0.3");
        Node[] dropouts = [.. network.Nodes.Where(node => node.Layer is Dropout)];

        Assert.Equal(12, dropouts.Length);
        Assert.All(dropouts, node => Assert.Equal(new Dropout(0.3f), node.Layer));
        Assert.Equal(["layer1.0.dropout"], network.Nodes.Single(node => node.Name == "layer1.0.conv2").Inputs);
        Assert.Equal(["layer1.0.relu"], dropouts[0].Inputs);
    }

    [Fact]
    public void Gates_start_where_they_are_told()
    {
        NetworkDefinition network = new CifarResNet(8) { ShortcutModification = ShortcutModification.ShortcutOnlyGating, GateBias = -7 }.Define();
        Assert.Equal("resnet8-shortcut-gating-bias-7", network.Name);
        Assert.All(InitialState.Create(network, seed: 3)["layer2.0.gate.bias"].Span.ToArray(), bias => Assert.Equal(-7, bias));
        Assert.Equal(network.State, NetworkJson.Read(NetworkJson.Write(network)).State);
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        Assert.Equal(
            "plain20-v2: a plain network has no shortcuts, so of the options of residual blocks it takes the activation alone. Use a resnet.",
            Message<ArgumentException>(new CifarResNet(20) { IsPlain = true, Order = ActivationOrder.FullPreActivation }.Define));
        Assert.StartsWith(
            "resnext18-32x4d: groups and their width belong to bottlenecks; use 50 layers or more.",
            Message<ArgumentException>((ImageNetResNet.ResNet18 with { Groups = 32, WidthPerGroup = 4 }).Define), StringComparison.Ordinal);
        Assert.StartsWith(
            "The last block survives with a probability above 0, up to 1.",
            Message<ArgumentOutOfRangeException>(new CifarResNet(20) { LastSurvivalProbability = 0 }.Define), StringComparison.Ordinal);
        Assert.StartsWith(
            "A CIFAR ResNet of bottlenecks has depth 9n + 2 (11, 20, 29, …) up to 9002.",
            Message<ArgumentOutOfRangeException>(() => new CifarResNet(110 + 1, BlockKind.Bottleneck)), StringComparison.Ordinal);
        Assert.StartsWith(
            "A CIFAR ResNeXt has depth 9n + 2 (11, 20, 29, …) up to 9002.",
            Message<ArgumentOutOfRangeException>(() => new CifarResNeXt(30, 8, 64)), StringComparison.Ordinal);
        Assert.StartsWith(
            "A Wide ResNet has depth 6n + 4 (10, 16, 22, 28, …) up to 6004.",
            Message<ArgumentOutOfRangeException>(() => new WideResNet(26, 10)), StringComparison.Ordinal);
        Assert.StartsWith(
            "value must be from", Message<ArgumentOutOfRangeException>(() => new Conv2d(1, 1, 1, hasBias: true) { BiasStart = float.NaN }), StringComparison.Ordinal);
    }

    private static string Message<TException>(Func<object> make)
        where TException : Exception => Assert.Throws<TException>(() => make()).Message;
}
