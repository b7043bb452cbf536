using ResNetMl.Engine.OneDnn;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.OneDnn;

/// <summary>What oneDNN plans promise beyond the contract of all backends: fast implementations, shared memory, honest refusals.</summary>
public sealed class PlanTests
{
    [Theory]
    [InlineData("resnet20", 32, 128)]
    [InlineData("resnet50", 64, 2)]
    public void Training_uses_generated_code_only(string network, int size, int batchSize)
    {
        OneDnnBackend backend = Require.Backend();
        NetworkDefinition definition = NetworkCatalog.Define(network, classes: 10, inputShape: [3, size, size]);

        using var plan = (OneDnnTrainingPlan)backend.CreateTrainingPlan(
            Lowering.ForTraining(definition), Weights(definition), batchSize, new CompileOptions());

        Assert.DoesNotContain(plan.Implementations, chosen => chosen.Implementation.StartsWith("ref", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("resnet20", 32, 128)]
    [InlineData("resnet50", 224, 1)]
    public void Scoring_uses_generated_code_only_and_shares_memory(string network, int size, int batchSize)
    {
        OneDnnBackend backend = Require.Backend();
        NetworkDefinition definition = NetworkCatalog.Define(network, classes: 10, inputShape: [3, size, size]);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, Weights(definition));
        using CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions());

        using var plan = (OneDnnPlan)compiled.CreatePlan(batchSize);

        Assert.DoesNotContain(plan.Implementations, chosen => chosen.Implementation.StartsWith("ref", StringComparison.Ordinal));

        // A residual network needs its block's input, the branch's value and the one being made: three of the largest, and the first input.
        long largest = operations.Values.Max(value => value.Shape.ElementCount) * batchSize * sizeof(float);
        Assert.InRange(plan.ValueBytes, largest, 5 * largest);
    }

    [Fact]
    public void A_plan_outlives_its_compiled_network()
    {
        OneDnnBackend backend = Require.Backend();
        NetworkDefinition definition = NetworkCatalog.Define("resnet20", classes: 10, inputShape: [3, 32, 32]);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, Weights(definition));
        CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(2);
        var images = new Tensor([2, 3, 32, 32]);
        images.Span.Fill(0.5f);
        float[] before = plan.Run(images).Span.ToArray();

        compiled.Dispose();

        Assert.Equal(before, plan.Run(images).Span.ToArray());
    }

    [Fact]
    public void Plans_run_on_several_threads_at_once()
    {
        OneDnnBackend backend = Require.Backend();
        NetworkDefinition definition = NetworkCatalog.Define("resnet20", classes: 10, inputShape: [3, 32, 32]);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, Weights(definition));
        using CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions { Threads = 2 });
        var images = new Tensor([2, 3, 32, 32]);
        images.Span.Fill(0.5f);
        using Plan reference = compiled.CreatePlan(2);
        float[] expected = reference.Run(images).Span.ToArray();

        var scored = new float[4][];
        Parallel.For(0, scored.Length, i =>
        {
            using Plan plan = compiled.CreatePlan(2);
            scored[i] = plan.Run(images).Span.ToArray();
        });

        Assert.All(scored, logits => Assert.Equal(expected, logits));
    }

    [Fact]
    public void A_precision_it_lacks_is_refused_by_name()
    {
        OneDnnBackend backend = Require.Backend();
        OperationList operations = OperationList.Of(new Linear(2, 2), [2]);
        StateDictionary weights = Weights(operations.State);

        NotSupportedException refusal = Assert.Throws<NotSupportedException>(
            () => backend.Compile(operations, weights, new CompileOptions { Precision = Precision.BFloat16 }));

        Assert.Equal("The onednn backend computes in Float32; BFloat16 was asked for. Use Auto or Float32.", refusal.Message);
    }

    [Fact]
    public void Convolutions_with_groups_thinner_than_a_vector_are_computed()
    {
        // Groups narrower than a vector have no kernel in the blocked layout: the library's own choice of layout is used.
        OneDnnBackend backend = Require.Backend();
        OperationList operations = OperationList.Of(new Conv2d(8, 8, 1, groups: 4), [8, 1, 1]);
        StateDictionary weights = Weights(operations.State);
        using TrainingPlan plan = backend.CreateTrainingPlan(operations, weights, batchSize: 1, new CompileOptions());
        var x = new Tensor([1, 8, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]);

        float[] y = plan.Forward(default, x).Span.ToArray();

        // Every weight is 1/2: each output is half the sum of the two channels of its group.
        Assert.Equal([1.5f, 1.5f, 3.5f, 3.5f, 5.5f, 5.5f, 7.5f, 7.5f], y);
    }

    [Fact]
    public void Addition_and_activation_follow_a_convolution_that_cannot_take_them_along()
    {
        OneDnnBackend backend = Require.Backend();
        var definition = new NetworkDefinition(
            "thin",
            [new NetworkInput("x", [1, 8, 1, 1])],
            [
                new Node("conv", new Conv2d(8, 8, 1, groups: 4), ["x"]),
                new Node("add", new Add(), ["conv", "x"]),
                new Node("relu", new Activation(ActivationKind.Relu), ["add"]),
            ],
            ["relu"]);
        (OperationList operations, StateDictionary weights) = Lowering.ForInference(definition, Weights(definition));
        using CompiledNetwork compiled = backend.Compile(operations, weights, new CompileOptions());
        using Plan plan = compiled.CreatePlan(1);

        float[] y = plan.Run(new Tensor([1, 8, 1, 1], [1, 2, -3, -4, 5, -6, 7, 8])).Span.ToArray();

        // Half the sum of each pair, plus the element itself, negative results cut: (1 + 2)/2 + 1 = 2.5 and so on.
        Assert.Single(operations.Operations);
        Assert.Equal([2.5f, 3.5f, 0, 0, 4.5f, 0, 14.5f, 15.5f], y);
    }

    private static StateDictionary Weights(NetworkDefinition definition) => Weights(definition.State);

    private static StateDictionary Weights(IEnumerable<ParameterSpec> state)
    {
        var weights = new StateDictionary();
        foreach (ParameterSpec spec in state)
        {
            var tensor = new Tensor(spec.Shape);
            tensor.Span.Fill(spec.Shape.Rank == 4 ? 1f / (spec.Shape[1] * spec.Shape[2] * spec.Shape[3]) : 1);
            weights.Add(spec.Name, tensor);
        }

        return weights;
    }
}
