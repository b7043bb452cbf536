using System.Text.Json;
using ResNetMl.Engine.Tests.Training;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.FineTuning;

/// <summary>Class weights and mixup in the loss. Witness: tests/References/fine_tuning.py.</summary>
public sealed class MixedLossTests
{
    // exp in fp32 is right to about 1e-7 of itself; class weights multiply by up to 3.
    private const double Tolerance = 2e-6;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, FineTuningReference.Root.GetProperty("losses").GetProperty("cases").GetArrayLength())];

    [Theory, MemberData(nameof(Cases))]
    public void Loss_and_gradient_are_PyTorchs_with_weights_smoothing_and_mixing(int index)
    {
        JsonElement losses = FineTuningReference.Root.GetProperty("losses");
        JsonElement expected = losses.GetProperty("cases")[index];
        Tensor logits = Contract.ContractNumbers.Make(1, [5, 7], 3);
        int[] labels = Integers(losses.GetProperty("labels"));
        JsonElement weights = expected.GetProperty("weights");
        var loss = new SoftmaxCrossEntropy(
            7, expected.GetProperty("smoothing").GetDouble(), weights.ValueKind == JsonValueKind.Null ? null : expected.Doubles("weights"));
        var gradient = new Tensor([5, 7]);
        double share = expected.GetProperty("share").GetDouble();

        LossResult result = loss.Compute(logits, labels, Integers(expected.GetProperty("second")), share, gradient);

        AssertIs(expected, result, gradient);
        if (share == 1)
        {
            AssertIs(expected, loss.Compute(logits, labels, gradient), gradient);
        }
    }

    [Fact]
    public void Weights_that_are_not_one_a_class_or_not_positive_are_refused()
    {
        Assert.Equal(
            "Expected 3 class weights, one for each class, got 2. (Parameter 'weights')",
            Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropy(3, 0, [1.0, 2.0])).Message);
        Assert.Equal(
            "The weight of class 1 must be finite and > 0, got 0. (Parameter 'weights')",
            Assert.Throws<ArgumentException>(() => new SoftmaxCrossEntropy(2, 0, [1.0, 0.0])).Message);
    }

    [Fact]
    public void A_factor_below_zero_is_refused_by_name()
    {
        ParameterArena arena = TrainingReference.Arena();

        var exception = Assert.Throws<ArgumentException>(() => new SgdOptions().Create(arena, new InTurnRunner(1), _ => -1));

        Assert.Equal("fc.weight: expected a learning rate factor ≥ 0, got -1. Use 0 to leave it as it is. (Parameter 'learningRateFactor')", exception.Message);
    }

    private static void AssertIs(JsonElement expected, LossResult result, Tensor gradient)
    {
        Assert.Equal(expected.GetProperty("loss").GetDouble(), result.Loss, Tolerance);
        Assert.Equal((expected.GetProperty("correct").GetInt32(), 5), (result.Correct, result.Count));
        double[] gradients = expected.Doubles("gradient");
        for (int i = 0; i < gradients.Length; i++)
        {
            Assert.Equal(gradients[i], gradient.Span[i], Tolerance);
        }
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];
}
