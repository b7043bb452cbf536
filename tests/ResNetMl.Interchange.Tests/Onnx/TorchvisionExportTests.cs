using ResNetMl.Engine;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>
/// Classifiers as PyTorch exports them; docs/results/torchvision-onnx.md has all of them. Witness: tests/References/torchvision_onnx.py, which
/// writes each model with what PyTorch computes.
/// </summary>
public sealed class TorchvisionExportTests
{
    [Fact]
    public void Classifiers_that_PyTorch_exported_give_what_PyTorch_computes()
    {
        string[] cases = ["resnet18:9:preserve", "mobilenet_v3_small:13:batch", "shufflenet_v2_x0_5:11:unfolded", "squeezenet1_1:17:fixed"];
        WithFolder(folder =>
        {
            string output = Python.Script("torchvision_onnx.py", [folder, .. cases]);
            Assert.Equal(cases.Select(name => $"written {name.Replace(':', '-')}"), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            foreach (string path in cases.Select(name => Path.Combine(folder, name.Replace(':', '-'))))
            {
                ImportedNetwork network = OnnxFile.Read($"{path}.onnx");
                ImportedNetwork other = network.WithClasses(5, seed: 1);

                Assert.True(network.HasBatchAxis);
                Assert.Equal(new Shape(1, 5), other.Definition.ShapeOf(other.Definition.Outputs[0]));
                foreach (IBackend backend in Backends.Available)
                {
                    // The product's promise for published models, relative to the largest number.
                    Tensor actual = Networks.Run(backend, network.Definition, network.Weights, NpyFile.Read($"{path}.input.npy"));
                    Networks.AssertClose(NpyFile.Read($"{path}.logits.npy").Span, actual.Span, 1e-4);
                }
            }
        });
    }

    [Fact]
    public void A_classifier_exported_in_training_is_refused_at_its_first_batch_norm()
    {
        WithFolder(folder =>
        {
            Python.Script("torchvision_onnx.py", folder, "shufflenet_v2_x0_5:15:training");
            string path = Path.Combine(folder, "shufflenet_v2_x0_5-15-training.onnx");

            InterchangeException exception = Assert.Throws<InterchangeException>(() => OnnxFile.Read(path));

            Assert.Equal(
                $"{path}: node '/conv1/conv1.1/BatchNormalization' (BatchNormalization): expected normalisation by given statistics, got training mode, " +
                "which computes them. Export the model for inference.",
                exception.Message);
        });
    }

    private static void WithFolder(Action<string> test)
    {
        Python.Require("torchvision", "python3-torchvision");
        string folder = Directory.CreateTempSubdirectory("resnetml-torch").FullName;
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
