using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>The whole way with a network that has batch norm, a shortcut and dropout, on each backend of this machine.</summary>
public sealed class TrainedModelTests
{
    public static TheoryData<string> Executors => new(Backends.Available.Select(backend => backend.Name));

    [Theory, MemberData(nameof(Executors))]
    public void A_trained_model_saved_and_loaded_scores_as_its_validation_said(string executor)
    {
        IBackend backend = Backends.Get(executor);
        TrainerOptions options = Examples.Options(backend) with { Epochs = 3, BatchSize = 16, Threads = 2, Augmentations = [] };
        var validation = new Examples(50, seed: 6, wrongEvery: 7);

        TrainingResult result = Examples.Train(options, new Examples(160), validation, Network());
        using var folder = new TemporaryFolder();
        result.Model.Save(folder.Path("model.zip"));
        using Predictor predictor = Model.Load(folder.Path("model.zip")).CreatePredictor(backend, new PredictorOptions { BatchSize = 20, Threads = 2 });
        ScoredExample[] scored = [.. predictor.Score(validation, token: TestContext.Current.CancellationToken)];

        EpochRecord last = result.History[^1];
        int right = scored.Count(example => example.Prediction!.Best.Index == example.LabelIndex);
        double loss = scored.Average(example => -Math.Log(example.Prediction!.Probabilities.Span[example.LabelIndex]));
        Assert.Equal(right / 50.0, last.ValidationAccuracy);

        // Probabilities are rounded to fp32: each by 6e-8 of itself, and those of wrong answers are small.
        Assert.Equal(last.ValidationLoss!.Value, loss, 1e-5);
        Assert.InRange(last.ValidationAccuracy!.Value, 0.8, 1);
        Assert.Equal(backend.Description, result.Model.Provenance.Environment["executor library"]);
    }

    [Theory, MemberData(nameof(Executors))]
    public void The_same_training_twice_gives_the_same_bits(string executor)
    {
        TrainerOptions options = Examples.Options(Backends.Get(executor)) with { Epochs = 2, BatchSize = 16, Threads = 2 };

        string first = Examples.Train(options, new Examples(100), network: Network()).Model.WeightsSha256();

        Assert.Equal(first, Examples.Train(options, new Examples(100), network: Network()).Model.WeightsSha256());
    }

    [Theory, MemberData(nameof(Executors))]
    public void Threads_that_share_a_predictor_get_the_answers_that_one_thread_gets(string executor)
    {
        NetworkDefinition network = Network();
        var model = new Model(network, InitialState.Create(network, 3), Examples.Preprocessing, ["a", "b", "c"]);
        using Predictor predictor = model.CreatePredictor(Backends.Get(executor), new PredictorOptions { Threads = 2 });
        var source = new Examples(24);
        float[][] expected = [.. Enumerable.Range(0, 24).Select(i => predictor.Predict(source.Get(i).Pixels!).Probabilities.ToArray())];

        Parallel.For(0, 96, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.Equal(expected[i % 24], predictor.Predict(source.Get(i % 24).Pixels!).Probabilities.ToArray()));
    }

    [Theory, MemberData(nameof(Executors))]
    public void A_training_step_allocates_nothing_on_the_managed_heap(string executor)
    {
        NetworkDefinition network = Network();
        TrainerOptions options = Examples.Options(Backends.Get(executor)) with { ClipNorm = 1, LabelSmoothing = 0.1, Threads = 2 };
        using var step = new TrainingStep(new LearnedPart(network, options), InitialState.Create(network, 1), 8, [3, 3, 2], options);
        Tensor[] images = [new Tensor([8, 1, Examples.Side, Examples.Side])];
        int[] labels = [0, 1, 2, 0, 1, 2, 0, 1];

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                step.Run(new SchedulePosition(0, i, 100, 1), images, labels);
            }
        }

        long Allocated(int steps)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(steps);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        Run(5);

        // All threads of the process are counted, and single rounds showed some dozen bytes whose source was not found (the benchmark
        // 'allocations' shows none); what a step allocates would be in every round.
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Allocated(steps: 50)));
    }

    /// <summary>Batch norm, a shortcut and dropout on pictures of <see cref="Examples"/>.</summary>
    internal static NetworkDefinition Network() => NetworkDefinition.FromLayer(
        "small",
        [1, Examples.Side, Examples.Side],
        Sequence(
            Conv3x3(1, 8).Named("conv1"), BatchNorm(8).Named("bn1"), Relu(),
            Blocks.Residual(Blocks.BasicBranch(8, 8, 1), Identity()).Named("layer1"),
            Flatten(), Dropout(0.1f), Linear(8 * Examples.Side * Examples.Side, 3).Named("fc")));
}
