namespace ResNetMl.Vision;

/// <summary>Features made comparable: (feature − mean) · 1/deviation over the training rows; one that is the same in all rows becomes 0.</summary>
/// <remarks>
/// Pooled features of a residual network can differ by a few thousandths: gradient descent at ML.NET's rate would not move on them before its early stopping
/// ends it. The scaling is folded into the head once it is trained, so that a model holds none.
/// </remarks>
/// <param name="Mean">One a feature.</param>
/// <param name="Factor">1/deviation (over n, not n − 1), one a feature; 0 for a feature without deviation.</param>
internal sealed record FeatureScaling(double[] Mean, double[] Factor)
{
    public static FeatureScaling Of(FeatureTable table)
    {
        int count = table.Features[0].Length;
        var mean = new double[count];
        var square = new double[count];
        foreach (float[] row in table.Features)
        {
            for (int i = 0; i < count; i++)
            {
                mean[i] += row[i];
            }
        }

        for (int i = 0; i < count; i++)
        {
            mean[i] /= table.Count;
        }

        // A second pass: the square of the mean can be a million times the variance.
        foreach (float[] row in table.Features)
        {
            for (int i = 0; i < count; i++)
            {
                double difference = row[i] - mean[i];
                square[i] += difference * difference;
            }
        }

        var factor = new double[count];
        for (int i = 0; i < count; i++)
        {
            double deviation = Math.Sqrt(square[i] / table.Count);

            // Rounding alone gives equal features a deviation of this order.
            factor[i] = deviation > 1e-7 * Math.Abs(mean[i]) && deviation > float.Epsilon ? 1 / deviation : 0;
        }

        return new FeatureScaling(mean, factor);
    }

    /// <summary>The rows scaled, one after the other.</summary>
    public float[] Apply(FeatureTable table)
    {
        var scaled = new float[table.Count * Mean.Length];
        for (int row = 0; row < table.Count; row++)
        {
            float[] features = table.Features[row];
            for (int i = 0; i < Mean.Length; i++)
            {
                scaled[(row * Mean.Length) + i] = (float)((features[i] - Mean[i]) * Factor[i]);
            }
        }

        return scaled;
    }

    /// <summary>A head of scaled features as one of features as they are: the same logits.</summary>
    public SoftmaxHead Fold(SoftmaxHead head)
    {
        var folded = new SoftmaxHead(head.Classes, head.FeatureCount);
        for (int k = 0; k < head.Classes; k++)
        {
            double bias = head.Bias[k];
            for (int i = 0; i < head.FeatureCount; i++)
            {
                double weight = head.Weight[(k * head.FeatureCount) + i] * Factor[i];
                folded.Weight[(k * head.FeatureCount) + i] = (float)weight;
                bias -= weight * Mean[i];
            }

            folded.Bias[k] = (float)bias;
        }

        return folded;
    }
}
