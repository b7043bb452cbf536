using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>A linear layer whose softmax says how likely each class is.</summary>
/// <param name="classes">Outputs.</param>
/// <param name="featureCount">Inputs.</param>
internal sealed class SoftmaxHead(int classes, int featureCount)
{
    public int Classes => classes;

    public int FeatureCount => featureCount;

    /// <summary>[classes, features].</summary>
    public float[] Weight { get; } = new float[classes * featureCount];

    /// <summary>[classes].</summary>
    public float[] Bias { get; } = new float[classes];

    /// <summary>First weights as TensorFlow's truncated_normal(stddev 0.001) draws them, biases 0.</summary>
    /// <param name="classes">Outputs.</param>
    /// <param name="featureCount">Inputs.</param>
    /// <param name="seed">What the numbers follow from.</param>
    public static SoftmaxHead Initial(int classes, int featureCount, ulong seed)
    {
        const double deviation = 0.001;
        const double cut = 2;
        var head = new SoftmaxHead(classes, featureCount);
        CounterRandom random = CounterRandom.For(seed, epoch: 0, index: 0);
        for (int i = 0; i < head.Weight.Length; i++)
        {
            double normal;
            do
            {
                // Box and Muller 1958; 1 − u is never 0.
                normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            }
            while (Math.Abs(normal) > cut);

            head.Weight[i] = (float)(normal * deviation);
        }

        return head;
    }

    public SoftmaxHead Copy()
    {
        var copy = new SoftmaxHead(classes, featureCount);
        Weight.CopyTo(copy.Weight, 0);
        Bias.CopyTo(copy.Bias, 0);
        return copy;
    }

    /// <summary>The probabilities of one row.</summary>
    public void Score(ReadOnlySpan<float> features, Span<float> probabilities)
    {
        Span<float> logits = stackalloc float[classes <= 1024 ? classes : 0];
        logits = classes <= 1024 ? logits : new float[classes];
        for (int k = 0; k < classes; k++)
        {
            logits[k] = FeatureMath.Dot(Weight.AsSpan(k * featureCount, featureCount), features) + Bias[k];
        }

        SoftmaxCrossEntropy.Softmax(logits, classes, probabilities);
    }

    /// <summary>Moves the head by −rate times the mean gradient of the batch's cross-entropy.</summary>
    /// <param name="rows">Features, row after row.</param>
    /// <param name="errors">For each row and class probability − target: the gradient of the logits.</param>
    /// <param name="batchRows">Rows in the batch.</param>
    /// <param name="rate">The learning rate.</param>
    public void Step(ReadOnlySpan<float> rows, ReadOnlySpan<float> errors, int batchRows, float rate)
    {
        float share = -rate / batchRows;
        for (int k = 0; k < classes; k++)
        {
            Span<float> weight = Weight.AsSpan(k * featureCount, featureCount);
            float sum = 0;
            for (int row = 0; row < batchRows; row++)
            {
                float error = errors[(row * classes) + k];
                sum += error;
                FeatureMath.AddScaled(weight, rows.Slice(row * featureCount, featureCount), share * error);
            }

            Bias[k] += share * sum;
        }
    }
}
