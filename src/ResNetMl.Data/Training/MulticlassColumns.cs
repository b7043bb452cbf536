using ResNetMl.Images;

namespace ResNetMl.Data;

/// <summary>The columns that classifiers add, and the rule for rows that they cannot score.</summary>
public static class MulticlassColumns
{
    /// <summary>ML.NET's name for the probabilities.</summary>
    public const string Score = "Score";

    /// <summary>ML.NET's name for the most likely label.</summary>
    public const string PredictedLabel = "PredictedLabel";

    /// <summary>What becomes of a row that cannot be scored, as <see cref="LeftOutRows"/> says it.</summary>
    public const string Unscored = "not scored: its scores are NaN and its predicted label is missing";

    /// <summary>The columns that a classifier will add, before there is data.</summary>
    /// <param name="label">The label's shape, whose key values the predicted label gets.</param>
    /// <param name="scoreColumnName">Name of the probabilities.</param>
    /// <param name="predictedLabelColumnName">Name of the predicted label.</param>
    public static IEnumerable<SchemaShape.Column> ShapesOf(SchemaShape.Column label, string scoreColumnName, string predictedLabelColumnName)
    {
        var predicted = new List<SchemaShape.Column> { TextAnnotation(AnnotationKinds.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar) };
        List<SchemaShape.Column> score = [.. predicted];
        if (label.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out SchemaShape.Column values))
        {
            predicted.Add(values);
            score.Add(TextAnnotation(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector));
            score.Add(values.Renamed(AnnotationKinds.TrainingLabelValues));
        }

        return
        [
            new(predictedLabelColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(predicted)),
            new(scoreColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(score)),
        ];
    }

    /// <summary>A column that must be there.</summary>
    /// <param name="schema">The columns there are.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="neededBy">Who needs it, for the message.</param>
    /// <exception cref="ArgumentException">There is no such column; the message lists those there are.</exception>
    public static DataViewSchema.Column Require(DataViewSchema schema, string name, string neededBy)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.GetColumnOrNull(name)
            ?? throw new ArgumentException($"{neededBy} needs column '{name}'; there {schema.Describe()}.", nameof(schema));
    }

    /// <summary>Scores a block by the rule for rows that cannot be scored.</summary>
    /// <param name="scorer">The pass.</param>
    /// <param name="block">The rows.</param>
    /// <param name="features">Position of the features.</param>
    /// <param name="names">Names rows.</param>
    /// <param name="classes">Length of the scores.</param>
    /// <param name="leftOut">Who counts rows that cannot be scored; null for single examples, where they are errors.</param>
    /// <exception cref="ImageFormatException">A single example cannot be scored.</exception>
    public static VBuffer<float>[] ScoreRows(
        MulticlassScorer scorer, Block block, int features, RowNames names, int classes, LeftOutRows? leftOut)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(names);
        var unscored = new List<int>();
        VBuffer<float>[] scores = scorer.Score(block, features, (row, reason) =>
        {
            string name = names.Of(block, row);
            if (leftOut is null)
            {
                throw new ImageFormatException(name, reason);
            }

            leftOut.Add(name, reason);
            unscored.Add(row);
        });
        foreach (int row in unscored)
        {
            var missing = new float[classes];
            Array.Fill(missing, float.NaN);
            scores[row] = new VBuffer<float>(classes, missing);
        }

        return scores;
    }

    /// <summary>The class of the highest score, the lowest of equal ones; −1 where a score is NaN.</summary>
    /// <param name="scores">One a class.</param>
    public static int BestOf(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            if (float.IsNaN(scores[k]))
            {
                return -1;
            }

            best = scores[k] > scores[best] ? k : best;
        }

        return best;
    }

    internal static void CheckNames(string score, string predictedLabel)
    {
        ArgumentException.ThrowIfNullOrEmpty(score, "scoreColumnName");
        ArgumentException.ThrowIfNullOrEmpty(predictedLabel, "predictedLabelColumnName");
        if (score == predictedLabel)
        {
            throw new ArgumentException($"Score and predicted label are both to be called '{score}'. Give each a name of its own.");
        }
    }

    /// <summary>Says of a column which of a classifier's it is (<see cref="AnnotationKinds.ScoreValueKind"/>).</summary>
    /// <param name="annotations">The column's.</param>
    /// <param name="kind"><see cref="Score"/> or <see cref="PredictedLabel"/>.</param>
    public static void AddKind(DataViewSchema.Annotations.Builder annotations, string kind)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        annotations.AddPrimitiveValue(AnnotationKinds.ScoreValueKind, TextDataViewType.Instance, kind.AsMemory());
    }

    private static SchemaShape.Column TextAnnotation(string name, SchemaShape.Column.VectorKind kind) =>
        new(name, kind, TextDataViewType.Instance, isKey: false);
}
