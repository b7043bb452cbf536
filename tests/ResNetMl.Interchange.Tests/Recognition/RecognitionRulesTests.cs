using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Recognition;

/// <summary>What is recognised and what is not, on definitions' own names and shapes.</summary>
public sealed class RecognitionRulesTests
{
    public static TheoryData<string> CataloguedNetworks =>
        new("resnet8", "resnet20", "resnet20-option-b", "resnet20-option-c", "resnet18", "resnet34", "resnet101", "resnet152", "resnet18-option-c",
            "resnext50-32x4d", "wide-resnet50-2");

    [Theory, MemberData(nameof(CataloguedNetworks))]
    public void A_networks_own_names_and_shapes_lead_back_to_it(string name)
    {
        NetworkDefinition definition = NetworkCatalog.Define(name);

        Assert.Equal(NetworkJson.Write(definition), NetworkJson.Write(KnownNetworks.Recognize(ZerosFor(definition))!.Definition));
    }

    [Theory]
    [InlineData("resnet20-option-b")]
    [InlineData("resnet20-option-c")]
    public void CIFAR_networks_with_projections_are_not_the_published_ones(string name)
    {
        ImportedNetwork network = KnownNetworks.Recognize(ZerosFor(NetworkCatalog.Define(name)))!;

        Assert.Null(network.Preprocessing);
        Assert.Null(network.Labels);
    }

    [Fact]
    public void A_hundred_classes_have_the_published_preprocessing_and_no_labels()
    {
        ImportedNetwork network = KnownNetworks.Recognize(ZerosFor(NetworkCatalog.Define("resnet20", classes: 100)))!;

        Assert.Equal(Preprocessing.Cifar, network.Preprocessing);
        Assert.Null(network.Labels);
    }

    [Fact]
    public void Tensors_in_another_order_are_put_into_the_definitions()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet8");
        var reversed = new StateDictionary();
        foreach ((string name, Tensor tensor) in ZerosFor(definition).Reverse())
        {
            reversed.Add(name, tensor);
        }

        Assert.Equal(definition.State.Select(parameter => parameter.Name), KnownNetworks.Recognize(reversed)!.Weights.Keys);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("left over")]
    [InlineData("other shape")]
    [InlineData("other width")]
    [InlineData("plain ImageNet network")]
    [InlineData("nothing")]
    public void What_does_not_fit_is_not_recognised(string difference)
    {
        StateDictionary state = ZerosFor(NetworkCatalog.Define(difference == "plain ImageNet network" ? "plain18" : "resnet20"));
        var changed = new StateDictionary();
        foreach ((string name, Tensor tensor) in state)
        {
            if (difference != "nothing" && !(difference == "missing" && name == "layer2.1.bn2.running_mean"))
            {
                changed.Add(name, tensor);
            }
        }

        switch (difference)
        {
            case "left over": changed.Add("aux.weight", new Tensor([1])); break;
            case "other shape": changed["layer3.0.bn1.weight"] = new Tensor([63]); break;
            case "other width": changed["conv1.weight"] = new Tensor([32, 3, 3, 3]); break;
        }

        Assert.Null(KnownNetworks.Recognize(changed));
    }

    private static StateDictionary ZerosFor(NetworkDefinition definition)
    {
        var state = new StateDictionary();
        foreach (ParameterSpec parameter in definition.State)
        {
            state.Add(parameter.Name, new Tensor(parameter.Shape));
        }

        return state;
    }
}
