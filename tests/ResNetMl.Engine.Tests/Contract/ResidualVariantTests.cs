using System.Text;
using System.Text.Json;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>
/// The catalogue's families compute what their papers say. Witness: tests/References/residual_variants.py, where they are written a second time
/// with PyTorch in float64; parameters meet by their names.
/// </summary>
public sealed class ResidualVariantTests
{
    // Twenty layers of fp32 against float64, relative to the largest logit. Training divides by the deviation of a batch of two, and the
    // gradient comes back through all of it.
    private const double LogitTolerance = 1e-4;
    private const double GradientTolerance = 2e-3;

    // Where PyTorch's own float32 gradients lie further from float64's, as many times their gap.
    private const double GapsAllowed = 3;
    private const int Batch = 2;
    private const int Classes = 5;

    private static readonly Dictionary<string, Variant> Variants = JsonSerializer.Deserialize<Dictionary<string, Variant>>(
        File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests", "References", "residual-variants.json")), JsonSerializerOptions.Web)!;

    /// <summary>Every backend with every network.</summary>
    public static TheoryData<string, string> All => TestBackends.With(Variants.Keys);

    /// <summary>Every backend with every network whose training draws no random number.</summary>
    public static TheoryData<string, string> WithoutChance => TestBackends.With(Variants.Where(each => each.Value.TrainingLogits is not null).Select(each => each.Key));

    [Theory, MemberData(nameof(All))]
    public void Logits_are_PyTorchs(string backendName, string name)
    {
        (NetworkDefinition definition, StateDictionary weights, Tensor images) = Make(name);
        (OperationList operations, StateDictionary lowered) = Lowering.ForInference(definition, weights);
        using CompiledNetwork compiled = TestBackends.Require(backendName).Compile(operations, lowered, new CompileOptions());
        using Plan plan = compiled.CreatePlan(Batch);

        Tensor logits = plan.Run(images);

        Assert.Equal(Variants[name].Tensors, weights.Count);
        TensorAssert.Close("logits", Floats(Variants[name].Logits), logits.Span, LogitTolerance);
    }

    [Theory, MemberData(nameof(WithoutChance))]
    public void Training_has_PyTorchs_logits_and_gradients(string backendName, string name)
    {
        Variant expected = Variants[name];
        (NetworkDefinition definition, StateDictionary weights, Tensor images) = Make(name);
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            Lowering.ForTraining(definition), weights, Batch, new CompileOptions());

        Tensor logits = plan.Forward(default, images);
        TensorAssert.Close("logits", Floats(expected.TrainingLogits!), logits.Span, LogitTolerance);

        // The first convolution's gradient has come through every block.
        plan.Backward(ContractNumbers.Make(2, logits.Shape));
        TensorAssert.Close(
            "gradient",
            Floats(expected.Gradient!),
            plan.State.GradientOf(expected.Parameter!)[..expected.Gradient!.Length],
            Math.Max(GradientTolerance, GapsAllowed * expected.Gap));
    }

    private static (NetworkDefinition Definition, StateDictionary Weights, Tensor Images) Make(string name)
    {
        int side = Variants[name].Side;
        NetworkDefinition definition = NetworkCatalog.Define(name, Classes, [3, side, side]);
        var weights = new StateDictionary();
        foreach (ParameterSpec parameter in definition.State)
        {
            weights.Add(parameter.Name, Values(parameter));
        }

        return (definition, weights, ContractNumbers.Make(1, [Batch, 3, side, side]));
    }

    /// <summary>The script's <c>values</c>.</summary>
    private static Tensor Values(ParameterSpec parameter)
    {
        int seed = (int)(Crc32(parameter.Name) % 100_000);
        Shape shape = parameter.Shape;
        double fanIn = (double)shape.ElementCount / shape[0];
        (float scale, float offset) = parameter.Name[(parameter.Name.LastIndexOf('.') + 1)..] switch
        {
            "running_mean" or "bias" => (0.5f, 0f),
            "running_var" => (0.5f, 1f),
            _ when shape.Rank == 1 => (0.5f, 1f),
            _ => ((float)Math.Sqrt((shape.Rank == 4 ? 6 : 3) / fanIn), 0f),
        };
        return ContractNumbers.Make(seed, shape, scale, offset);
    }

    /// <summary>The checksum of zip and PNG files, bit by bit.</summary>
    private static uint Crc32(string text)
    {
        uint crc = uint.MaxValue;
        foreach (byte each in Encoding.UTF8.GetBytes(text))
        {
            crc ^= each;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];

    private sealed record Variant(
        int Side, int Tensors, double[] Logits, double[]? TrainingLogits, string? Parameter, double[]? Gradient, double Gap);
}
