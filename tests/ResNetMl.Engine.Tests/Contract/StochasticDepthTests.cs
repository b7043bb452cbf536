using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>What drops residual branches is held by its properties: shares, scale, and that forward, backward and all backends draw the same.</summary>
public sealed class StochasticDepthTests
{
    private const float Rate = 0.3f;
    private const float Scale = 1 / (1 - Rate);

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Each_image_is_dropped_at_the_rate_or_scaled_and_its_gradient_alike(string backendName)
    {
        const int Images = 2000;
        Tensor ones = Ones([Images, 5, 2, 3]);
        using TrainingPlan plan = CreatePlan(backendName, StochasticDepthMode.Row, ones.Shape);

        float[] first = plan.Forward(new StepContext(Seed: 7, Step: 1), ones).Span.ToArray();
        plan.Backward(ones);

        float[][] images = [.. first.Chunk(5 * 2 * 3)];
        Assert.All(images, image => Assert.True(image.All(element => element == image[0]) && image[0] is 0 or Scale));
        int dropped = images.Count(image => image[0] == 0);
        Assert.InRange(dropped / (double)Images, Rate - 0.041, Rate + 0.041); // 4 standard deviations of 2000 draws
        Assert.Equal(first, plan.InputGradients[0].Span.ToArray());
        Assert.Equal(first, plan.Forward(new StepContext(Seed: 7, Step: 1), ones).Span.ToArray());
        Assert.NotEqual(first, plan.Forward(new StepContext(Seed: 7, Step: 2), ones).Span.ToArray());
        Assert.NotEqual(first, plan.Forward(new StepContext(Seed: 8, Step: 1), ones).Span.ToArray());
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Of_a_batch_dropped_as_a_whole_all_images_stay_or_none_and_the_steps_take_turns_at_the_rate(string backendName)
    {
        const int Steps = 1000;
        Tensor ones = Ones([4, 18, 2, 3]);
        using TrainingPlan plan = CreatePlan(backendName, StochasticDepthMode.Batch, ones.Shape);

        int dropped = 0;
        for (int step = 0; step < Steps; step++)
        {
            float[] output = plan.Forward(new StepContext(Seed: 5, step), ones).Span.ToArray();
            Assert.True(output.All(element => element == output[0]) && output[0] is 0 or Scale);
            dropped += output[0] == 0 ? 1 : 0;
        }

        Assert.InRange(dropped / (double)Steps, Rate - 0.058, Rate + 0.058); // 4 standard deviations of 1000 draws
    }

    [Fact]
    public void Both_backends_drop_the_same_images_and_two_layers_of_a_network_others()
    {
        string[] names = TestBackends.Names;
        float[][] outputs = new float[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            NetworkDefinition definition = new(
                "two",
                [new NetworkInput("x", [1, 20])],
                [
                    new Node("one", new StochasticDepth(Rate), ["x"]),
                    new Node("other", new StochasticDepth(Rate), ["x"]),
                    new Node("both", new Concat(1), ["one", "other"]),
                ],
                ["both"]);
            using TrainingPlan plan = TestBackends.Require(names[i]).CreateTrainingPlan(
                Lowering.ForTraining(definition), new StateDictionary(), batchSize: 100, new CompileOptions());
            outputs[i] = plan.Forward(new StepContext(Seed: 9, Step: 4), Ones([100, 20])).Span.ToArray();
        }

        Assert.Equal(outputs[0], outputs[1]);
        Assert.NotEqual(Part(outputs[0], 0), Part(outputs[0], 1));

        static float[] Part(float[] rows, int part) => [.. rows.Chunk(40).SelectMany(row => row.Chunk(20).ElementAt(part))];
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Scoring_drops_nothing(string backendName)
    {
        NetworkDefinition definition = NetworkDefinition.FromLayer(
            "branch", [6, 3, 3], new Sequence([new StochasticDepth(Rate), new Activation(ActivationKind.Negate)]));
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, new StateDictionary());
        using CompiledNetwork compiled = TestBackends.Require(backendName).Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(3);
        Tensor x = ContractNumbers.Make(1, [3, 6, 3, 3]);

        float[] output = plan.Run(x).Span.ToArray();

        Assert.Equal(x.Span.ToArray().Select(element => -element), output);
    }

    private static TrainingPlan CreatePlan(string backendName, StochasticDepthMode mode, Shape shape) =>
        TestBackends.Require(backendName).CreateTrainingPlan(
            OperationList.Of(new StochasticDepth(Rate, mode), new Shape(shape.AsSpan()[1..])),
            new StateDictionary(),
            shape[0],
            new CompileOptions { ComputesInputGradients = true });

    private static Tensor Ones(Shape shape)
    {
        var ones = new Tensor(shape);
        ones.Span.Fill(1);
        return ones;
    }
}
