using ResNetMl.Networks;
using static ResNetMl.Networks.Blocks;
using static ResNetMl.Networks.Layers;
using static ResNetMl.Networks.Stages;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Graphs of any form, value by value.</summary>
public sealed class NetworkBuilderTests
{
    [Fact]
    public void Two_inputs_meet_and_two_outputs_leave()
    {
        #region snippet: network-builder
        var network = new NetworkBuilder("two-views");
        NetworkValue left = network.Input([3, 32, 32], "left");
        NetworkValue right = network.Input([3, 32, 32], "right");

        NetworkValue leftMaps = network.Apply(CifarStem(3, 16).Named("left_stem"), left);
        NetworkValue rightMaps = network.Apply(CifarStem(3, 16).Named("right_stem"), right);
        NetworkValue both = network.Apply(new Concat(Axis: 1), leftMaps, rightMaps);
        NetworkValue seen = network.Apply(Residual(BasicBranch(32, 32, stride: 1), Identity()).Named("block"), both);
        NetworkValue logits = network.Apply(Classifier(32, classes: 4, "fc"), seen);

        NetworkDefinition definition = network.Define(logits, seen);
        #endregion

        Assert.Equal(["left", "right"], definition.Inputs.Select(input => input.Name));
        Assert.Equal(["fc", "block.relu2"], definition.Outputs);
        Assert.Equal([1, 32, 32, 32], both.Shape);
        Assert.Equal([1, 4], logits.Shape);
        Assert.Equal(["left_stem.relu", "right_stem.relu"], definition.Nodes.Single(node => node.Layer is Concat).Inputs);
        Assert.Equal(NetworkJson.Write(definition), NetworkJson.Write(NetworkJson.Read(NetworkJson.Write(definition))));
    }

    [Fact]
    public void A_chain_is_what_from_layer_makes_of_it()
    {
        Layer stem = CifarStem(3, 16);
        Layer classifier = Classifier(16, 10, "linear");
        var network = new NetworkBuilder("small");
        NetworkDefinition built = network.Define(network.Apply(classifier, network.Apply(Identity(), network.Apply(stem, network.Input([3, 8, 8])))));
        Assert.Equal(NetworkJson.Write(NetworkDefinition.FromLayer("small", [3, 8, 8], Sequence(stem, classifier))), NetworkJson.Write(built));
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var network = new NetworkBuilder("wrong");
        NetworkValue input = network.Input([3, 8, 8]);

        Assert.Equal("fc: expected 1 values to read, got 2.", Message<ArgumentException>(() => network.Apply(Linear(3, 2).Named("fc"), input, input)));
        Assert.Equal("Concat: expected two or more values to read, got 1.", Message<ArgumentException>(() => network.Apply(new Concat(1), input)));
        Assert.Equal("Sequence: expected 1 values to read, got 0.", Message<ArgumentException>(() => network.Apply(CifarStem(3, 4))));
        Assert.Equal("Network 'wrong' has two values named 'input'; name each once.", Message<ArgumentException>(() => network.Input([1])));
        Assert.Equal(
            "Network 'wrong' has no value 'input' of its own; use what its Input and Apply returned.",
            Message<ArgumentException>(() => network.Apply(Relu(), new NetworkBuilder("other").Input([3, 8, 8]))));
        Assert.StartsWith("fc: expected input [N, 3], got [1, 3, 8, 8].", Message<ShapeMismatchException>(() => network.Apply(Linear(3, 2).Named("fc"), input)), StringComparison.Ordinal);
    }

    // He et al. 2016, equations 3 and 5, and section 3.1: what each row of table 1 puts between a block's input and its sum.
    [Fact]
    public void Exclusive_gating_computes_its_gate_once()
    {
        NetworkDefinition network = NetworkCatalog.Define("resnet8-exclusive-gating");
        Node sum = network.Nodes.Single(node => node.Name == "layer1.0.add");
        Node gatedBranch = network.Nodes.Single(node => node.Name == sum.Inputs[0]);
        Node gatedShortcut = network.Nodes.Single(node => node.Name == sum.Inputs[1]);
        Node closed = network.Nodes.Single(node => node.Name == gatedShortcut.Inputs[1]);

        Assert.Equal(["layer1.0.bn2", "layer1.0.sigmoid"], gatedBranch.Inputs);
        Assert.Equal(["relu", "layer1.0.affine"], gatedShortcut.Inputs);
        Assert.Equal(new Activation(ActivationKind.Affine, -1, 1), closed.Layer);
        Assert.Equal(["layer1.0.sigmoid"], closed.Inputs);
        Assert.Equal(-6, InitialState.Create(network, seed: 1)["layer1.0.gate.bias"].Span[0]);
    }

    private static string Message<TException>(Func<NetworkValue> make)
        where TException : Exception => Assert.Throws<TException>(() => make()).Message;
}
