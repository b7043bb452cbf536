using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.TensorFlow;

/// <summary>Published models from ONNX, written as GraphDef and run by OpenCV, still give their oracles' numbers (the test data's README).</summary>
public sealed class ImportedModelTests
{
    [Theory]
    [InlineData("imagenet/mobilenet_v2_1.0_224.onnx", "imagenet/mobilenet_v2_pizza_input.npy", "imagenet/mobilenet_v2_pizza_logits.npy")]
    [InlineData("imagenet/squeezenet1.1.onnx", "imagenet/squeezenet1.1_pizza_input.npy", "imagenet/squeezenet1.1_pizza_logits.npy")]
    [InlineData(
        "imagenet/resnet50v2_stage3_features_fp16store.onnx", "imagenet/squeezenet1.1_pizza_input.npy", "imagenet/resnet50v2_stage3_pizza_features.npy")]
    public void Imported_classifiers_give_their_oracles_numbers_in_OpenCV(string model, string input, string output)
    {
        Python.Require("cv2", "python3-opencv");
        Tensor image = NpyFile.Read(TestData.RequirePath($"models/{input}"));
        ImportedNetwork network = OnnxFile.Read(TestData.RequirePath($"models/{model}"), new OnnxImportOptions { InputShape = [3, 224, 224] });

        float[] answer = Answer(network, image);

        Networks.AssertClose(NpyFile.Read(TestData.RequirePath($"models/{output}")).Span, answer, 1e-4);
    }

    [Fact]
    public void The_published_CIFAR_network_from_ONNX_has_the_logits_of_PyTorch_in_OpenCV()
    {
        Python.Require("cv2", "python3-opencv");
        const int Count = 100;
        var images = new Tensor([Count, 3, 32, 32], CifarOracle.Images().Span[..(Count * 3 * 32 * 32)]);

        CifarOracle.AssertLogits("resnet20", Answer(OnnxFile.Read(CifarOracle.Model("resnet20.onnx")), images));
    }

    private static float[] Answer(ImportedNetwork network, Tensor images)
    {
        string folder = Directory.CreateTempSubdirectory("resnetml-graphdef-").FullName;
        try
        {
            GraphReaders.Run(folder, [("model", network, images, ["opencv"])]);
            return GraphReaders.Answer(folder, "model", "opencv");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
