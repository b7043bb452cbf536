using ResNetMl.Images;

namespace ResNetMl.Vision;

/// <summary>
/// Takes a part of their correlation out of standardised features: along a direction of variance λ by 1/√(0.1·λ + 0.9), so that a few strong directions which
/// all images share do not drown those that tell classes apart.
/// </summary>
/// <remarks>
/// <para>Whitening with a shrunk covariance (Friedman 1989, Regularized discriminant analysis), for the strongest directions only; all others are scaled alike. With
/// fewer rows than features, which is the rule in transfer learning, gradient descent that stops early gets nearer to a linear discriminant that way: about
/// one of a hundred photographs more is right (docs/results/transfer-learning.md has the accuracy with it).</para>
/// <para>The map is linear and symmetric, so a head of its outputs is a head of its inputs after the same map of its weights.</para>
/// </remarks>
internal sealed class FeatureDecorrelation
{
    private const double Shrinkage = 0.9;
    private const int MostDirections = 64;
    private const int MostRows = 2000;
    private const int Iterations = 20;

    private readonly float[][] _directions;
    private readonly double[] _gains;
    private readonly double _rest;

    private FeatureDecorrelation(float[][] directions, double[] gains, double rest)
    {
        _directions = directions;
        _gains = gains;
        _rest = rest;
    }

    /// <summary>Finds the strongest directions of rows.</summary>
    /// <param name="rows">Standardised features, row after row; of many the first ones are looked at, which are in random order.</param>
    /// <param name="featureCount">Features a row.</param>
    /// <param name="seed">Where the search begins.</param>
    public static FeatureDecorrelation Of(ReadOnlySpan<float> rows, int featureCount, ulong seed)
    {
        int count = Math.Min(rows.Length / featureCount, MostRows);
        float[][] directions = StartingDirections(Math.Min(MostDirections, Math.Min(count - 1, featureCount)), featureCount, seed);
        var variances = new double[directions.Length];

        // Orthogonal iteration (Golub and Van Loan, Matrix Computations, section 8.2.4).
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            float[][] mapped = [.. directions.Select(_ => new float[featureCount])];
            for (int k = 0; k < directions.Length; k++)
            {
                double square = 0;
                for (int row = 0; row < count; row++)
                {
                    ReadOnlySpan<float> features = rows.Slice(row * featureCount, featureCount);
                    float along = FeatureMath.Dot(features, directions[k]);
                    square += (double)along * along;
                    FeatureMath.AddScaled(mapped[k], features, along / count);
                }

                variances[k] = square / count;
            }

            Orthonormalise(mapped);
            directions = mapped;
        }

        double rest = 1 / Math.Sqrt(Shrinkage);
        double[] gains = [.. variances.Select(variance => 1 / Math.Sqrt(((1 - Shrinkage) * variance) + Shrinkage))];
        double before = count == 0 ? 0 : FeatureMath.Dot(rows[..(count * featureCount)], rows[..(count * featureCount)]) / (double)count;
        double after = ((before - variances.Sum()) * rest * rest) + variances.Zip(gains, (variance, gain) => variance * gain * gain).Sum();

        // The mean square stays, so that learning rates mean what they did.
        double size = before > 0 && after > 0 ? Math.Sqrt(before / after) : 1;
        return new FeatureDecorrelation(directions, [.. gains.Select(gain => gain * size)], rest * size);
    }

    /// <summary>Maps rows of features, or of a head's weights, in place.</summary>
    /// <param name="rows">Row after row.</param>
    /// <param name="featureCount">Features a row.</param>
    public void Apply(Span<float> rows, int featureCount)
    {
        var along = new float[_directions.Length];
        for (int first = 0; first < rows.Length; first += featureCount)
        {
            Span<float> row = rows.Slice(first, featureCount);
            for (int k = 0; k < along.Length; k++)
            {
                along[k] = FeatureMath.Dot(row, _directions[k]);
            }

            FeatureMath.AddScaled(row, row, (float)_rest - 1);
            for (int k = 0; k < along.Length; k++)
            {
                FeatureMath.AddScaled(row, _directions[k], (float)(_gains[k] - _rest) * along[k]);
            }
        }
    }

    private static float[][] StartingDirections(int count, int featureCount, ulong seed)
    {
        CounterRandom random = CounterRandom.For(seed, epoch: 0, index: 2);
        var directions = new float[Math.Max(count, 0)][];
        for (int k = 0; k < directions.Length; k++)
        {
            directions[k] = new float[featureCount];
            for (int i = 0; i < featureCount; i++)
            {
                directions[k][i] = (float)random.NextDouble(-1, 1);
            }
        }

        Orthonormalise(directions);
        return directions;
    }

    /// <summary>Gram and Schmidt's, in the order that later subtractions see earlier ones; a direction that others span becomes zero.</summary>
    private static void Orthonormalise(float[][] directions)
    {
        for (int k = 0; k < directions.Length; k++)
        {
            double length = Math.Sqrt(FeatureMath.Dot(directions[k], directions[k]));

            // Twice: the first pass leaves rounding that counts where directions are nearly parallel.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int earlier = 0; earlier < k; earlier++)
                {
                    float along = FeatureMath.Dot(directions[k], directions[earlier]);
                    FeatureMath.AddScaled(directions[k], directions[earlier], -along);
                }
            }

            double left = Math.Sqrt(FeatureMath.Dot(directions[k], directions[k]));
            FeatureMath.AddScaled(directions[k], directions[k], (left > 1e-5 * length && left > 0 ? (float)(1 / left) : 0) - 1);
        }
    }
}
