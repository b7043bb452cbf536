using System.Text.Json;
using ResNetMl.Engine.Tests.Contract;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.FineTuning;

/// <summary>Training with frozen layers and learning rates by layer, on every backend. Witness: tests/References/fine_tuning.py.</summary>
public sealed class FrozenLayerTests
{
    // Four steps of fp32 against float64; batch norm over a batch of six passes errors on. AdamW divides by the root of squared gradients, some near 0.
    private const double Tolerance = 2e-5;
    private const double AdamTolerance = 5e-4;

    private static readonly Dictionary<string, Case> _cases = new()
    {
        ["stem frozen"] = new(["conv1", "bn1"], FreezesBatchNorm: false, [], new SgdOptions { WeightDecay = 0.01 }),
        ["batch norm frozen"] = new(
            [], FreezesBatchNorm: true, new() { ["conv1"] = 0.1, ["conv2"] = 0.25, ["conv3"] = 0.25 }, new SgdOptions { WeightDecay = 0.01 }),
        ["a layer in the middle frozen"] = new(
            ["conv1", "bn1", "conv3", "bn2"], FreezesBatchNorm: false, new() { ["fc"] = 3, ["conv2"] = 0.25 }, new SgdOptions { WeightDecay = 0.01 }),
        ["adamw"] = new(
            ["conv1"], FreezesBatchNorm: true, new() { ["conv2"] = 0.01, ["conv3"] = 0.01, ["fc"] = 0.1 }, new AdamWOptions { WeightDecay = 0.05 }),
        ["head alone"] = new(["conv1", "bn1", "conv2", "bn2", "conv3", "bn3"], FreezesBatchNorm: false, [], new SgdOptions { WeightDecay = 0.01 }),
    };

    public static TheoryData<string, string> All => TestBackends.With(_cases.Keys);

    [Theory, MemberData(nameof(All))]
    public void Four_steps_end_where_PyTorch_ends(string backend, string name)
    {
        NetworkDefinition definition = FineTuningReference.Network();
        StateDictionary first = FineTuningReference.Weights(definition);
        Case training = _cases[name];
        using TrainingPlan plan = TestBackends.Require(backend).CreateTrainingPlan(
            Lowering.ForTraining(definition, node => !training.Learns(node)), first, FineTuningReference.BatchSize, new CompileOptions { Threads = 2 });

        double[] losses = Train(plan, training, images => [images]);

        AssertEnd(name, definition, training, first, plan.State.ToStateDictionary(), losses);
    }

    [Theory, MemberData(nameof(All))]
    public void The_part_that_learns_trained_on_what_the_fixed_part_makes_ends_in_the_same_place(string backend, string name)
    {
        NetworkDefinition definition = FineTuningReference.Network();
        StateDictionary first = FineTuningReference.Weights(definition);
        Case training = _cases[name];
        NetworkSplit split = NetworkSplit.Of(definition, training.Learns);
        IBackend engine = TestBackends.Require(backend);
        var options = new CompileOptions { Threads = 2 };
        using CompiledNetwork? fixedPart = Compile(engine, split, first, options);
        using Plan? scoring = fixedPart?.CreatePlan(FineTuningReference.BatchSize);
        using TrainingPlan plan = engine.CreateTrainingPlan(
            Lowering.ForTraining(split.Learned, node => !training.Learns(node)), first, FineTuningReference.BatchSize, options);

        double[] losses = Train(plan, training, images =>
        {
            scoring?.Run(images);
            return scoring is null ? [images] : [.. scoring.Outputs];
        });

        AssertEnd(name, definition, training, first, plan.State.ToStateDictionary(), losses);
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void Frozen_layers_have_no_gradient_and_those_behind_them_the_one_they_had(string backend)
    {
        NetworkDefinition definition = FineTuningReference.Network();
        StateDictionary weights = FineTuningReference.Weights(definition);
        IBackend engine = TestBackends.Require(backend);
        var options = new CompileOptions { Threads = 2, ComputesInputGradients = true };
        using TrainingPlan free = engine.CreateTrainingPlan(Lowering.ForTraining(definition), weights, FineTuningReference.BatchSize, options);
        using TrainingPlan frozen = engine.CreateTrainingPlan(
            Lowering.ForTraining(definition, node => node.Name is "conv2" or "fc"), weights, FineTuningReference.BatchSize, options);
        foreach (TrainingPlan plan in (TrainingPlan[])[free, frozen])
        {
            Step(plan, new SoftmaxCrossEntropy(FineTuningReference.Classes), FineTuningReference.Images(0), 0);
        }

        // A frozen convolution or linear layer computes as it did: only its own gradient is missing.
        foreach (ArenaEntry entry in free.State.Parameters)
        {
            string name = entry.Spec.Name;
            bool isFrozen = name.StartsWith("conv2.", StringComparison.Ordinal) || name.StartsWith("fc.", StringComparison.Ordinal);
            float[] expected = isFrozen ? new float[entry.Length] : free.State.GradientOf(name).ToArray();
            Assert.Equal(expected, frozen.State.GradientOf(name).ToArray());
        }

        Assert.Equal(free.InputGradients[0].Span.ToArray(), frozen.InputGradients[0].Span.ToArray());
    }

    private static CompiledNetwork? Compile(IBackend backend, NetworkSplit split, StateDictionary weights, CompileOptions options)
    {
        if (split.Fixed is null)
        {
            return null;
        }

        (OperationList operations, StateDictionary folded) = Lowering.ForInference(split.Fixed, weights);
        return backend.Compile(operations, folded, options);
    }

    private static double[] Train(TrainingPlan plan, Case training, Func<Tensor, Tensor[]> inputsOf)
    {
        Optimizer optimizer = training.Optimizer.Create(plan.State, plan.Parallel, training.FactorOf);
        var loss = new SoftmaxCrossEntropy(FineTuningReference.Classes);
        var losses = new double[4];
        for (int step = 0; step < losses.Length; step++)
        {
            losses[step] = Step(plan, loss, inputsOf(FineTuningReference.Images(step)), step);
            optimizer.Step(0.1 / (1 + step));
        }

        return losses;
    }

    private static double Step(TrainingPlan plan, SoftmaxCrossEntropy loss, Tensor images, int step) => Step(plan, loss, [images], step);

    private static double Step(TrainingPlan plan, SoftmaxCrossEntropy loss, Tensor[] inputs, int step)
    {
        var gradient = new Tensor([FineTuningReference.BatchSize, FineTuningReference.Classes]);
        double value = loss.Compute(plan.Forward(new StepContext(1, step), inputs), FineTuningReference.Labels(step), gradient).Loss;
        plan.Backward(gradient);
        return value;
    }

    private static void AssertEnd(
        string name, NetworkDefinition definition, Case training, StateDictionary first, StateDictionary trained, double[] losses)
    {
        JsonElement expected = FineTuningReference.Root.GetProperty("trainings").GetProperty(name);
        double tolerance = training.Optimizer is AdamWOptions ? AdamTolerance : Tolerance;
        double[] expectedLosses = [.. expected.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        Assert.Equal(expectedLosses.Length, losses.Length);
        foreach ((double exact, double actual) in expectedLosses.Zip(losses))
        {
            Assert.Equal(exact, actual, tolerance);
        }

        int frozen = 0;
        foreach (Node node in definition.Nodes)
        {
            foreach (ParameterSpec spec in node.Layer.Parameters)
            {
                string tensor = $"{node.Name}.{spec.Name}";
                float[] end = FineTuningReference.Floats(expected.GetProperty("state").GetProperty(tensor));
                if (!training.Learns(node))
                {
                    // Bit for bit as they were, whether the plan holds them or they are of the fixed part.
                    frozen++;
                    Assert.Equal(first[tensor].Span.ToArray(), end);
                    Assert.Equal(end, trained.TryGetValue(tensor, out Tensor? kept) ? kept.Span.ToArray() : end);
                }
                else
                {
                    TensorAssert.Close(tensor, end, trained[tensor].Span, tolerance);
                }
            }
        }

        Assert.True(frozen > 0, "nothing was frozen");
    }

    private sealed record Case(string[] Frozen, bool FreezesBatchNorm, Dictionary<string, double> Factors, OptimizerOptions Optimizer)
    {
        internal bool Learns(Node node) => !Frozen.Contains(node.Name) && !(FreezesBatchNorm && node.Layer is BatchNorm);

        internal double FactorOf(string parameter)
        {
            string node = parameter.Split('.')[0];
            bool isFrozen = Frozen.Contains(node) || (FreezesBatchNorm && node.StartsWith("bn", StringComparison.Ordinal));
            return isFrozen ? 0 : Factors.GetValueOrDefault(node, 1);
        }
    }
}
