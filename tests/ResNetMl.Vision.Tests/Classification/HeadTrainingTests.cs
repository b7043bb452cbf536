using System.Text.Json;
using ResNetMl.Engine;
using ResNetMl.TestSupport;
using ResNetMl.Trainers;
using TrainMetrics = ResNetMl.Vision.ImageClassificationTrainer.TrainMetrics;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>The head's training on rows that are formulas, beside PyTorch in float64 (tests/References/softmax_head.py).</summary>
public sealed class HeadTrainingTests
{
    private const int Features = 24;
    private const int Classes = 3;
    private const int Training = 37;
    private const int Held = 11;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Every_epoch_has_the_weights_and_metrics_that_PyTorch_computes(int scenario)
    {
        string json = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests", "References", "softmax-head.json"));
        JsonElement expected = JsonDocument.Parse(json).RootElement[scenario];
        double[]? weights = expected.GetProperty("classWeights").Deserialize<double[]?>();
        FeatureTable rows = Rows(Training, 0);
        FeatureScaling scaling = FeatureScaling.Of(rows);
        var head = new SoftmaxHead(Classes, Features);
        for (int i = 0; i < head.Weight.Length; i++)
        {
            head.Weight[i] = 0.001f * MathF.Cos(i);
        }

        HeadTrainingResult result = Trainer(7, expected.GetProperty("smoothing").GetDouble(), weights)
            .Train(head, Scaled(scaling, rows), Scaled(scaling, Rows(Held, 100)));

        // fp32 against float64 over 28 steps on standardised numbers of size 1 and weights of size 0.01.
        double[] weight = expected.GetProperty("weight").Deserialize<double[]>()!;
        Assert.All(weight, (value, i) => Assert.Equal(value, head.Weight[i], 2e-6));
        Assert.All(expected.GetProperty("bias").Deserialize<double[]>()!, (value, i) => Assert.Equal(value, head.Bias[i], 2e-6));
        Assert.Equal(7, result.History.Count);
        Assert.All(expected.GetProperty("history").EnumerateArray(), (epoch, i) =>
        {
            (TrainMetrics learned, TrainMetrics held) = (result.History[i].Training, result.History[i].Validation!);
            Assert.Equal(epoch.GetProperty("accuracy").GetDouble(), learned.Accuracy, 1e-6);
            Assert.Equal(epoch.GetProperty("crossEntropy").GetDouble(), learned.CrossEntropy, 1e-5);
            Assert.Equal(epoch.GetProperty("learningRate").GetDouble(), learned.LearningRate, 1e-8);
            Assert.Equal(epoch.GetProperty("heldAccuracy").GetDouble(), held.Accuracy, 1e-6);
            Assert.Equal(epoch.GetProperty("heldCrossEntropy").GetDouble(), held.CrossEntropy, 1e-5);
        });
    }

    [Fact]
    public void Among_epochs_of_equal_validation_accuracy_the_one_of_least_cross_entropy_is_kept()
    {
        // In the expected values the held accuracy is 2 of 11 in all epochs and the cross-entropy rises: the first is to be kept.
        FeatureTable rows = Rows(Training, 0);
        FeatureScaling scaling = FeatureScaling.Of(rows);
        ScaledRows held = Scaled(scaling, Rows(Held, 100));

        HeadTrainingResult result = Trainer(7).Train(SoftmaxHead.Initial(Classes, Features, 3), Scaled(scaling, rows), held);

        HeadEpoch best = result.History
            .OrderByDescending(epoch => epoch.Validation!.Accuracy).ThenBy(epoch => epoch.Validation!.CrossEntropy).First();
        Assert.Equal(result.History.ToList().IndexOf(best), result.BestEpoch);
        Assert.NotEqual(6, result.BestEpoch);
        var probabilities = new float[Classes];
        double loss = 0;
        for (int row = 0; row < Held; row++)
        {
            result.Head.Score(held.Row(row), probabilities);
            loss -= Math.Log(probabilities[held.Classes[row]]) / Held;
        }

        Assert.Equal(best.Validation!.CrossEntropy, loss, 1e-6);
    }

    [Fact]
    public void A_head_with_its_scaling_folded_in_scores_unscaled_features_the_same()
    {
        FeatureTable rows = Rows(Training, 0);
        FeatureScaling scaling = FeatureScaling.Of(rows);
        ScaledRows scaled = Scaled(scaling, rows);
        SoftmaxHead head = Trainer(40).Train(SoftmaxHead.Initial(Classes, Features, 3), scaled, null).Head;

        SoftmaxHead folded = scaling.Fold(head);

        var expected = new float[Classes];
        var got = new float[Classes];
        for (int row = 0; row < Training; row++)
        {
            head.Score(scaled.Row(row), expected);
            folded.Score(rows.Features[row], got);
            Assert.All(expected, (value, k) => Assert.Equal(value, got[k], 1e-5));
        }
    }

    [Fact]
    public void A_feature_that_is_the_same_in_all_rows_counts_for_nothing()
    {
        var rows = new FeatureTable([[0.1f, 7], [0.3f, 7], [0.2f, 7]], [0, 1, 0]);

        FeatureScaling scaling = FeatureScaling.Of(rows);
        float[] scaled = scaling.Apply(new FeatureTable([[0.2f, 9]], [0]));

        // Mean 0.2, deviation 0.0816: the row's first feature is the mean.
        Assert.Equal([0.0, 0.0], scaled.Select(value => Math.Round(value, 5)));
        Assert.Equal(1 / 0.081649658, scaling.Factor[0], 1e-4);
    }

    [Fact]
    public void A_rate_that_makes_the_loss_infinite_is_an_error_that_names_epoch_and_rate()
    {
        FeatureTable rows = Rows(Training, 0);
        HeadTraining training = Trainer(50, rate: 1e38f);

        var refused = Assert.Throws<NonFiniteLossException>(
            () => training.Train(SoftmaxHead.Initial(Classes, Features, 3), Scaled(FeatureScaling.Of(rows), rows), null));

        Assert.Contains("at learning rate 1E+38", refused.Message, StringComparison.Ordinal);
    }

    private static HeadTraining Trainer(int epochs, double smoothing = 0, IReadOnlyList<double>? weights = null, float rate = 0.01f) => new()
    {
        Classes = Classes,
        Epochs = epochs,
        BatchSize = 10,
        Scheduler = new ExponentialLRDecay(rate),
        LearningRate = rate,
        EarlyStopping = null,
        TestsOnTrainingRows = true,
        LabelSmoothing = smoothing,
        ClassWeights = weights,
    };

    private static FeatureTable Rows(int count, int offset)
    {
        float[] Row(int r) =>
            [.. Enumerable.Range(0, Features).Select(f => (float)((0.02 * Math.Sin((1.7 * r) + (0.9 * f * ((r % Classes) + 1)))) + (0.01 * f)))];
        return new FeatureTable(
            [.. Enumerable.Range(offset, count).Select(Row)], [.. Enumerable.Range(offset, count).Select(r => r % Classes)]);
    }

    private static ScaledRows Scaled(FeatureScaling scaling, FeatureTable rows) => new(scaling.Apply(rows), Features, rows.Classes);
}
