using ResNetMl.Data;
using ResNetMl.Images;

namespace ResNetMl.Foundation.Tests.Data;

/// <summary>The columns that classifiers add, with a classifier whose scores are its features.</summary>
public sealed class MulticlassPredictionTransformerTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Predicted_label_is_the_training_labels_key_and_equal_scores_go_to_the_lowest_class()
    {
        IDataView data = Labelled([new Row([0.1f, 0.7f, 0.2f], "b"), new Row([0.4f, 0.2f, 0.4f], "a"), new Row([0, 0, 1], "c")]);
        using MulticlassPredictionTransformer<Echo> transformer = Transformer(data);

        IDataView scored = transformer.Transform(data);

        Assert.Equal(
            ["PredictedLabel: Key<UInt32, 0-2>", "Score: Vector<Single, 3>"],
            scored.Schema.TakeLast(2).Select(column => $"{column.Name}: {column.Type}"));
        Assert.Equal([2u, 1u, 3u], scored.GetColumn<uint>("PredictedLabel"));
        IDataView named = _context.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored);

        // Keys are numbered as the labels occur: b, a, c.
        Assert.Equal(["a", "b", "c"], named.GetColumn<string>("PredictedLabel"));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(["b", "a", "c"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void A_row_that_cannot_be_scored_gets_NaN_and_no_label_and_is_told_of_while_the_others_keep_their_own()
    {
        var told = new List<string>();
        _context.Log += (_, message) => told.Add(message.Message);
        IDataView data = Labelled([new Row([0.1f, 0.9f], "b"), new Row([-1, 0], "a"), new Row([0.8f, 0.2f], "a")]);
        using MulticlassPredictionTransformer<Echo> transformer = Transformer(data);

        IDataView scored = transformer.Transform(data);

        Assert.Equal([2u, 0u, 1u], scored.GetColumn<uint>("PredictedLabel"));
        Assert.Equal(
            [0.1f, 0.9f, float.NaN, float.NaN, 0.8f, 0.2f], scored.GetColumn<VBuffer<float>>("Score").SelectMany(score => score.DenseValues()));
        Assert.Equal(
            "[Source=MulticlassPredictionTransformer, Kind=Warning] column 'Features', row 1: a feature is negative. " +
            "It is not scored: its scores are NaN and its predicted label is missing.",
            told[0]);
    }

    [Fact]
    public void A_single_example_that_cannot_be_scored_is_an_error_and_the_next_is_answered()
    {
        IDataView data = Labelled([new Row([0.1f, 0.9f], "b"), new Row([0.5f, 0.5f], "a")]);
        using PredictionEngine<Row, Answer> engine = _context.Model.CreatePredictionEngine<Row, Answer>(Transformer(data));

        var refused = Assert.Throws<ImageFormatException>(() => engine.Predict(new Row([-1, 0], "a")));

        Assert.Equal("column 'Features', row 0: a feature is negative.", refused.Message);
        Assert.Equal(2u, engine.Predict(new Row([0.1f, 0.9f], "a")).PredictedLabel);
    }

    [Fact]
    public void Many_rows_that_cannot_be_scored_are_told_of_by_twenty_and_a_count()
    {
        var told = new List<string>();
        _context.Log += (_, message) => told.Add(message.RawMessage);
        IDataView data = Labelled([new Row([0, 1], "a"), new Row([0, 1], "b"), .. Enumerable.Range(0, 50).Select(_ => new Row([-1, 0], "a"))]);
        using MulticlassPredictionTransformer<Echo> transformer = Transformer(data);

        Assert.Equal(50, transformer.Transform(data).GetColumn<uint>("PredictedLabel").Count(key => key == 0));

        Assert.Equal(21, told.Count);
        Assert.StartsWith("30 further rows are not scored", told[20], StringComparison.Ordinal);
        Assert.EndsWith("50 in all.", told[20], StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_column_that_is_absent_of_another_type_or_of_one_class_is_refused_by_name()
    {
        IDataView texts = _context.Data.LoadFromEnumerable([new Row([1], "a")]);

        string absent = Assert.Throws<ArgumentException>(() => LabelColumn.Find(texts.Schema, "Kind", "The trainer")).Message;
        string wrong = Assert.Throws<ArgumentException>(() => LabelColumn.Find(texts.Schema, "Label", "The trainer")).Message;
        string single = Assert.Throws<ArgumentException>(() => LabelColumn.Find(Labelled([new Row([1], "a")]).Schema, "Label", "The trainer")).Message;

        Assert.StartsWith("The trainer needs the label column 'Kind'; there are ", absent, StringComparison.Ordinal);
        Assert.StartsWith("The trainer: expected the label column 'Label' to be a key, got String.", wrong, StringComparison.Ordinal);
        Assert.StartsWith("Only one class found in the 'Label' column", single, StringComparison.Ordinal);
    }

    private IDataView Labelled(Row[] rows)
    {
        IDataView data = _context.Data.LoadFromEnumerable(rows);
        return _context.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private MulticlassPredictionTransformer<Echo> Transformer(IDataView data)
    {
        LabelColumn label = LabelColumn.Find(data.Schema, "Label", "The test");
        return new MulticlassPredictionTransformer<Echo>(
            _context, new Echo(label.Labels.Count), label.Labels, "Features", data.Schema["Features"].Type);
    }

    private sealed class Row(float[] features, string label)
    {
        public string Label { get; } = label;

        public float[] Features { get; } = features;
    }

    private sealed class Answer
    {
        public uint PredictedLabel { get; set; }
    }

    private sealed class Echo(int classes) : IMulticlassModel
    {
        public int NumberOfClasses => classes;

        public void CheckFeatures(DataViewSchema.Column features)
        {
        }

        public MulticlassScorer OpenScorer() => new Scorer();

        public SavedComponent Save() => new(nameof(Echo), 1, []);
    }

    private sealed class Scorer : MulticlassScorer
    {
        public override VBuffer<float>[] Score(Block block, int featureColumn, Action<int, string> unscorable)
        {
            VBuffer<float>[] scores = block.Values<VBuffer<float>>(featureColumn).ToArray();
            for (int row = 0; row < scores.Length; row++)
            {
                if (scores[row].GetItemOrDefault(0) < 0)
                {
                    unscorable(row, "a feature is negative.");
                }
            }

            return scores;
        }
    }
}
