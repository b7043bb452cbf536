using System.Text.Json;
using ResNetMl.Data;
using ResNetMl.Evaluation;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Evaluation;

public sealed class ClassificationEvaluatorTests
{
    // Sums of at most 120 logarithms in double: 1e-12 relative is a thousand times their rounding. scikit-learn also divides each row
    // by its sum after clamping, which moves a row by as many parts in 1e15 as it has zeros.
    private const double Tolerance = 1e-12;

    public static TheoryData<string> ReferenceCases =>
        ["ten classes of unequal size", "three classes, one without rows", "worse than the class shares"];

    // Witness: tests/References/metrics.py (scikit-learn) wrote metrics.json.
    [Theory, MemberData(nameof(ReferenceCases))]
    public void Metrics_of_a_committed_case_are_those_of_scikit_learn(string name)
    {
        JsonElement reference = Reference(name);
        MulticlassClassificationMetrics metrics = Evaluate(reference);
        JsonElement expected = reference.GetProperty("expected");

        Close(expected, "microAccuracy", metrics.MicroAccuracy);
        Close(expected, "macroAccuracy", metrics.MacroAccuracy);
        Close(expected, "logLoss", metrics.LogLoss);
        Close(expected, "logLossReduction", metrics.LogLossReduction);
        Close(expected, "macroF1", metrics.MacroF1);
        Close(expected, "weightedF1", metrics.WeightedF1);
        Close(expected, "perClassLogLoss", metrics.PerClassLogLoss);
        Close(expected, "topKAccuracyForAllK", metrics.TopKAccuracyForAllK!);
        Close(expected, "precision", metrics.ConfusionMatrix.PerClassPrecision);
        Close(expected, "recall", metrics.ConfusionMatrix.PerClassRecall);
        Close(expected, "precision", [.. metrics.PerClass.Select(of => of.Precision)]);
        Close(expected, "recall", [.. metrics.PerClass.Select(of => of.Recall)]);
        Close(expected, "f1", [.. metrics.PerClass.Select(of => of.F1)]);
        Close(expected, "perClassLogLoss", [.. metrics.PerClass.Select(of => of.LogLoss)]);
        Assert.Equal(Numbers(expected.GetProperty("support")), metrics.PerClass.Select(of => (double)of.Support));
        Assert.Equal(expected.GetProperty("counts").EnumerateArray().Select(Numbers), metrics.ConfusionMatrix.Counts);
        Assert.Equal(reference.GetProperty("topK").GetInt32(), metrics.TopKPredictionCount);
        Assert.Equal(metrics.TopKAccuracyForAllK![^1], metrics.TopKAccuracy);
        Assert.Equal(reference.GetProperty("labels").GetArrayLength(), metrics.ExampleCount);
    }

    [Fact]
    public void Examples_added_as_a_batch_count_as_those_added_one_by_one()
    {
        JsonElement reference = Reference("ten classes of unequal size");
        int[] labels = Labels(reference);
        ClassificationEvaluator evaluator = new(Names(10), topK: 5);
        evaluator.Add(labels.AsSpan(0, 50), Scores(reference).AsSpan(0, 500));
        evaluator.Add(labels.AsSpan(50), Scores(reference).AsSpan(500));

        Assert.Equal(JsonSerializer.Serialize(Evaluate(reference)), JsonSerializer.Serialize(evaluator.ToMetrics()));
    }

    [Fact]
    public void Metrics_handed_out_stay_as_they_are_when_more_is_added()
    {
        ClassificationEvaluator evaluator = new(["cat", "dog"], topK: 2);
        evaluator.Add(0, [0.75f, 0.25f]);
        MulticlassClassificationMetrics early = evaluator.ToMetrics();
        string before = JsonSerializer.Serialize(early);

        evaluator.Add(1, [0.75f, 0.25f]);

        Assert.Equal(before, JsonSerializer.Serialize(early));
        Assert.Equal(0.5, evaluator.ToMetrics().MicroAccuracy);
    }

    // Equal scores: class 0 ranks first, class 1 second, class 2 third.
    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 0, 0, 1)]
    public void Tied_scores_rank_the_lower_class_index_first(int label, double top1, double top2, double top3)
    {
        ClassificationEvaluator evaluator = new(["a", "b", "c"], topK: 3);
        evaluator.Add(label, [0.25f, 0.25f, 0.25f]);
        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();

        Assert.Equal([top1, top2, top3], metrics.TopKAccuracyForAllK!);
        Assert.Equal(top1, metrics.MicroAccuracy);
        Assert.Equal(1, metrics.ConfusionMatrix.GetCountForClassPair(predictedClassIndicatorIndex: 0, actualClassIndicatorIndex: label));
    }

    [Fact]
    public void A_label_unseen_in_training_counts_as_wrong_and_is_in_no_per_class_number()
    {
        ClassificationEvaluator evaluator = new(["a", "b"], topK: 2);
        evaluator.Add(0, [0.5f, 0.5f]);
        evaluator.Add(1, [0.25f, 0.75f]);
        evaluator.Add(2, [0.25f, 0.75f]);
        evaluator.Add(7, [1f, 0f]);
        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();

        // −ln(1e-15f) = 34.538776…, the float nearest to 1e-15 being 1.00000000362749e-15.
        double unseen = -Math.Log(1.00000000362749372553e-15);
        double logLoss = (Math.Log(2) + Math.Log(4 / 3.0) + (2 * unseen)) / 4;
        double entropy = -2 * (0.25 * Math.Log(0.25)); // the shares of a and b are 1/4 each; as in ML.NET the unseen half has no term

        Assert.Equal(4, metrics.ExampleCount);
        Assert.Equal(2, metrics.UnseenLabelCount);
        Assert.Equal(0.5, metrics.MicroAccuracy);
        Assert.Equal(1, metrics.MacroAccuracy);
        Assert.Equal([0.5, 0.5], metrics.TopKAccuracyForAllK!);
        Assert.Equal(logLoss, metrics.LogLoss, Tolerance);
        Assert.Equal((entropy - logLoss) / entropy, metrics.LogLossReduction, Tolerance);
        Assert.Equal([[1, 0], [0, 1]], metrics.ConfusionMatrix.Counts);
        Assert.Equal([1, 1], metrics.ConfusionMatrix.PerClassPrecision);
        Assert.Equal(0, metrics.LeftOut.Total);
    }

    [Fact]
    public void Rows_without_a_label_or_with_scores_that_are_not_finite_are_left_out_and_counted()
    {
        ClassificationEvaluator evaluator = new(["a", "b"]);
        evaluator.Add(0, [1f, 0f]);
        evaluator.Add(-1, [0f, 1f]);
        evaluator.Add(0, [float.NaN, 0f]);
        evaluator.Add(1, [0f, float.PositiveInfinity]);
        evaluator.Add(9, [float.NegativeInfinity, 0f]);
        evaluator.LeaveOut(LeftOutReason.UnreadableImage, 2);
        evaluator.LeaveOut(LeftOutReason.InvalidLabel);
        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();

        Assert.Equal(new LeftOutExamples(MissingLabel: 1, InvalidLabel: 1, NonFiniteScore: 3, UnreadableImage: 2), metrics.LeftOut);
        Assert.Equal(7, metrics.LeftOut.Total);
        Assert.Equal(1, metrics.ExampleCount);
        Assert.Equal(1, metrics.MicroAccuracy);
        Assert.Equal(0, metrics.UnseenLabelCount);
    }

    [Fact]
    public void Nothing_measured_gives_zeros_and_an_undefined_reduction()
    {
        MulticlassClassificationMetrics metrics = new ClassificationEvaluator(["a", "b"], topK: 1).ToMetrics();

        Assert.Equal(
            [0, 0, 0, 0, 0, 0],
            [metrics.MicroAccuracy, metrics.MacroAccuracy, metrics.LogLoss, metrics.TopKAccuracy, metrics.MacroF1, metrics.WeightedF1]);
        Assert.Equal(double.NaN, metrics.LogLossReduction);
    }

    // One class: the entropy is 0. A loss above it is infinitely worse than the shares; a loss of 0 leaves 0/0.
    [Theory]
    [InlineData(0.5f, double.NegativeInfinity)]
    [InlineData(1f, double.NaN)]
    public void With_one_class_the_reduction_is_minus_infinity_or_undefined(float score, double reduction)
    {
        ClassificationEvaluator evaluator = new(["only"], topK: 3);
        evaluator.Add(0, [score]);
        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();

        Assert.Equal(reduction, metrics.LogLossReduction);
        Assert.Equal(1, metrics.MicroAccuracy);
        Assert.Equal([1, 1, 1], metrics.TopKAccuracyForAllK!);
    }

    [Fact]
    public void Without_top_k_there_is_no_list_and_the_accuracy_is_zero()
    {
        ClassificationEvaluator evaluator = new(["a", "b"]);
        evaluator.Add(0, [1f, 0f]);

        Assert.Null(evaluator.ToMetrics().TopKAccuracyForAllK);
        Assert.Equal(0, evaluator.ToMetrics().TopKPredictionCount);
        Assert.Equal(0, evaluator.ToMetrics().TopKAccuracy);
    }

    [Fact]
    public void Scores_outside_zero_to_one_are_clamped_for_the_log_loss_only()
    {
        ClassificationEvaluator evaluator = new(["a", "b"]);
        evaluator.Add(0, [-3f, -4f]);
        evaluator.Add(1, [4f, 5f]);

        Assert.Equal(1, evaluator.ToMetrics().MicroAccuracy);
        Assert.Equal(-Math.Log(1.00000000362749372553e-15) / 2, evaluator.ToMetrics().LogLoss, Tolerance);
    }

    [Fact]
    public void Wrong_use_says_where_what_was_expected_and_what_came()
    {
        ClassificationEvaluator evaluator = new(["a", "b", "c"]);

        ArgumentException row = Assert.Throws<ArgumentException>(() => evaluator.Add(0, [0.5f, 0.5f]));
        ArgumentException batch = Assert.Throws<ArgumentException>(() => evaluator.Add([0, 1], [0.5f, 0.5f, 0f]));
        ArgumentException none = Assert.Throws<ArgumentException>(() => new ClassificationEvaluator([]));
        ArgumentException unnamed = Assert.Throws<ArgumentException>(() => new ClassificationEvaluator(["a", null!]));
        ArgumentOutOfRangeException pair =
            Assert.Throws<ArgumentOutOfRangeException>(() => evaluator.ToMetrics().ConfusionMatrix.GetCountForClassPair(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassificationEvaluator(["a"], topK: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => evaluator.LeaveOut(LeftOutReason.MissingLabel, -1));
        ArgumentOutOfRangeException reason = Assert.Throws<ArgumentOutOfRangeException>(() => evaluator.LeaveOut((LeftOutReason)9));

        Assert.Equal("probabilities: expected 3 scores, one for each class, got 2. (Parameter 'probabilities')", row.Message);
        Assert.Equal("probabilities: expected 2 × 3 scores (examples × classes), got 3. (Parameter 'probabilities')", batch.Message);
        Assert.Equal("classNames: expected at least one class, got none. (Parameter 'classNames')", none.Message);
        Assert.Equal("classNames[1]: expected a name, got null. (Parameter 'classNames')", unnamed.Message);
        Assert.StartsWith("actualClassIndicatorIndex: expected a class index from 0 to 2, got 3.", pair.Message, StringComparison.Ordinal);
        Assert.StartsWith("reason: expected a LeftOutReason, got 9.", reason.Message, StringComparison.Ordinal);
        Assert.Equal(0, evaluator.ToMetrics().ExampleCount);
    }

    internal static MulticlassClassificationMetrics Evaluate(JsonElement reference)
    {
        int classCount = reference.GetProperty("classCount").GetInt32();
        ClassificationEvaluator evaluator = new(Names(classCount), reference.GetProperty("topK").GetInt32());
        int[] labels = Labels(reference);
        float[] scores = Scores(reference);
        for (int row = 0; row < labels.Length; row++)
        {
            evaluator.Add(labels[row], scores.AsSpan(row * classCount, classCount));
        }

        return evaluator.ToMetrics();
    }

    internal static JsonElement Reference(string name)
    {
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests", "References", "metrics.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray()
            .Single(reference => reference.GetProperty("name").GetString() == name).Clone();
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(index => $"class {index}")];

    private static int[] Labels(JsonElement reference) =>
        [.. reference.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    private static float[] Scores(JsonElement reference) =>
        [.. reference.GetProperty("scoresTimes32").EnumerateArray().SelectMany(Numbers).Select(part => (float)part / 32)];

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    private static void Close(JsonElement expected, string name, double actual) =>
        Close([expected.GetProperty(name).GetDouble()], [actual], name);

    private static void Close(JsonElement expected, string name, IReadOnlyList<double> actual) =>
        Close(Numbers(expected.GetProperty(name)), actual, name);

    private static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string name)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int index = 0; index < expected.Count; index++)
        {
            double error = Math.Abs(expected[index] - actual[index]);
            Assert.True(
                error <= Tolerance * Math.Max(1, Math.Abs(expected[index])),
                $"{name}[{index}]: expected {expected[index]:R}, got {actual[index]:R}");
        }
    }
}
