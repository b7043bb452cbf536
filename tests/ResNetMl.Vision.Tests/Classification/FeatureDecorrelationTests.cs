using ResNetMl.Images;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Features of fewer strong directions.</summary>
public sealed class FeatureDecorrelationTests
{
    private const int Features = 5;

    [Fact]
    public void A_strong_direction_is_shrunk_as_its_variance_says_and_the_mean_square_stays()
    {
        // Along (3, 4, 0, 0, 0)/5 a variance of 40, along the other axes of 1; all uncorrelated by construction.
        float[] rows = [.. Enumerable.Range(0, 8).SelectMany(row =>
        {
            float[] along = [Sign(row, 0) * MathF.Sqrt(40), Sign(row, 1), Sign(row, 2), Sign(row, 0) * Sign(row, 1), Sign(row, 1) * Sign(row, 2)];
            return new[] { (0.6f * along[0]) - (0.8f * along[1]), (0.8f * along[0]) + (0.6f * along[1]), along[2], along[3], along[4] };
        })];
        float[] mapped = [.. rows];

        FeatureDecorrelation.Of(rows, Features, seed: 1).Apply(mapped, Features);

        double strong = Variance(mapped, [0.6f, 0.8f, 0, 0, 0]);
        double weak = Variance(mapped, [0, 0, 1, 0, 0]);

        // λ/(0.1·λ + 0.9) is 40/4.9 for the strong one and 1 for the others.
        Assert.Equal(40 / 4.9, strong / weak, 1e-3);
        Assert.Equal(1, Square(mapped) / Square(rows), 1e-4);
    }

    [Fact]
    public void A_head_of_mapped_rows_gives_the_same_logits_as_the_mapped_head_of_rows()
    {
        float[] rows = Random(12 * Features, seed: 3);
        float[] mapped = [.. rows];
        float[] head = Random(2 * Features, seed: 4);
        float[] mappedHead = [.. head];
        var decorrelation = FeatureDecorrelation.Of(rows, Features, seed: 1);

        decorrelation.Apply(mapped, Features);
        decorrelation.Apply(mappedHead, Features);

        for (int row = 0; row < 12; row++)
        {
            for (int k = 0; k < 2; k++)
            {
                Assert.Equal(Dot(mapped.AsSpan(row * Features, Features), head.AsSpan(k * Features, Features)), Dot(rows.AsSpan(row * Features, Features), mappedHead.AsSpan(k * Features, Features)), 1e-4f);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Few_or_equal_rows_stay_finite(int count)
    {
        float[] rows = [.. Enumerable.Repeat(new float[] { 1, -1, 0, 0, 2 }, count).SelectMany(row => row)];

        FeatureDecorrelation.Of(rows, Features, seed: 1).Apply(rows, Features);

        Assert.All(rows, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Rows_without_any_deviation_stay_zero()
    {
        var rows = new float[4 * Features];

        FeatureDecorrelation.Of(rows, Features, seed: 1).Apply(rows, Features);

        Assert.All(rows, value => Assert.Equal(0, value));
    }

    private static float Sign(int row, int bit) => ((row >> bit) & 1) == 0 ? 1 : -1;

    private static float[] Random(int count, ulong seed)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble(-1, 1))];
    }

    private static double Variance(float[] rows, float[] direction) =>
        Enumerable.Range(0, rows.Length / Features).Average(row => Math.Pow(Dot(rows.AsSpan(row * Features, Features), direction), 2));

    private static double Square(float[] rows) => rows.Sum(value => (double)value * value);

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        float sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
