using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Interchange.Tests.OnnxRuntime;

/// <summary>ONNX Runtime as an executor of networks defined here. Witness: it and the two backends share no arithmetic.</summary>
public sealed class OnnxRuntimeExecutorTests
{
    private static readonly CompileOptions TwoThreads = new() { Threads = 2, Precision = Precision.Float32 };

    [Theory]
    [InlineData("resnet20", 3, 32)]
    [InlineData("plain20", 1, 28)]
    [InlineData("resnet164-v2", 3, 32)]
    [InlineData("se-resnet110", 3, 32)]
    [InlineData("resnet20-elu", 3, 32)]
    public void A_network_of_the_catalogue_scores_as_on_both_backends(string name, int channels, int size)
    {
        NetworkDefinition definition = NetworkCatalog.Define(name, classes: 10, [channels, size, size]);
        StateDictionary weights = RandomState(definition);
        Tensor images = RandomImages(3, channels, size);

        float[] scored = Score(Executor(), definition, weights, images);

        float largest = scored.Max(MathF.Abs);
        foreach (IBackend backend in Backends.Available)
        {
            float[] expected = Score(new BackendExecutor(backend), definition, weights, images);
            for (int i = 0; i < expected.Length; i++)
            {
                // Up to 164 layers of rounding, each near 1e-7 of its values.
                Assert.Equal(expected[i], scored[i], 1e-4f * largest);
            }
        }
    }

    /// <summary>File → our definition → exported again → ONNX Runtime: what import or export lost would show.</summary>
    [Theory]
    [InlineData("mobilenet_v2_1.0_224", "mobilenet_v2_pizza_input", "mobilenet_v2_pizza_logits")]
    [InlineData("squeezenet1.1", "squeezenet1.1_ref0_input_0", "squeezenet1.1_ref0_output_0")]
    [InlineData("resnet50v2_stage3_features_fp16store", "resnet50v2_stage3_299_pizza_input", "resnet50v2_stage3_299_pizza_features")]
    public void A_published_model_that_was_read_gives_its_oracle(string name, string input, string output)
    {
        Tensor image = NpyFile.Read(TestData.RequirePath($"models/imagenet/{input}.npy"));
        Tensor oracle = NpyFile.Read(TestData.RequirePath($"models/imagenet/{output}.npy"));
        OnnxRuntimeExecutor executor = Executor();
        ImportedNetwork network = OnnxFile.Read(
            TestData.RequirePath($"models/imagenet/{name}.onnx"), new OnnxImportOptions { InputShape = [3, image.Shape[2], image.Shape[3]] });

        float[] scored = Score(executor, network.Definition, network.Weights, image);

        float largest = scored.Max(MathF.Abs);
        Assert.Equal(oracle.Shape.ElementCount, scored.Length);
        for (int i = 0; i < scored.Length; i++)
        {
            // The bound that holds for these oracles on every executor, relative to the largest value.
            Assert.Equal(oracle.Span[i], scored[i], 1e-4f * largest);
        }
    }

    [Fact]
    public void A_predictor_that_threads_share_gives_each_the_answer_that_one_alone_gets()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet8", classes: 4, [3, 16, 16]);
        var preprocessing = new Preprocessing(new ResizeExactly(16, 16), null, ChannelOrder.Rgb, [0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]);
        var model = new Model(definition, RandomState(definition), preprocessing, ["a", "b", "c", "d"]);
        using Predictor predictor = model.CreatePredictor(Executor(), new PredictorOptions { Threads = 2, BatchSize = 5 });
        RgbImage[] images = [.. Enumerable.Range(0, 12).Select(Picture)];
        float[][] alone = [.. images.Select(image => predictor.Predict(image).Probabilities.ToArray())];
        var together = new float[60][];

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i => together[i] = predictor.Predict(images[i % 12]).Probabilities.ToArray());
        IReadOnlyList<Prediction> batched = predictor.Predict(images);

        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(alone[i % 12], together[i]));
        for (int i = 0; i < 12; i++)
        {
            for (int k = 0; k < 4; k++)
            {
                // Batches of five may be summed in another order than single images.
                Assert.Equal(alone[i][k], batched[i].Probabilities.Span[k], 1e-5f);
            }
        }
    }

    [Fact]
    public void A_plan_refuses_inputs_that_are_not_of_its_shape()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet8", classes: 4, [3, 16, 16]);
        using PreparedNetwork network = Executor().Prepare(definition, RandomState(definition), TwoThreads);
        using ScoringPlan plan = network.CreatePlan(2);

        string shape = Assert.Throws<ArgumentException>(() => plan.Run(new Tensor([1, 3, 16, 16]))).Message;
        string count = Assert.Throws<ArgumentException>(() => plan.Run()).Message;

        Assert.Equal(
            $"{definition.Inputs[0].Name}: expected Float32 [2, 3, 16, 16], got Float32 [1, 3, 16, 16]. " +
            "A plan runs batches of the size it was created for. (Parameter 'inputs')",
            shape);
        Assert.Equal("The plan has 1 inputs, got 0. (Parameter 'inputs')", count);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.CreatePlan(0));
    }

    [Fact]
    public void What_has_been_disposed_of_says_so()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet8", classes: 4, [3, 16, 16]);
        PreparedNetwork network = Executor().Prepare(definition, RandomState(definition), TwoThreads);
        ScoringPlan plan = network.CreatePlan(1);
        plan.Dispose();
        plan.Dispose();
        network.Dispose();

        Assert.Throws<ObjectDisposedException>(() => plan.Run(new Tensor([1, 3, 16, 16])));
        Assert.Throws<ObjectDisposedException>(() => network.CreatePlan(1));
    }

    [Fact]
    public void Bfloat16_is_refused_naming_who_can()
    {
        NetworkDefinition definition = NetworkCatalog.Define("resnet8", classes: 4, [3, 16, 16]);
        OnnxRuntimeExecutor executor = Executor();

        Assert.True(executor.Supports(Precision.Auto));
        Assert.False(executor.Supports(Precision.BFloat16));
        Assert.Equal(
            $"The executor onnxruntime (ONNX Runtime {OnnxRuntimeModel.RuntimeVersion}) does not compute in BFloat16. " +
            "Use Precision.Float32, or the executor onednn where the CPU has bfloat16.",
            Assert.Throws<NotSupportedException>(() => executor.Prepare(definition, RandomState(definition), TwoThreads with { Precision = Precision.BFloat16 })).Message);
    }

    [Fact]
    public void Weights_of_2_GiB_are_refused_before_they_are_written()
    {
        // 23,171² weights and 23,171 biases of four bytes are 2,147,673,648 bytes, 2³¹ − 1 are 2,147,483,647.
        var definition = NetworkDefinition.FromLayer("wide", [23_171], new Linear(23_171, 23_171));

        string message = Assert.Throws<NotSupportedException>(() => Executor().Prepare(definition, new StateDictionary(), TwoThreads)).Message;

        Assert.StartsWith("Network 'wide' cannot be handed over as an ONNX model: wide: expected weights of at most ", message, StringComparison.Ordinal);
        Assert.Contains($"got {4L * 23_171 * 23_172:N0}.", message, StringComparison.Ordinal);
        Assert.EndsWith(" Use the executor onednn or managed.", message, StringComparison.Ordinal);
    }

    private static OnnxRuntimeExecutor Executor()
    {
        Assert.SkipWhen(OnnxRuntimeExecutor.Instance is null, $"Needs ONNX Runtime's library: {OnnxRuntimeExecutor.UnavailableReason}");
        return OnnxRuntimeExecutor.Instance;
    }

    private static float[] Score(IExecutor executor, NetworkDefinition definition, StateDictionary weights, Tensor images)
    {
        using PreparedNetwork network = executor.Prepare(definition, weights, TwoThreads);
        using ScoringPlan plan = network.CreatePlan(images.Shape[0]);
        return plan.Run(images).Span.ToArray();
    }

    /// <summary>Initial weights with batch norms that do something: every scale, shift, mean and variance of its own.</summary>
    private static StateDictionary RandomState(NetworkDefinition definition)
    {
        StateDictionary state = InitialState.Create(definition, seed: 5);
        var random = new Random(6);
        foreach ((string name, Tensor tensor) in state)
        {
            if (tensor.Shape.Rank == 1)
            {
                bool isScale = !name.EndsWith("bias", StringComparison.Ordinal) && !name.EndsWith("running_mean", StringComparison.Ordinal);
                foreach (ref float element in tensor.Span)
                {
                    element = isScale ? 0.5f + random.NextSingle() : random.NextSingle() - 0.5f;
                }
            }
        }

        return state;
    }

    private static Tensor RandomImages(int count, int channels, int size)
    {
        var images = new Tensor([count, channels, size, size]);
        var random = new Random(7);
        foreach (ref float element in images.Span)
        {
            element = (2 * random.NextSingle()) - 1;
        }

        return images;
    }

    private static RgbImage Picture(int seed)
    {
        byte[] pixels = new byte[16 * 16 * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(16, 16, pixels);
    }
}
