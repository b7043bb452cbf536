using ResNetMl;
using ResNetMl.Data;
using ResNetMl.Runtime;
using Xunit;

namespace Compatibility.Evaluation;

/// <summary><c>mlContext.MulticlassClassification.Evaluate</c> against numbers worked out by hand from the members' definitions.</summary>
public sealed class EvaluateTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<LoggingEventArgs> _log = [];

    public EvaluateTests() => _context.Log += (_, message) => _log.Add(message);

    [Fact]
    public void Metrics_are_those_of_the_definitions()
    {
        IDataView data = Keys(["a", "b", "c"], (1, [0.7f, 0.2f, 0.1f]), (1, [0.1f, 0.8f, 0.1f]), (2, [0.2f, 0.5f, 0.3f]), (3, [0.3f, 0.3f, 0.4f]));

        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(data, topKPredictionCount: 2);

        double[] losses = [-Math.Log(0.7f), -Math.Log(0.1f), -Math.Log(0.5f), -Math.Log(0.4f)];
        double entropy = -(0.5 * Math.Log(0.5)) - (2 * 0.25 * Math.Log(0.25));
        Assert.Equal(0.75, metrics.MicroAccuracy);
        Assert.Equal((0.5 + 1 + 1) / 3, metrics.MacroAccuracy, 1e-12);
        Assert.Equal(losses.Average(), metrics.LogLoss, 1e-12);
        Assert.Equal((entropy - losses.Average()) / entropy, metrics.LogLossReduction, 1e-12);
        Assert.Equal([(losses[0] + losses[1]) / 2, losses[2], losses[3]], metrics.PerClassLogLoss);

        // Row 2's own class has 0.1, as class c has: equal scores rank the lower class first, so it is second.
        Assert.Equal([0.75, 1.0], metrics.TopKAccuracyForAllK!);
        Assert.Equal(1.0, metrics.TopKAccuracy);
        Assert.Equal(2, metrics.TopKPredictionCount);
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.Equal(1, metrics.ConfusionMatrix.GetCountForClassPair(predictedClassIndicatorIndex: 1, actualClassIndicatorIndex: 0));
        Assert.Equal([1, 0.5, 1], metrics.ConfusionMatrix.PerClassPrecision);
        Assert.Equal([0.5, 1, 1], metrics.ConfusionMatrix.PerClassRecall);
        Assert.Empty(_log);
    }

    [Fact]
    public void Equal_scores_choose_the_lower_class_and_top_k_is_off_unless_asked_for()
    {
        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(
            Keys(["a", "b"], (1, [0.5f, 0.5f]), (2, [0.5f, 0.5f])));

        Assert.Equal(0.5, metrics.MicroAccuracy);
        Assert.Equal(0, metrics.TopKPredictionCount);
        Assert.Equal(0, metrics.TopKAccuracy);
        Assert.Null(metrics.TopKAccuracyForAllK);
    }

    [Fact]
    public void A_label_may_be_a_Single_and_bad_ones_are_left_out_and_reported()
    {
        IDataView data = _context.Data.LoadFromEnumerable(new NumberRow[]
        {
            new() { Label = 0, Score = [0.9f, 0.1f] }, new() { Label = 1, Score = [0.2f, 0.8f] }, new() { Label = float.NaN, Score = [0.2f, 0.8f] },
            new() { Label = -1, Score = [0.2f, 0.8f] }, new() { Label = 0.5f, Score = [0.2f, 0.8f] }, new() { Label = 1, Score = [float.NaN, 0.8f] },
        });

        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(data);

        Assert.Equal(1, metrics.MicroAccuracy);
        Assert.Equal(2, metrics.ExampleCount);
        Assert.Equal(new LeftOutExamples(MissingLabel: 1, InvalidLabel: 2, NonFiniteScore: 1), metrics.LeftOut);
        Assert.All(_log, message => Assert.Equal(ChannelMessageKind.Warning, message.Kind));
        Assert.Equal(
            [
                "1 row was left out: column 'Label' has no label there, or one not seen in training; expected one of '0', '1', got NaN in row 2 first.",
                "2 rows were left out: column 'Label': expected a whole number from 0, got -1 in row 3 first.",
                "1 row was left out: column 'Score' is NaN or infinite there, as for an image that could not be read; the first is labelled 1 in row 5.",
            ],
            _log.Select(message => message.RawMessage));
        Assert.StartsWith("[Source=MulticlassClassificationEvaluator, Kind=Warning] 1 row", _log[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_beyond_the_scores_counts_as_wrong_with_the_largest_loss()
    {
        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(
            Keys(["a", "b", "c"], (1, [0.5f, 0.5f]), (3, [0.9f, 0.1f])));

        Assert.Equal(0.5, metrics.MicroAccuracy);
        Assert.Equal((-Math.Log(0.5) - Math.Log(1e-15f)) / 2, metrics.LogLoss, 1e-12);
        Assert.Equal(1, metrics.UnseenLabelCount);
        Assert.Equal(2, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.Equal(
            "1 row was counted as wrong: column 'Label' has a label that no score stands for; expected one of '0', '1', got 'c' in row 1 first.",
            Assert.Single(_log).RawMessage);
    }

    [Fact]
    public void Keys_in_another_order_than_in_training_are_matched_by_their_values()
    {
        // The classifier was trained on b, a; the test rows were numbered on their own: a, b, z.
        IDataView data = Keys(["a", "b", "z"], ["b", "a"], (1, [0.1f, 0.9f]), (2, [0.8f, 0.2f]), (3, [0.8f, 0.2f]));

        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(data);

        Assert.Equal(2.0 / 3, metrics.MicroAccuracy, 1e-12);
        Assert.Equal(["b", "a"], metrics.ClassNames);
        Assert.Equal(1, metrics.UnseenLabelCount);
        Assert.Contains("expected one of 'b', 'a', got 'z' in row 2", Assert.Single(_log).RawMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_training_has_not_seen_is_named_where_its_text_is_still_there()
    {
        var train = _context.Data.LoadFromEnumerable(new TextRow[] { new() { Label = "a" }, new() { Label = "b" } });
        ITransformer keys = _context.Transforms.Conversion.MapValueToKey("Label").Fit(train);
        IDataView data = keys.Transform(_context.Data.LoadFromEnumerable(new TextRow[]
        {
            new() { Label = "a", Score = [0.9f, 0.1f] }, new() { Label = "zebra", Score = [0.9f, 0.1f] },
        }));

        MulticlassClassificationMetrics metrics = _context.MulticlassClassification.Evaluate(data);

        Assert.Equal(["a", "b"], metrics.ClassNames);
        Assert.Equal(1, metrics.LeftOut.MissingLabel);
        Assert.Contains("column 'Label'", Assert.Single(_log).RawMessage, StringComparison.Ordinal);
        Assert.Contains("expected one of 'a', 'b', got 'zebra' in row 1", _log[0].RawMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_may_have_other_names()
    {
        IDataView data = _context.Data.LoadFromEnumerable(new[] { new OtherNames { Truth = 1, Odds = [0.4f, 0.6f] } });

        Assert.Equal(1, _context.MulticlassClassification.Evaluate(
            data, labelColumnName: "Truth", scoreColumnName: "Odds", predictedLabelColumnName: "Guess").MicroAccuracy);
    }

    [Fact]
    public void A_wrong_or_missing_column_is_named_with_what_was_expected_and_what_came()
    {
        IDataView text = _context.Data.LoadFromEnumerable(new[] { new TextRow { Label = "a", Score = [1, 0] } });
        IDataView single = _context.Data.LoadFromEnumerable(new[] { new SingleScore { Label = 0, Score = 1 } });

        Assert.StartsWith(
            "Column 'Label': expected a key or Single, got String.",
            Assert.ThrowsAny<ArgumentException>(() => _context.MulticlassClassification.Evaluate(text)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Column 'Score': expected Vector<Single, classes> of at least 2 classes, got Single.",
            Assert.ThrowsAny<ArgumentException>(() => _context.MulticlassClassification.Evaluate(single)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Evaluate needs column 'Probability' for the scores, got a view with 'Label' (Single), 'Score' (Single).",
            Assert.ThrowsAny<ArgumentException>(() => _context.MulticlassClassification.Evaluate(single, scoreColumnName: "Probability")).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Evaluate needs column 'Class' for the true classes",
            Assert.ThrowsAny<ArgumentException>(() => _context.MulticlassClassification.Evaluate(text, labelColumnName: "Class")).Message,
            StringComparison.Ordinal);
    }

    private IDataView Keys(string[] labels, params (uint Label, float[] Score)[] rows) => Keys(labels, trained: null, rows);

    private IDataView Keys(string[] labels, string[]? trained, params (uint Label, float[] Score)[] rows)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(KeyRow));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), labels.Length);
        definition["Label"].AddAnnotation("KeyValues", Texts(labels), new VectorDataViewType(TextDataViewType.Instance, labels.Length));
        definition["Score"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Score.Length);
        if (trained is not null)
        {
            definition["Score"].AddAnnotation("TrainingLabelValues", Texts(trained), new VectorDataViewType(TextDataViewType.Instance, trained.Length));
        }

        return _context.Data.LoadFromEnumerable(rows.Select(row => new KeyRow { Label = row.Label, Score = row.Score }).ToList(), definition);
    }

    private static VBuffer<ReadOnlyMemory<char>> Texts(string[] texts) => new(texts.Length, [.. texts.Select(text => text.AsMemory())]);

    private sealed class KeyRow
    {
        [KeyType(10)]
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];
    }

    private sealed class NumberRow
    {
        public float Label { get; set; }

        [VectorType(2)]
        public float[] Score { get; set; } = [];
    }

    private sealed class TextRow
    {
        public string Label { get; set; } = "";

        [VectorType(2)]
        public float[] Score { get; set; } = [0, 0];
    }

    private sealed class SingleScore
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }

    private sealed class OtherNames
    {
        public float Truth { get; set; }

        [VectorType(2)]
        public float[] Odds { get; set; } = [];
    }
}
