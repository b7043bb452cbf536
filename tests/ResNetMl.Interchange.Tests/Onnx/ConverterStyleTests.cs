using ResNetMl.Engine;
using ResNetMl.Tensors;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>
/// Classifiers with the habits of other converters than PyTorch's, written by tests/References/onnx_styles.py. Witness: ONNX Runtime, which runs the
/// files as they are.
/// </summary>
public sealed class ConverterStyleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-styles").FullName;

    public ConverterStyleTests()
    {
        Python.Require("onnx", "python3-onnx");
        if (OnnxRuntimeExecutor.Instance is null)
        {
            Assert.Skip($"needs ONNX Runtime: {OnnxRuntimeExecutor.UnavailableReason}");
        }

        Python.Script("onnx_styles.py", _folder);
    }

    [Fact]
    public void Classifiers_of_other_converters_give_what_ONNX_Runtime_computes_and_can_be_exported_and_given_a_new_head()
    {
        // float16 arithmetic has 11 bits, and the layers of ONNX Runtime round to it where we do not.
        (string Style, string Witness, Shape Image, double Tolerance)[] styles =
        [
            ("keras", "keras", [31, 31, 3], 1e-4),
            ("mxnet_resnet_v1", "mxnet_resnet_v1", [3, 20, 20], 1e-4),
            ("mxnet_resnet_v2", "mxnet_resnet_v2", [3, 20, 20], 1e-4),
            ("mxnet_squeezenet", "mxnet_squeezenet", [3, 19, 19], 1e-4),
            ("group_norm", "group_norm", [3, 9, 9], 1e-4),
            ("half", "half", [3, 12, 12], 4e-3),
            ("half_border", "half", [3, 12, 12], 4e-3),
        ];
        foreach ((string style, string witness, Shape shape, double tolerance) in styles)
        {
            Tensor image = ExportTests.Numbers(shape.Prepend(1));
            Tensor expected;
            using (OnnxRuntimeModel model = OnnxRuntimeModel.Load(Path.Combine(_folder, $"{witness}.onnx")))
            {
                expected = model.Run(image);
            }

            ImportedNetwork network = OnnxFile.Read(Path.Combine(_folder, $"{style}.onnx"));

            Assert.True(network.HasBatchAxis, style);
            Assert.Equal(new Shape(1, 10), expected.Shape);
            foreach (IBackend backend in Backends.Available)
            {
                Networks.AssertClose(expected.Span, Networks.Run(backend, network.Definition, network.Weights, image).Span, tolerance);
            }

            using (OnnxRuntimeModel exported = OnnxRuntimeModel.Load(OnnxFile.ToBytes(network)))
            {
                Networks.AssertClose(expected.Span, exported.Run(image).Span, tolerance);
            }

            ImportedNetwork other = network.WithClasses(4, seed: 1);
            Assert.Equal(new Shape(1, 4), other.Definition.ShapeOf(other.Definition.Outputs[0]));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
