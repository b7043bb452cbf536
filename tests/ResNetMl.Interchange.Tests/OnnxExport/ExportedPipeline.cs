using Microsoft.ML.OnnxRuntime;
using ResNetMl.Images;
using OrtTensors = Microsoft.ML.OnnxRuntime.Tensors;

namespace ResNetMl.Interchange.Tests.OnnxExport;

/// <summary>An exported pipeline as ONNX Runtime runs it: one decoded photograph in, scores and label out.</summary>
internal sealed class ExportedPipeline : IDisposable
{
    private readonly InferenceSession _session;

    internal ExportedPipeline(byte[] bytes)
    {
        Bytes = bytes;
        ResNetMl.Transforms.Onnx.Native.OnnxRuntimeLibrary.EnsureLoaded();
        using var options = new SessionOptions { IntraOpNumThreads = 2 };
        _session = new InferenceSession(bytes, options);
    }

    internal byte[] Bytes { get; }

    internal string InputName => Assert.Single(_session.InputNames);

    internal IReadOnlyList<string> OutputNames => _session.OutputNames;

    internal int[] InputLengths => _session.InputMetadata[InputName].Dimensions;

    internal static ExportedPipeline Of(MLContext context, ITransformer model, IDataView data, int? opset = null, params string[] outputs)
    {
        using var stream = new MemoryStream();
        if (opset is { } version)
        {
            context.Model.ConvertToOnnx(model, data, version, stream, outputs);
        }
        else
        {
            context.Model.ConvertToOnnx(model, data, stream, outputs);
        }

        return new ExportedPipeline(stream.ToArray());
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Scores and label of one image; null for a label where the model has no such output.</summary>
    internal (float[] Scores, string? Label) Run(RgbImage image, string scoreName = "Score", string labelName = "PredictedLabel")
    {
        var planes = new OrtTensors.DenseTensor<byte>([1, 3, image.Height, image.Width]);
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                planes.Buffer.Span[(channel * image.Width * image.Height) + i] = image.Data[(i * 3) + channel];
            }
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run([NamedOnnxValue.CreateFromTensor(InputName, planes)]);
        float[] scores = results.Single(result => result.Name == scoreName).AsTensor<float>().ToArray();
        string? label = results.FirstOrDefault(result => result.Name == labelName)?.AsTensor<string>().Single();
        return (scores, label);
    }
}
