using Microsoft.Extensions.DependencyInjection;
using ResNetMl.Data;
using ResNetMl.Interchange;

namespace ResNetMl.Extensions.Tests.Pool;

/// <summary>A pipeline that applies an ONNX file, in a pool.</summary>
public sealed class OnnxPipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-onnx-pool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Sixty_four_threads_get_the_answers_to_their_own_examples()
    {
        if (Transforms.Onnx.OnnxRuntimeExecutor.Instance is null)
        {
            Assert.Skip($"Needs ONNX Runtime: {Transforms.Onnx.OnnxRuntimeExecutor.UnavailableReason}");
        }

        string onnx = Path.Combine(_folder, "linear.onnx");
        string model = Path.Combine(_folder, "model.zip");
        File.WriteAllBytes(onnx, OnnxFile.ToBytes(GreyModel.Network()));
        var context = new MLContext();
        IDataView none = context.Data.LoadFromEnumerable(Array.Empty<Plane>());
        ITransformer pipeline = context.Transforms.ApplyOnnxModel("fc", "input", onnx).Fit(none);
        context.Model.Save(pipeline, none.Schema, model);
        (pipeline as IDisposable)?.Dispose();
        File.Delete(onnx); // the saved pipeline carries it
        var services = new ServiceCollection();
        services.AddPredictionEnginePool<Plane, Pair>().FromFile(model, watchForChanges: false);
        using ServiceProvider provider = services.BuildServiceProvider();
        var pool = provider.GetRequiredService<PredictionEnginePool<Plane, Pair>>();

        var answers = new float[640][];
        Thread[] threads = [.. Enumerable.Range(0, 64).Select(thread => new Thread(() =>
        {
            for (int i = thread; i < answers.Length; i += 64)
            {
                var plane = new Plane();
                plane.Numbers[0] = i;
                answers[i] = pool.Predict(plane).Logits;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        // 1·i plus zeros is exact in single precision.
        Assert.All(answers, (answer, i) => Assert.Equal([i, -i], answer));
    }

    private sealed class Plane
    {
        [ColumnName("input"), VectorType(1, GreyModel.Side, GreyModel.Side)]
        public float[] Numbers { get; set; } = new float[GreyModel.Side * GreyModel.Side];
    }

    private sealed class Pair
    {
        [ColumnName("fc")]
        public float[] Logits { get; set; } = [];
    }
}
