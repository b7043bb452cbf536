using ResNetMl.Engine;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Classifiers as PyTorch exports them. Witness: tests/References/onnx_torchvision.py, which writes each model with what PyTorch computes.</summary>
public sealed class TorchvisionExportTests
{
    [Theory]
    [InlineData(9, "resnet18")]
    [InlineData(13, "mobilenet_v3_small", "shufflenet_v2_x0_5")]
    public void Classifiers_that_PyTorch_exported_give_what_PyTorch_computes(int opset, params string[] names)
    {
        Python.Require("torchvision", "python3-torchvision");
        string folder = Directory.CreateTempSubdirectory("resnetml-torch").FullName;
        try
        {
            Python.Script("onnx_torchvision.py", [folder, $"{opset}", .. names]);
            foreach (string name in names.Select(name => name.Split(':')[0]))
            {
                ImportedNetwork network = OnnxFile.Read(Path.Combine(folder, $"{name}.onnx"));
                Tensor image = NpyFile.Read(Path.Combine(folder, $"{name}.input.npy"));
                Tensor expected = NpyFile.Read(Path.Combine(folder, $"{name}.output.npy"));

                Assert.True(network.HasBatchAxis);
                Assert.Equal(5, network.WithClasses(5, seed: 1).Definition.ShapeOf(network.WithClasses(5, seed: 1).Definition.Outputs[0])[1]);
                foreach (IBackend backend in Backends.Available)
                {
                    // The product's promise for published models, relative to the largest number.
                    Networks.AssertClose(expected.Span, ExportTests.RunAll(backend, network, image)[0].Span, 1e-4);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
