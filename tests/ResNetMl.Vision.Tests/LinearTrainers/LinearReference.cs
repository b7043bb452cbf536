using System.Text.Json;
using ResNetMl.TestSupport;
using ResNetMl.Trainers;

namespace ResNetMl.Vision.Tests.LinearTrainers;

/// <summary>What scikit-learn and scipy found in float64: tests/References/linear_heads.py wrote linear-heads.json.</summary>
internal static class LinearReference
{
    private static readonly JsonDocument _document = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests", "References", "linear-heads.json")));

    internal static int Classes { get; } = _document.RootElement.GetProperty("classes").GetInt32();

    internal static int FeatureCount { get; } = _document.RootElement.GetProperty("featureCount").GetInt32();

    internal static float[][] Features { get; } = [.. Doubles(_document.RootElement, "features").Select(number => (float)number).Chunk(FeatureCount)];

    internal static int[] Labels { get; } = [.. Doubles(_document.RootElement, "labels").Select(number => (int)number)];

    internal static float[] ExampleWeights { get; } = [.. Doubles(_document.RootElement, "exampleWeights").Select(number => (float)number)];

    internal static TrainingExamples Examples(bool weighted) => new(Features, Labels, weighted ? ExampleWeights : null, Classes);

    internal static Case Find(string section, string name)
    {
        JsonElement found = _document.RootElement.GetProperty(section).EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);
        return new Case(
            found.GetProperty("l1").GetDouble(), found.GetProperty("l2").GetDouble(), found.GetProperty("weighted").GetBoolean(),
            Doubles(found, "weights"), Doubles(found, "biases"), Doubles(found, "probabilities"));
    }

    private static double[] Doubles(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    /// <summary>One minimum. Biases have mean 0: adding the same to all changes nothing.</summary>
    internal sealed record Case(double L1, double L2, bool IsWeighted, double[] Weights, double[] Biases, double[] Probabilities)
    {
        internal void AssertFound(double[] parameters, double tolerance)
        {
            double mean = parameters.Take(Classes).Average();
            for (int i = 0; i < parameters.Length; i++)
            {
                double expected = i < Classes ? Biases[i] : Weights[i - Classes];
                double actual = i < Classes ? parameters[i] - mean : parameters[i];
                Xunit.Assert.True(Math.Abs(expected - actual) <= tolerance, $"parameter {i}: expected {expected}, got {actual}");
            }
        }
    }
}

/// <summary>A row of the reference, as a program has it.</summary>
internal sealed class FeatureRow
{
    [ResNetMl.Data.VectorType(11)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";

    public float Weight { get; set; } = 1;

    internal static string NameOf(int label) => $"class {(char)('a' + label)}";

    internal static List<FeatureRow> Reference() =>
        [.. LinearReference.Features.Select((features, row) => new FeatureRow
        {
            Features = [.. features], Label = NameOf(LinearReference.Labels[row]), Weight = LinearReference.ExampleWeights[row],
        })];
}
