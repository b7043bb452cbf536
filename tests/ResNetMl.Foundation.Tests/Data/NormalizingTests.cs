using ResNetMl.Data;
using ResNetMl.Transforms;
using Xunit;

namespace ResNetMl.Foundation.Tests.Data;

public sealed class NormalizingTests
{
    private static readonly MLContext _context = new();

    // Elements: 1, 3, 5, −9 · 2, 2, 2, 2 · 0, 0, 0, 4.
    private static IDataView Rows => _context.Data.LoadFromEnumerable<Row>(
        [new([1, 2, 0], 10), new([3, 2, 0], 20), new([5, 2, 0], float.NaN), new([-9, 2, 4], 40)]);

    [Fact]
    public void MinMax_divides_by_the_greatest_absolute_value_and_leaves_zero() =>
        AssertVectors(_context.Transforms.NormalizeMinMax("Values"), [1 / 9f, 1, 0], [-1, 1, 1]);

    [Fact]
    public void MinMax_without_zero_brings_the_least_to_0_and_the_greatest_to_1_and_what_is_always_the_same_to_0() =>
        AssertVectors(_context.Transforms.NormalizeMinMax("Values", fixZero: false), [10 / 14f, 0, 0], [0, 0, 1]);

    // Mean squares: (1 + 9 + 25 + 81)/4 = 29 · 4 · 4.
    [Fact]
    public void MeanVariance_divides_by_the_root_of_the_mean_square() =>
        AssertVectors(_context.Transforms.NormalizeMeanVariance("Values"), [1 / MathF.Sqrt(29), 1, 0], [-9 / MathF.Sqrt(29), 1, 2]);

    // Means 0, 2, 1; variances 29, 0, 3.
    [Fact]
    public void MeanVariance_without_zero_standardises() => AssertVectors(
        _context.Transforms.NormalizeMeanVariance("Values", fixZero: false),
        [1 / MathF.Sqrt(29), 0, -1 / MathF.Sqrt(3)],
        [-9 / MathF.Sqrt(29), 0, MathF.Sqrt(3)]);

    [Fact]
    public void NaN_is_not_counted_and_stays_NaN_and_single_numbers_stay_single()
    {
        NormalizingTransformer transformer = _context.Transforms.NormalizeMinMax("Scaled", "Single").Fit(Rows);

        Assert.Equal([0.25f, 0.5f, float.NaN, 1], transformer.Transform(Rows).GetColumn<float>("Scaled"));
        Assert.Equal(("Scaled", "Single"), (transformer.Columns[0].OutputColumnName, transformer.Columns[0].InputColumnName));
    }

    [Fact]
    public void A_saved_one_gives_the_same_numbers()
    {
        ITransformer transformer = _context.Transforms.NormalizeMeanVariance([new InputOutputColumnPair("A", "Values"), new InputOutputColumnPair("B", "Single")]).Fit(Rows);
        using var file = new MemoryStream();
        _context.Model.Save(transformer, Rows.Schema, file);
        file.Position = 0;

        ITransformer loaded = _context.Model.Load(file, out _);

        Assert.Equal(
            transformer.Transform(Rows).GetColumn<float[]>("A").SelectMany(row => row), loaded.Transform(Rows).GetColumn<float[]>("A").SelectMany(row => row));
        Assert.Equal(transformer.Transform(Rows).GetColumn<float>("B"), loaded.Transform(Rows).GetColumn<float>("B"));
    }

    [Fact]
    public void Other_columns_are_refused_by_name_expected_and_got()
    {
        Assert.Equal(
            "Normalizing: expected column 'Text' to hold Single or vectors of Single of known size, got 'Text' (String). Convert it with Conversion.ConvertType.",
            Assert.Throws<ArgumentException>(() => _context.Transforms.NormalizeMinMax("Text").GetOutputSchema(SchemaShape.Create(Rows.Schema))).Message);
        Assert.Throws<NotSupportedException>(() => _context.Transforms.NormalizeMeanVariance("Values", useCdf: true));
    }

    private static void AssertVectors(NormalizingEstimator estimator, float[] first, float[] last)
    {
        float[][] rows = [.. estimator.Fit(Rows).Transform(Rows).GetColumn<float[]>("Values")];
        for (int i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i], rows[0][i], 1e-6f);
            Assert.Equal(last[i], rows[3][i], 1e-6f);
        }
    }

    private sealed class Row(float[] values, float single)
    {
        [VectorType(3)]
        public float[] Values { get; } = values;

        public float Single { get; } = single;

        public string Text { get; } = "";
    }
}
