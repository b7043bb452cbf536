using ResNetMl.Engine;
using ResNetMl.Networks;
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

    private static NetworkDefinition Network() => NetworkDefinition.FromLayer(
        "small",
        [1, Examples.Side, Examples.Side],
        Sequence(
            Conv3x3(1, 8).Named("conv1"), BatchNorm(8).Named("bn1"), Relu(),
            Blocks.Residual(Blocks.BasicBranch(8, 8, 1), Identity()).Named("layer1"),
            Flatten(), Dropout(0.1f), Linear(8 * Examples.Side * Examples.Side, 3).Named("fc")));
}
