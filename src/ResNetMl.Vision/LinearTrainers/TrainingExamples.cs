namespace ResNetMl.Trainers;

/// <summary>The training rows of a linear classifier in memory: features, labels and weights of those that are whole.</summary>
/// <param name="Features">One dense row an example, all of one length.</param>
/// <param name="Labels">Class indices from 0.</param>
/// <param name="Weights">How much each example counts; null for all the same.</param>
/// <param name="Classes">How many classes the labels may be of, ≥ 2.</param>
internal sealed record TrainingExamples(float[][] Features, int[] Labels, float[]? Weights, int Classes)
{
    /// <summary>How many examples there are.</summary>
    public int Count => Features.Length;

    /// <summary>Features of one example.</summary>
    public int Length => Features.Length == 0 ? 0 : Features[0].Length;

    /// <summary>How much one example counts.</summary>
    /// <param name="example">Its index.</param>
    public double WeightOf(int example) => Weights?[example] ?? 1;

    /// <summary>How much all examples count together.</summary>
    public double TotalWeight()
    {
        double sum = 0;
        for (int example = 0; example < Count; example++)
        {
            sum += WeightOf(example);
        }

        return sum;
    }
}
