using ResNetMl.Engine.Managed;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>What the managed backend's plans promise beyond the contract that all backends are tested against.</summary>
public sealed class PlanTests
{
    private const int Images = 5;

    public static TheoryData<int> Levels => ManagedFixture.Levels;

    // Every kind of operation, values with several readers, a shortcut that changes shape, odd channel counts.
    private static NetworkDefinition Everything()
    {
        Layer block = new Sequence(
        [
            new Conv2d(12, 20, 3, stride: 2, padding: 1), new BatchNorm(20), new Activation(ActivationKind.Relu),
            new Conv2d(20, 20, 3, padding: 1, groups: 4, hasBias: true), new BatchNorm(20),
        ]);
        Layer optionA = new ZeroPadShortcut(Stride: 2, ChannelsBefore: 4, ChannelsAfter: 4);
        Layer preActivation = new Sequence([new BatchNorm(20), new Activation(ActivationKind.Relu), new Conv2d(20, 20, 1)]);
        return NetworkDefinition.FromLayer("everything", [3, 13, 14], new Sequence(
        [
            new Conv2d(3, 12, 3, padding: 1, hasBias: true), new BatchNorm(12), new Activation(ActivationKind.Relu),
            new Pool2d(PoolingKind.Max, 3, stride: 1, padding: 1),
            new Sum([block, optionA]), new Activation(ActivationKind.Relu),
            new Sum([new Identity(), preActivation]),
            new Sum([new Identity(), new BatchNorm(20), new Conv2d(20, 20, 3, padding: 1, groups: 20)]), new Activation(ActivationKind.Relu),
            new Pool2d(PoolingKind.Average, 2),
            new Dropout(0.25f),
            new GlobalAveragePool(), new Flatten(), new Linear(20, 7),
        ]));
    }

    [Theory, MemberData(nameof(Levels))]
    public void Gradients_of_a_network_with_every_operation_match_finite_differences(int level)
    {
        // Witness: (loss(w + ε) − loss(w − ε))/2ε for the element of each tensor whose gradient is largest. The loss is linear in the logits;
        // ε = 1e-3 leaves fp32's rounding of it (1e-6) well below the tolerance and moves hardly an element across a kink of ReLU or max pooling.
        const float Epsilon = 1e-3f;
        NetworkDefinition definition = Everything();
        Tensor x = ManagedFixture.Random([Images, 3, 13, 14], seed: 4);
        Tensor slope = ManagedFixture.Random([Images, 7], seed: 5);
        var options = new CompileOptions { Threads = 2, ComputesInputGradients = true };
        using TrainingPlan plan = new ManagedBackend((SimdLevel)level).CreateTrainingPlan(
            Lowering.ForTraining(definition), InitialStates(definition, seed: 3), Images, options);

        plan.Forward(default, x);
        plan.Backward(slope);

        AssertSlope("input", x.Span, plan.InputGradients[0].Span.ToArray());
        foreach (ArenaEntry entry in plan.State.Parameters)
        {
            AssertSlope(entry.Spec.Name, plan.State.ValueOf(entry.Spec.Name), plan.State.GradientOf(entry.Spec.Name).ToArray());
        }

        void AssertSlope(string name, Span<float> values, float[] gradient)
        {
            int index = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            float value = values[index];
            values[index] = value + Epsilon;
            double above = Loss();
            values[index] = value - Epsilon;
            double below = Loss();
            values[index] = value;
            double expected = (above - below) / (2 * Epsilon);
            Assert.True(
                Math.Abs(expected - gradient[index]) <= (0.02 * Math.Abs(expected)) + 5e-3,
                $"{name}[{index}]: expected a slope of {expected}, got {gradient[index]}.");
        }

        double Loss() => Dot(plan.Forward(default, x).Span.ToArray(), slope.Span.ToArray());
    }

    [Fact]
    public void Two_runs_with_the_same_threads_give_the_same_bits_and_other_vectors_the_same_numbers()
    {
        (float[] logits, float[] gradients) first = Step(SimdLevel.Vector512, threads: 2);
        (float[] logits, float[] gradients) second = Step(SimdLevel.Vector512, threads: 2);
        (float[] logits, float[] gradients) narrow = Step(SimdLevel.Vector128, threads: 3);

        Assert.Equal(first.logits, second.logits);
        Assert.Equal(first.gradients, second.gradients);
        ManagedFixture.AssertClose([.. first.logits.Select(v => (double)v)], narrow.logits, 1e-4);
        ManagedFixture.AssertClose([.. first.gradients.Select(v => (double)v)], narrow.gradients, 1e-3);

        static (float[] Logits, float[] Gradients) Step(SimdLevel level, int threads)
        {
            NetworkDefinition definition = Everything();
            using TrainingPlan plan = new ManagedBackend(level).CreateTrainingPlan(
                Lowering.ForTraining(definition), InitialStates(definition, seed: 3), Images, new CompileOptions { Threads = threads });
            float[] logits = plan.Forward(new StepContext(7, 3), ManagedFixture.Random([Images, 3, 13, 14], seed: 4)).Span.ToArray();
            plan.Backward(ManagedFixture.Random([Images, 7], seed: 5));
            return (logits, plan.State.Gradients.Span.ToArray());
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Scoring_with_folded_batch_norm_matches_the_unfolded_operations(int level)
    {
        NetworkDefinition definition = Everything();
        StateDictionary weights = InitialStates(definition, seed: 3);
        Tensor x = ManagedFixture.Random([Images, 3, 13, 14], seed: 4);
        (OperationList folded, StateDictionary foldedWeights) = Lowering.ForInference(definition, weights);
        var backend = new ManagedBackend((SimdLevel)level);
        var options = new CompileOptions { Threads = 2 };
        using Plan plan = backend.Compile(folded, foldedWeights, options).CreatePlan(Images);
        NetworkDefinition withoutDropout = new(
            "unfolded", definition.Inputs, [.. definition.Nodes.Select(node => node.Layer is Dropout ? node with { Layer = new Dropout(0) } : node)], definition.Outputs);
        using Plan unfolded = backend.Compile(Lowering.ForTraining(withoutDropout), weights, options).CreatePlan(Images);

        float[] expected = unfolded.Run(x).Span.ToArray();

        ManagedFixture.AssertClose([.. expected.Select(v => (double)v)], plan.Run(x).Span, 1e-5);
    }

    [Fact]
    public void A_step_allocates_nothing_on_the_managed_heap()
    {
        NetworkDefinition definition = Everything();
        using TrainingPlan plan = new ManagedBackend().CreateTrainingPlan(
            Lowering.ForTraining(definition), InitialStates(definition, seed: 3), Images, new CompileOptions { Threads = 2 });
        Tensor x = ManagedFixture.Random([Images, 3, 13, 14], seed: 4);
        Tensor slope = ManagedFixture.Random([Images, 7], seed: 5);
        Step(0);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int step = 1; step <= 20; step++)
        {
            Step(step);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int step)
        {
            plan.Forward(new StepContext(1, step), x);
            plan.Backward(slope);
        }
    }

    [Fact]
    public void Bf16_is_refused_with_a_message_that_names_what_can()
    {
        NetworkDefinition definition = Everything();
        var options = new CompileOptions { Precision = Precision.BFloat16 };

        var error = Assert.Throws<NotSupportedException>(() => new ManagedBackend().CreateTrainingPlan(
            Lowering.ForTraining(definition), InitialStates(definition, seed: 3), Images, options));

        Assert.Equal(
            "The managed backend computes in fp32 only, asked for BFloat16. " +
            "The onednn backend computes in bf16 on CPUs that have it; or ask for fp32 or auto.",
            error.Message);
    }

    private static StateDictionary InitialStates(NetworkDefinition definition, int seed)
    {
        var state = new StateDictionary();
        foreach (ParameterSpec spec in definition.State)
        {
            Tensor tensor = ManagedFixture.Random(spec.Shape, seed++);
            foreach (ref float element in tensor.Span)
            {
                // Batch norm's weights and variances around 1, everything else small.
                bool isScale = spec.Name.EndsWith("running_var", StringComparison.Ordinal) || spec.Initialization == Initialization.Ones;
                element = isScale ? 1 + (0.5f * element) : 0.3f * element;
            }

            state.Add(spec.Name, tensor);
        }

        return state;
    }

    private static double Dot(float[] left, float[] right) => left.Zip(right, (l, r) => (double)l * r).Sum();
}
