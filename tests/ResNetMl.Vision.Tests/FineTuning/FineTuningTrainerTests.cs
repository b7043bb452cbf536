using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision.Tests.Vision;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Vision.Tests.FineTuning;

/// <summary>A training whose first layers stay as they are. That its updates are PyTorch's is held by the engine's FrozenLayerTests.</summary>
public sealed class FineTuningTrainerTests : IDisposable
{
    private static readonly NetworkDefinition _network = Network();
    private static readonly StateDictionary _first = InitialState.Create(_network, 3);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Executors => new(Backends.Available.Select(backend => backend.Name));

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Executors))]
    public void Frozen_layers_stay_bit_for_bit_and_the_others_learn(string executor)
    {
        TrainerOptions options = Options(executor) with { Augmentations = [] };

        TrainingResult result = Train(options);

        AssertOnlyLearned(result.Model.Weights, "layer1.", "fc.");
        Assert.InRange(result.History[^1].ValidationAccuracy!.Value, 0.8, 1);
        Assert.True(result.History[^1].TrainingLoss < result.History[0].TrainingLoss, "the loss did not fall");
    }

    [Theory, MemberData(nameof(Executors))]
    public void With_batch_norm_frozen_its_weights_and_statistics_stay_in_trained_layers_too(string executor)
    {
        TrainingResult result = Train(Options(executor) with { TrainedLayers = null, FreezesBatchNorm = true });

        AssertOnlyLearned(result.Model.Weights, "conv1.", "layer1.conv", "fc.");
    }

    [Theory, MemberData(nameof(Executors))]
    public void What_frozen_layers_make_is_the_same_kept_or_computed_at_every_step(string executor)
    {
        TrainerOptions options = Options(executor) with { AugmentedViews = 2 };
        var phases = new List<TrainingPhase>();
        var callbacks = new TrainingCallbacks { Progress = progress => phases.Add(progress.Phase) };

        TrainingResult kept = Train(options, callbacks);
        Assert.Contains(TrainingPhase.Features, phases);
        phases.Clear();
        TrainingResult computed = Train(options with { FeatureCacheBytes = 0 }, callbacks);

        Assert.DoesNotContain(TrainingPhase.Features, phases);
        Assert.Equal(kept.Model.WeightsSha256(), computed.Model.WeightsSha256());
        Assert.Equal(kept.History.Select(Measured), computed.History.Select(Measured));
        Assert.NotEqual(kept.Model.WeightsSha256(), Train(options with { AugmentedViews = 3 }).Model.WeightsSha256());
    }

    [Theory, MemberData(nameof(Executors))]
    public void Training_all_layers_after_a_frozen_normalisation_of_the_input_keeps_no_images(string executor)
    {
        NetworkDefinition network = NetworkDefinition.FromLayer(
            "normalised", [1, Examples.Side, Examples.Side],
            Sequence(BatchNorm(1).Named("bn0"), Flatten(), Linear(Examples.Side * Examples.Side, 3).Named("fc")));
        var phases = new List<TrainingPhase>();

        Examples.Train(
            Options(executor) with { TrainedLayers = null, FreezesBatchNorm = true, Augmentations = [] }, new Examples(40), network: network,
            callbacks: new TrainingCallbacks { Progress = progress => phases.Add(progress.Phase) });

        Assert.DoesNotContain(TrainingPhase.Features, phases);
    }

    [Theory, MemberData(nameof(Executors))]
    public void A_fine_tuning_cancelled_at_any_step_and_resumed_ends_in_the_same_bits(string executor)
    {
        TrainerOptions options = Options(executor) with
        {
            AugmentedViews = 2, Mixup = 0.4, ClassWeights = ClassWeights.Balanced, LabelSmoothing = 0.1, KeepsBestWeights = true,
        };
        TrainingResult whole = Train(options);

        // A checkpoint after each of nine steps.
        foreach (int step in (int[])[1, 4, 6, 8])
        {
            string folder = _folder.Path($"{executor}-{step}");
            using var cancellation = new CancellationTokenSource();
            int done = 0;
            var callbacks = new TrainingCallbacks
            {
                CheckpointWritten = _ =>
                {
                    if (++done == step)
                    {
                        cancellation.Cancel();
                    }
                },
            };
            TrainingResult first = new Trainer(options with { CheckpointFolder = folder, CheckpointSteps = 1 }, callbacks)
                .Train(_network, new Examples(50), new Examples(20, seed: 6), _first, cancellation.Token);
            Assert.Equal(TrainingOutcome.Cancelled, first.Outcome);

            TrainingResult resumed = Train(options with { CheckpointFolder = folder, Resumes = true });

            Assert.Equal(whole.Model.WeightsSha256(), resumed.Model.WeightsSha256());
            Assert.Equal(whole.History.Select(Measured), resumed.History.Select(Measured));
        }
    }

    [Fact]
    public void A_checkpoint_of_other_fine_tuning_is_refused_with_what_differs()
    {
        TrainerOptions options = Options("managed") with { CheckpointFolder = _folder.Path("other") };
        Train(options);

        var exception = Assert.Throws<CheckpointMismatchException>(() => Train(options with
        {
            Resumes = true, Mixup = 0.2, FreezesBatchNorm = true, ClassWeights = ClassWeights.Of(1, 2, 1), AugmentedViews = 4,
            TrainedLayers = LayerSelection.ByPrefix("fc"), LearningRateFactors = [],
        }));

        Assert.Equal(
            [
                "trained layers: {\"names\":[],\"prefixes\":[\"layer1\",\"fc\"]} in the checkpoint, now {\"names\":[],\"prefixes\":[\"fc\"]}",
                "learning rate factors: [{\"Layers\":{\"names\":[],\"prefixes\":[\"layer1\"]},\"Factor\":0.25}] in the checkpoint, now not recorded",
                "class weights: not recorded in the checkpoint, now 1, 2, 1",
                "mixup: not recorded in the checkpoint, now 0.2",
                "batch norm: not recorded in the checkpoint, now frozen",
                "augmented views: not recorded in the checkpoint, now 4",
            ],
            exception.Differences);
    }

    // Plain SGD moves a weight by rate · factor · gradient: in the first step four times the factor moves it four times as far.
    [Theory, MemberData(nameof(Executors))]
    public void A_layer_moves_by_its_factor_of_the_learning_rate(string executor)
    {
        TrainerOptions options = Options(executor) with
        {
            Epochs = 1, BatchSize = 50, Optimizer = new SgdOptions { Momentum = 0 }, Schedule = new ConstantSchedule(0.25), Augmentations = [],
        };

        StateDictionary quarter = Train(options).Model.Weights;
        StateDictionary whole = Train(options with { LearningRateFactors = [] }).Model.Weights;

        AssertMoved("layer1.conv1.weight", 4);
        AssertMoved("fc.weight", 1);

        void AssertMoved(string name, double times)
        {
            for (int i = 0; i < 8; i++)
            {
                // Differences of fp32 numbers around 0.3 that differ by as little as 1e-3.
                double far = (double)whole[name].Span[i] - _first[name].Span[i];
                double near = (double)quarter[name].Span[i] - _first[name].Span[i];
                Assert.Equal(far, times * near, 2e-7 * times);
                Assert.NotEqual(0, near);
            }
        }
    }

    [Fact]
    public void Wrong_options_are_refused_by_name()
    {
        TrainerOptions options = Options("managed");

        static string Message(TrainerOptions wrong) => Assert.Throws<ArgumentException>(() => Train(wrong)).Message;

        Assert.Equal("TrainerOptions.Mixup must be ≥ 0, got -1.", Message(options with { Mixup = -1 }));
        Assert.Equal("TrainerOptions.AugmentedViews must be ≥ 0, got -2.", Message(options with { AugmentedViews = -2 }));
        Assert.Equal("TrainerOptions.FeatureCacheBytes must be ≥ 0, got -1.", Message(options with { FeatureCacheBytes = -1 }));
        Assert.Equal(
            "TrainerOptions.LearningRateFactors must be > 0; TrainedLayers says which layers stay, got 0.",
            Message(options with { LearningRateFactors = [new LearningRateFactor(LayerSelection.ByPrefix("fc"), 0)] }));
        Assert.Equal(
            "small: TrainerOptions.TrainedLayers expected names of its layers, got none that has parameters and may learn. Its last layer is 'fc'.",
            Message(options with { TrainedLayers = LayerSelection.ByPrefix("stage9") }));
        Assert.Equal("Expected 3 class weights, one for each label, got 2.", Message(options with { ClassWeights = ClassWeights.Of(1, 2) }));
    }

    private static NetworkDefinition Network() => NetworkDefinition.FromLayer(
        "small",
        [1, Examples.Side, Examples.Side],
        Sequence(
            Conv3x3(1, 8).Named("conv1"), BatchNorm(8).Named("bn1"), Relu(),
            Blocks.Residual(Blocks.BasicBranch(8, 8, 1), Identity()).Named("layer1"),
            Flatten(), Dropout(0.1f), Linear(8 * Examples.Side * Examples.Side, 3).Named("fc")));

    /// <summary>Three epochs of three steps; the stem frozen, the block slower than the head.</summary>
    private static TrainerOptions Options(string executor) => Examples.Options(Backends.Get(executor)) with
    {
        Epochs = 3,
        BatchSize = 16,
        Threads = 2,
        Augmentations = [new HorizontalFlip()],
        TrainedLayers = LayerSelection.ByPrefix("layer1", "fc"),
        LearningRateFactors = [new LearningRateFactor(LayerSelection.ByPrefix("layer1"), 0.25)],
    };

    private static TrainingResult Train(TrainerOptions options, TrainingCallbacks? callbacks = null) =>
        Examples.Train(options, new Examples(50), new Examples(20, seed: 6), _network, _first, callbacks);

    private static EpochRecord Measured(EpochRecord record) => record with { Seconds = 0, ImagesPerSecond = 0 };

    private static void AssertOnlyLearned(StateDictionary end, params string[] learned)
    {
        Assert.Equal(_first.Keys, end.Keys);
        foreach ((string name, Tensor tensor) in end)
        {
            bool isSame = tensor.Span.SequenceEqual(_first[name].Span);
            Assert.True(isSame != learned.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), $"{name} {(isSame ? "stayed" : "moved")}");
        }
    }
}
