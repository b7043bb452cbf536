using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.Interchange.Tests.PyTorch;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Recognition;

/// <summary>Published networks are found by names and shapes and compute what PyTorch computes. Witness: tests/References/torch_files.py.</summary>
public sealed class KnownNetworksTests(TorchNetworks files) : IClassFixture<TorchNetworks>
{
    // Rounding differences of sums grow with depth: measured 2e-6 at 110 layers.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(32, 10, 3)]
    [InlineData(44, 100, 3)]
    [InlineData(110, 10, 1)]
    [InlineData(1202, 10, 3)]
    public void Other_depths_of_the_CIFAR_zoo_are_read_from_both_formats(int depth, int classes, int channels)
    {
        foreach (string name in (string[])[$"resnet{depth}-zip.pth", $"resnet{depth}-legacy.pth"])
        {
            StateDictionary state = PyTorchFile.Read(files[name]);
            files.AssertHolds(state, name);

            ImportedNetwork network = KnownNetworks.Recognize(state)!;

            NetworkDefinition expected = new CifarResNet(depth) { Classes = classes, InputShape = [channels, 32, 32] }.Define();
            Assert.Equal(NetworkJson.Write(expected), NetworkJson.Write(network.Definition));
            Assert.Equal(depth, network.Definition.Depth);
            Assert.Equal(expected.State.Select(parameter => parameter.Name), network.Weights.Keys);
            Assert.Equal(channels == 3 ? Preprocessing.Cifar : null, network.Preprocessing);
            Assert.Equal(
                classes == 10 && channels == 3
                    ? ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
                    : null,
                network.Labels);
        }
    }

    [Theory]
    [InlineData("managed", "resnet32", 3)]
    [InlineData("onednn", "resnet32", 3)]
    [InlineData("managed", "resnet44", 3)]
    [InlineData("onednn", "resnet44", 3)]
    [InlineData("managed", "resnet110", 1)]
    [InlineData("onednn", "resnet110", 1)]
    [InlineData("managed", "resnet18", 3)]
    [InlineData("onednn", "resnet18", 3)]
    [InlineData("managed", "resnet50", 3)]
    [InlineData("onednn", "resnet50", 3)]
    [InlineData("onednn", "resnext50_32x4d", 3)]
    public void Recognised_networks_compute_the_logits_of_PyTorch(string backend, string name, int channels)
    {
        JsonElement expected = files.Expected($"{name}-zip.pth");
        int size = expected.TryGetProperty("size", out JsonElement given) ? given.GetInt32() : 32;
        ImportedNetwork network = KnownNetworks.Recognize(PyTorchFile.Read(files[$"{name}-zip.pth"]))!;

        Tensor logits = Networks.Run(
            Networks.Backend(backend),
            network.Definition.WithInputShape([channels, size, size]),
            network.Weights,
            Networks.Image(channels, size, size));

        Networks.AssertClose([.. expected.GetProperty("logits").EnumerateArray().Select(logit => logit.GetSingle())], logits.Span, Tolerance);
    }

    [Fact]
    public void ImageNet_networks_are_told_by_their_blocks_and_nothing_is_guessed_about_their_images()
    {
        ImportedNetwork network = KnownNetworks.Recognize(PyTorchFile.Read(files["resnet50-zip.pth"]))!;

        Assert.Equal(
            NetworkJson.Write((ImageNetResNet.ResNet50 with { Classes = 7 }).Define()), NetworkJson.Write(network.Definition));
        Assert.Null(network.Preprocessing);
        Assert.Null(network.Labels);
    }
}
