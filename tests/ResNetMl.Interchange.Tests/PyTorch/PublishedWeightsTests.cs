using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.PyTorch;

/// <summary>The published CIFAR-10 weights give their published answers.</summary>
public sealed class PublishedWeightsTests
{
    [Theory]
    [InlineData("managed", "resnet20", "resnet20-12fca82f.th")]
    [InlineData("onednn", "resnet20", "resnet20-12fca82f.th")]
    [InlineData("onednn", "resnet56", "resnet56-4bfd9763.th")]
    public void The_first_500_test_images_have_the_logits_of_PyTorch(string backend, string name, string file)
    {
        string path = CifarOracle.Model(file);

        #region snippet: read-published-weights
        StateDictionary weights = PyTorchFile.Read(path);
        ImportedNetwork network = KnownNetworks.Recognize(weights)
            ?? throw new InvalidDataException($"{path}: not a network whose names are known.");
        #endregion

        Assert.Equal(NetworkJson.Write(NetworkCatalog.Define(name)), NetworkJson.Write(network.Definition));
        Assert.Equal(Preprocessing.Cifar, network.Preprocessing);
        CifarOracle.AssertLogits(
            name, Networks.Run(Networks.Backend(backend), network.Definition, network.Weights, CifarOracle.Images()).Span);
    }
}
