namespace ResNetMl.Data;

/// <summary>Names of annotations that mean the same on every column; ML.NET's names.</summary>
public static class AnnotationKinds
{
    /// <summary>On a key column: the value that key 1, 2, … stands for.</summary>
    public const string KeyValues = "KeyValues";

    /// <summary>On a vector column: the name of element 0, 1, …</summary>
    public const string SlotNames = "SlotNames";

    /// <summary>On a score column: the label that element 0, 1, … scores.</summary>
    public const string TrainingLabelValues = "TrainingLabelValues";

    /// <summary>On a column a trainer made: which of its columns it is (Score, PredictedLabel).</summary>
    public const string ScoreValueKind = "ScoreValueKind";
}
