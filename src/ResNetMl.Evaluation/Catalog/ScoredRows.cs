using ResNetMl.Data;

namespace ResNetMl.Evaluation;

/// <summary>A view's columns of labels and scores, bound and checked.</summary>
internal sealed class ScoredRows
{
    private readonly BlockView _view;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly DataViewSchema.Column? _labelText;
    private readonly string[] _classNames;
    private readonly LabelReader _readLabels;

    public ScoredRows(BlockView view, string labelColumnName, string scoreColumnName)
    {
        _view = view;
        _score = Require(view.Schema, scoreColumnName, "the scores");
        if (_score.Type is not VectorDataViewType { IsKnownSize: true, Size: >= 2 } scores || scores.ItemType != NumberDataViewType.Single)
        {
            throw new ArgumentException(
                $"Column '{scoreColumnName}': expected Vector<Single, classes> of at least 2 classes, got {_score.Type}. " +
                "Name the column of the classifier's scores, and evaluate what its Transform returns.");
        }

        _label = Require(view.Schema, labelColumnName, "the true classes");
        if (_label.Type is not KeyDataViewType && _label.Type != NumberDataViewType.Single)
        {
            throw new ArgumentException(
                $"Column '{labelColumnName}': expected a key or Single, got {_label.Type}. " +
                $"Number its values with mlContext.Transforms.Conversion.MapValueToKey(\"{labelColumnName}\"), before or in the pipeline that is evaluated.");
        }

        AnnotationTexts? labelValues = AnnotationTexts.Of(_label, AnnotationKinds.KeyValues);
        AnnotationTexts? trained = AnnotationTexts.Of(_score, AnnotationKinds.TrainingLabelValues);
        _classNames = ClassNames(scores.Size, AnnotationTexts.Of(_score, AnnotationKinds.SlotNames), trained, labelValues);
        _readLabels = LabelReader.For(_label, PlacesByValue(labelValues, trained, scores.Size));

        // MapValueToKey("Label") hides the label it read: that one can still be named where its key is missing.
        int hidden = view.Schema.ToList().FindLastIndex(column => column.IsHidden && column.Name == labelColumnName && column.Type is TextDataViewType);
        _labelText = hidden < 0 ? null : view.Schema[hidden];
    }

    /// <summary>Measures all rows.</summary>
    /// <param name="topK">Largest k for which top-k accuracy is wanted.</param>
    /// <param name="warnings">Receives a sentence for each reason that rows were left out or counted as wrong for.</param>
    public MulticlassClassificationMetrics Measure(int topK, out IReadOnlyList<string> warnings)
    {
        var evaluator = new ClassificationEvaluator(_classNames, topK);
        var notices = new RowNotices();
        float[] scores = new float[_classNames.Length];
        using BlockReader reader = _view.OpenReader(_labelText is { } text ? [_label, _score, text] : [_label, _score]);
        while (reader.Read(BlockView.DefaultBlockRows) is { } block)
        {
            LabelPlace[] labels = _readLabels.Read(block, _label.Index);
            ReadOnlySpan<VBuffer<float>> scoreVectors = block.Values<VBuffer<float>>(_score.Index);
            for (int row = 0; row < block.RowCount; row++)
            {
                scoreVectors[row].CopyTo(scores);
                LabelPlace label = labels[row];
                if (label.Problem is { } problem)
                {
                    evaluator.LeaveOut(problem);
                    (problem == LeftOutReason.MissingLabel ? notices.Missing : notices.Invalid).Add(block, row, LabelText);
                    continue;
                }

                evaluator.Add(label.Index, scores);
                if (!Array.TrueForAll(scores, float.IsFinite))
                {
                    notices.NoScore.Add(block, row, LabelText);
                }
                else if (label.Index >= scores.Length)
                {
                    notices.Unseen.Add(block, row, LabelText);
                }
            }
        }

        MulticlassClassificationMetrics metrics = evaluator.ToMetrics();
        warnings = [.. Sentences(notices, metrics)];
        return metrics;
    }

    private string LabelText(Block block, int row)
        => _labelText is { } text && block.Values<ReadOnlyMemory<char>>(text.Index)[row] is { IsEmpty: false } original
            ? $"'{original}'"
            : _readLabels.TextOf(block, _label.Index, row);

    private IEnumerable<string> Sentences(RowNotices notices, MulticlassClassificationMetrics metrics)
    {
        if (metrics.ExampleCount + metrics.LeftOut.Total == 0)
        {
            yield return "There were no rows to measure, so all metrics are those of none.";
        }

        if (notices.Missing.Count > 0)
        {
            yield return $"{notices.Missing.Rows} left out: column '{_label.Name}' has no label there, or one not seen in training; " +
                $"expected {LabelsExpected()}, got {notices.Missing.First} first.";
        }

        if (notices.Invalid.Count > 0)
        {
            yield return $"{notices.Invalid.Rows} left out: column '{_label.Name}': expected a whole number from 0, got {notices.Invalid.First} first.";
        }

        if (notices.NoScore.Count > 0)
        {
            yield return $"{notices.NoScore.Rows} left out: column '{_score.Name}' is NaN or infinite there, as for an image that could not be read; " +
                $"the first is labelled {notices.NoScore.First}.";
        }

        if (notices.Unseen.Count > 0)
        {
            yield return $"{notices.Unseen.Rows} counted as wrong: column '{_label.Name}' has a label that no score stands for; " +
                $"expected {LabelsExpected()}, got {notices.Unseen.First} first.";
        }
    }

    private string LabelsExpected()
    {
        const int most = 8;
        string more = _classNames.Length > most ? $", … ({_classNames.Length} in all)" : "";
        return $"one of {string.Join(", ", _classNames.Take(most).Select(name => $"'{name}'"))}{more}";
    }

    private static string[] ClassNames(int count, params ReadOnlySpan<AnnotationTexts?> sources)
    {
        foreach (AnnotationTexts? source in sources)
        {
            if (source?.Texts.Count == count)
            {
                return [.. source.Texts];
            }
        }

        return [.. Enumerable.Range(0, count).Select(index => $"{index}")];
    }

    /// <summary>Where the score of each label key stands; null where key 1 is the first score's, and so on.</summary>
    private static int[]? PlacesByValue(AnnotationTexts? labelValues, AnnotationTexts? trained, int classCount)
    {
        if (labelValues is null || trained is null || !labelValues.ItemType.Equals(trained.ItemType)
            || labelValues.Texts.SequenceEqual(trained.Texts, StringComparer.Ordinal))
        {
            return null;
        }

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int place = 0; place < Math.Min(classCount, trained.Texts.Count); place++)
        {
            places.TryAdd(trained.Texts[place], place);
        }

        return [.. labelValues.Texts.Select(text => places.GetValueOrDefault(text, classCount))];
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, string what) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentException(
            $"Evaluate needs column '{name}' for {what}, got a view with " +
            (schema.Count == 0 ? "no columns." : $"{string.Join(", ", schema.Where(column => !column.IsHidden).Select(column => $"'{column.Name}' ({column.Type})"))}."));

    /// <summary>Rows that need a word, by reason: how many, and the first.</summary>
    private sealed class RowNotices
    {
        public Notice Missing { get; } = new();

        public Notice Invalid { get; } = new();

        public Notice NoScore { get; } = new();

        public Notice Unseen { get; } = new();

        public sealed class Notice
        {
            public long Count { get; private set; }

            public string First { get; private set; } = "";

            public string Rows => Count == 1 ? "1 row was" : $"{Count} rows were";

            public void Add(Block block, int row, Func<Block, int, string> labelText)
            {
                First = Count == 0 ? $"{labelText(block, row)} in row {block.Ids[row].Low}" : First;
                Count++;
            }
        }
    }
}
