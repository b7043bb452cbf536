using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Interchange.Tests.Published;

/// <summary>A classifier exported with its preprocessing takes the bytes of decoded pictures: ONNX Runtime needs nothing from us.</summary>
public sealed class PixelGraphTests
{
    [Fact]
    public void ONNX_Runtime_gives_the_oracles_first_class_of_19_photographs_fed_as_bytes()
    {
        if (OnnxRuntimeExecutor.Instance is null)
        {
            Assert.Skip($"needs ONNX Runtime: {OnnxRuntimeExecutor.UnavailableReason}");
        }

        string photographs = TestData.RequirePath("imagenet/mlnet_samples");
        ImportedNetwork network = ModelReader.ReadNetwork(
            TestData.RequirePath("models/imagenet/squeezenet1.1.onnx"), new ModelReaderOptions { Preprocessing = Preprocessing.ImageNet });
        using var session = new InferenceSession(OnnxFile.ToBytes(network, new OnnxExportOptions { Opset = 18, IncludesPreprocessing = true }));
        int count = 0;
        foreach (string[] row in File.ReadLines(TestData.RequirePath("imagenet/mlnet_samples_oracle.csv")).Skip(1).Select(line => line.Split(',')))
        {
            if (row[2] == "squeezenet1.1")
            {
                RgbImage image = ImageDecoder.DecodeFile(Path.Combine(photographs, row[0]));
                var bytes = new DenseTensor<byte>(image.Data, new[] { 1, image.Height, image.Width, RgbImage.Channels });
                using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor("image", bytes)]);
                float[] logits = [.. results[0].AsEnumerable<float>()];

                Assert.Equal(int.Parse(row[3], CultureInfo.InvariantCulture), Array.IndexOf(logits, logits.Max()));
                Assert.Equal(double.Parse(row[8], CultureInfo.InvariantCulture), logits.Max(), 0.1);
                count++;
            }
        }

        Assert.Equal(19, count);
    }
}
