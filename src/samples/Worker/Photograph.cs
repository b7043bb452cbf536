namespace Worker;

/// <summary>What the model reads: the bytes of an image file.</summary>
internal sealed class Photograph
{
    public byte[] ImageSource { get; set; } = [];

    /// <summary>Asked for by pipelines that turn labels into keys for training; predictions do not look at it.</summary>
    public string Label { get; set; } = "";
}

/// <summary>What it answers: the most likely label, and a probability for each.</summary>
internal sealed class Answer
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
