using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Published ONNX models through the import and both backends. Witness: the oracles of the test data, computed with PyTorch and ONNX Runtime elsewhere.</summary>
public sealed class PublishedModelTests
{
    [Theory]
    [InlineData("managed", "resnet20")]
    [InlineData("onednn", "resnet20")]
    [InlineData("onednn", "resnet56")]
    public void The_first_500_test_images_have_the_logits_of_PyTorch(string backend, string name)
    {
        ImportedNetwork network = OnnxFile.Read(CifarOracle.Model($"{name}.onnx"));

        CifarOracle.AssertLogits(name, Networks.Run(Networks.Backend(backend), network.Definition, network.Weights, CifarOracle.Images()).Span);
    }

    [Fact]
    public void The_published_cifar_file_becomes_the_network_of_the_catalogue()
    {
        ImportedNetwork network = OnnxFile.Read(CifarOracle.Model("resnet20.onnx"));
        NetworkDefinition known = NetworkCatalog.Define("resnet20");

        Assert.True(network.HasBatchAxis);
        Assert.Equal(known.ParameterCount, network.Definition.ParameterCount);
        Assert.Equal(known.MultiplyAdds, network.Definition.MultiplyAdds);
        Assert.Equal(known.State.Select(s => s.Name), network.Definition.State.Select(s => s.Name));
        Assert.Equal(known.Nodes.Select(n => n.Layer.ToString()), network.Definition.Nodes.Select(n => n.Layer.ToString()));
    }

    [Theory]
    [InlineData("managed", "mobilenet_v2_1.0_224", "mobilenet_v2_pizza_input", "mobilenet_v2_pizza_logits", null)]
    [InlineData("onednn", "mobilenet_v2_1.0_224", "mobilenet_v2_pizza_input", "mobilenet_v2_pizza_logits", null)]
    [InlineData("managed", "squeezenet1.1", "squeezenet1.1_pizza_input", "squeezenet1.1_pizza_logits", null)]
    [InlineData("onednn", "squeezenet1.1", "squeezenet1.1_pizza_input", "squeezenet1.1_pizza_logits", null)]
    [InlineData("onednn", "squeezenet1.1", "squeezenet1.1_ref0_input_0", "squeezenet1.1_ref0_output_0", null)]
    [InlineData("managed", "resnet50v2_stage3_features_fp16store", "squeezenet1.1_pizza_input", "resnet50v2_stage3_pizza_features", 224)]
    [InlineData("onednn", "resnet50v2_stage3_features_fp16store", "squeezenet1.1_pizza_input", "resnet50v2_stage3_pizza_features", 224)]
    [InlineData("managed", "resnet50v2_stage3_features_fp16store", "resnet50v2_stage3_299_pizza_input", "resnet50v2_stage3_299_pizza_features", 299)]
    [InlineData("onednn", "resnet50v2_stage3_features_fp16store", "resnet50v2_stage3_299_pizza_input", "resnet50v2_stage3_299_pizza_features", 299)]
    public void The_published_imagenet_networks_give_their_oracles(string backend, string model, string input, string output, int? side)
    {
        string folder = TestData.RequirePath("models/imagenet");
        ImportedNetwork network = OnnxFile.Read(
            Path.Combine(folder, $"{model}.onnx"), new OnnxImportOptions { InputShape = side is { } length ? new Shape(3, length, length) : null });

        Tensor actual = Networks.Run(Networks.Backend(backend), network.Definition, network.Weights, NpyFile.Read(Path.Combine(folder, $"{input}.npy")));

        // The product's promise: relative 1e-4 of the largest number.
        Networks.AssertClose(NpyFile.Read(Path.Combine(folder, $"{output}.npy")).Span, actual.Span, 1e-4);
    }

    [Fact]
    public void Symbolic_axes_ask_for_a_shape()
    {
        string path = TestData.RequirePath("models/imagenet/resnet50v2_stage3_features_fp16store.onnx");

        InterchangeException exception = Assert.Throws<InterchangeException>(() => OnnxFile.Read(path));

        Assert.Equal(
            $"{path}: input 'input': expected a shape whose axes all have lengths (but for the batch), got [?, 3, ?, ?]. Give one by InputShape, for example [3, 224, 224].",
            exception.Message);
    }
}
