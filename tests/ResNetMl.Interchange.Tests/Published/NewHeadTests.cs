using ResNetMl.Engine;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Vision;

namespace ResNetMl.Interchange.Tests.Published;

/// <summary>A published classifier with a new head knows nothing of the new classes, and says so: fine-tuning starts near ln classes.</summary>
public sealed class NewHeadTests
{
    private const int Classes = 5;

    [Theory]
    [InlineData("squeezenet1.1.onnx", "squeezenet1.1_pizza_input.npy")]
    [InlineData("mobilenet_v2_1.0_224.onnx", "mobilenet_v2_pizza_input.npy")]
    public void A_new_head_starts_without_an_opinion(string model, string input)
    {
        ImportedNetwork network = ModelReader.ReadNetwork(TestData.RequirePath($"models/imagenet/{model}")).WithClasses(Classes, seed: 1);
        Tensor images = NpyFile.Read(TestData.RequirePath($"models/imagenet/{input}"));
        using PreparedNetwork prepared = new BackendExecutor(Backends.Managed).Prepare(network.Definition, network.Weights, new CompileOptions());
        using ScoringPlan plan = prepared.CreatePlan(1);

        float[] logits = plan.Run(images).Span.ToArray();

        // The loss of a class is at most ln classes + the spread of the logits. A head that began by fan-out had a spread of hundreds.
        Assert.Equal(Classes, logits.Length);
        Assert.InRange(logits.Max() - logits.Min(), 0.001f, 5f);
    }
}
