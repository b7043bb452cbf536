using System.Text.Json;

namespace ResNetMl.Engine.Tests.Training;

public sealed class OptimizerTests
{
    // Twelve steps of fp32 on values around 1: each rounds by 6e-8 a few times.
    private const double Tolerance = 3e-6;

    private static readonly JsonElement _reference = TrainingReference.Section("optimisers");

    public static TheoryData<string, OptimizerOptions> Trajectories => new()
    {
        { "sgd", new SgdOptions { Momentum = 0 } },
        { "sgd-momentum", new SgdOptions { WeightDecay = 0.05 } },
        { "sgd-momentum", new SgdOptions { WeightDecay = 0.02, L2Penalty = 0.03 } },
        { "sgd-nesterov", new SgdOptions { Momentum = 0.8, Nesterov = true, WeightDecay = 0.05 } },
        { "sgd-weights-only", new SgdOptions { WeightDecay = 0.05, DecaysBatchNormAndBiases = false } },
        { "sgd-l1", new SgdOptions { L1Penalty = 0.03 } },
        { "adamw", new AdamWOptions { Beta2 = 0.99, WeightDecay = 0.2 } },
        { "adamw-weights-only", new AdamWOptions { WeightDecay = 0.2, DecaysBatchNormAndBiases = false } },
    };

    [Theory, MemberData(nameof(Trajectories))]
    public void Twelve_steps_end_where_PyTorch_ends(string name, OptimizerOptions options)
    {
        ParameterArena arena = TrainingReference.Arena();
        Optimizer optimizer = options.Create(arena, new InTurnRunner(1));

        for (int step = 0; step < 12; step++)
        {
            SetGradients(arena, step);
            optimizer.Step(Rate(step));
        }

        AssertEnd(name, arena);
    }

    [Fact]
    public void Clipping_by_norm_gives_PyTorchs_norms_and_end()
    {
        JsonElement expected = _reference.GetProperty("sgd-clipped");
        double[] norms = expected.Doubles("norms");
        ParameterArena arena = TrainingReference.Arena();
        Optimizer optimizer = new SgdOptions().Create(arena, new InTurnRunner(1));
        var norm = new GradientNorm(arena, new InTurnRunner(2));

        for (int step = 0; step < 12; step++)
        {
            SetGradients(arena, step);
            double actual = norm.Compute();
            Assert.Equal(norms[step], actual, 1e-6 * norms[step]);
            optimizer.Step(Rate(step), GradientNorm.ClipScale(actual, maximumNorm: 6.5));
        }

        AssertEnd("sgd-clipped", arena);
        Assert.Contains(norms, value => value < 6.5);
        Assert.Contains(norms, value => value > 6.5);
    }

    [Theory, MemberData(nameof(Trajectories))]
    public void The_number_of_threads_does_not_change_a_bit(string name, OptimizerOptions options)
    {
        byte[][] ends = [.. new[] { 1, 2, 3, 7 }.Select(threads =>
        {
            ParameterArena arena = TrainingReference.Arena();
            Optimizer optimizer = options.Create(arena, new InTurnRunner(threads));
            var norm = new GradientNorm(arena, new InTurnRunner(threads));
            for (int step = 0; step < 12; step++)
            {
                SetGradients(arena, step);
                optimizer.Step(Rate(step), GradientNorm.ClipScale(norm.Compute(), maximumNorm: 6));
            }

            return arena.Values.Bytes.ToArray();
        })];

        Assert.All(ends, end => Assert.True(ends[0].AsSpan().SequenceEqual(end), name));
    }

    [Theory, MemberData(nameof(Trajectories))]
    public void A_state_carried_to_another_optimiser_goes_on_bit_for_bit(string name, OptimizerOptions options)
    {
        ParameterArena whole = TrainingReference.Arena();
        Optimizer first = options.Create(whole, new InTurnRunner(2));
        ParameterArena resumed = TrainingReference.Arena();
        Optimizer second = options.Create(resumed, new InTurnRunner(2));
        for (int step = 0; step < 12; step++)
        {
            if (step == 5)
            {
                whole.Values.Bytes.CopyTo(resumed.Values.Bytes);
                second.StepsDone = first.StepsDone;
                foreach (((string from, Tensors.Tensor source), (string to, Tensors.Tensor target)) in first.State.Zip(second.State))
                {
                    Assert.Equal(from, to);
                    source.Bytes.CopyTo(target.Bytes);
                }
            }

            SetGradients(whole, step);
            first.Step(Rate(step));
            if (step >= 5)
            {
                SetGradients(resumed, step);
                second.Step(Rate(step));
            }
        }

        Assert.True(whole.Values.Bytes.SequenceEqual(resumed.Values.Bytes), name);
    }

    [Theory, MemberData(nameof(Trajectories))]
    public void A_step_allocates_nothing_and_leaves_the_padding_zero(string name, OptimizerOptions options)
    {
        ParameterArena arena = TrainingReference.Arena();
        Optimizer optimizer = options.Create(arena, new InTurnRunner(2));
        var norm = new GradientNorm(arena, new InTurnRunner(2));
        SetGradients(arena, 0);
        optimizer.Step(0.1, GradientNorm.ClipScale(norm.Compute(), 1));
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            optimizer.Step(0.01, GradientNorm.ClipScale(norm.Compute(), 1));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(arena.Values.Span[45..48].SequenceEqual(new float[3]), name);
        Assert.True(arena.Values.Span[53..].SequenceEqual(new float[11]), name);
    }

    [Fact]
    public void Constants_out_of_range_are_refused_by_name()
    {
        ParameterArena arena = TrainingReference.Arena();
        var runner = new InTurnRunner(1);

        string Message(OptimizerOptions options) => Assert.Throws<ArgumentException>(() => options.Create(arena, runner)).Message;

        Assert.Equal("SgdOptions.Momentum must be in [0, 1), got 1.", Message(new SgdOptions { Momentum = 1 }));
        Assert.Equal("AdamWOptions.Epsilon must be > 0, got 0.", Message(new AdamWOptions { Epsilon = 0 }));
        Assert.Equal("SgdOptions.WeightDecay must be ≥ 0, got -0.1.", Message(new SgdOptions { WeightDecay = -0.1 }));
        Assert.Equal("SgdOptions.L1Penalty must be ≥ 0, got NaN.", Message(new SgdOptions { L1Penalty = double.NaN }));
        Assert.Equal(
            "SgdOptions.Nesterov needs a Momentum above 0: without one there is nothing to look ahead along.",
            Message(new SgdOptions { Momentum = 0, Nesterov = true }));
    }

    private static double Rate(int step) => _reference.Doubles("rates")[step];

    private static void SetGradients(ParameterArena arena, int step)
    {
        JsonElement gradients = _reference.GetProperty("gradients")[step];
        gradients.Floats("weight").CopyTo(arena.GradientOf("fc.weight"));
        gradients.Floats("bias").CopyTo(arena.GradientOf("fc.bias"));
    }

    private static void AssertEnd(string name, ParameterArena arena)
    {
        JsonElement values = _reference.GetProperty(name).GetProperty("values");
        foreach (string parameter in new[] { "weight", "bias" })
        {
            double[] expected = values.Doubles(parameter);
            Span<float> actual = arena.ValueOf($"fc.{parameter}");
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], Tolerance);
            }
        }
    }
}
