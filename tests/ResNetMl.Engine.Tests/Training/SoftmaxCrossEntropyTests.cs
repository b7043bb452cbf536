using System.Text.Json;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Training;

public sealed class SoftmaxCrossEntropyTests
{
    // exp in fp32 is right to about 1e-7 of itself, and each output is one such number over a sum of seven.
    private const double Tolerance = 1e-6;

    private static readonly JsonElement _reference = TrainingReference.Section("crossEntropy");

    private static Tensor Logits => new([5, 7], _reference.Floats("logits"));

    private static int[] Labels => [.. _reference.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Loss_and_gradient_are_PyTorchs_with_and_without_label_smoothing(int index)
    {
        JsonElement expected = _reference.GetProperty("cases")[index];
        var gradient = new Tensor([5, 7]);
        var loss = new SoftmaxCrossEntropy(7, expected.GetProperty("smoothing").GetDouble());

        LossResult result = loss.Compute(Logits, Labels, gradient);

        Assert.Equal(expected.GetProperty("loss").GetDouble(), result.Loss, Tolerance);
        Assert.Equal((_reference.GetProperty("correct").GetInt32(), 5), (result.Correct, result.Count));
        AssertClose(expected.Doubles("gradient"), gradient);
    }

    [Fact]
    public void Soft_targets_give_PyTorchs_loss_and_gradient()
    {
        JsonElement expected = _reference.GetProperty("soft");
        var gradient = new Tensor([5, 7]);

        LossResult result = new SoftmaxCrossEntropy(7).Compute(Logits, new Tensor([5, 7], _reference.Floats("targets")), gradient);

        Assert.Equal(expected.GetProperty("loss").GetDouble(), result.Loss, Tolerance);
        AssertClose(expected.Doubles("gradient"), gradient);
    }

    [Fact]
    public void Logits_far_apart_neither_overflow_nor_lose_the_loss()
    {
        var gradient = new Tensor([1, 3]);

        LossResult result = new SoftmaxCrossEntropy(3).Compute(new Tensor([1, 3], [1000f, 0f, -1000f]), [2], gradient);

        Assert.Equal(2000, result.Loss);
        Assert.Equal([1f, 0f, -1f], gradient.Span.ToArray());
    }

    [Fact]
    public void A_logit_that_is_no_number_gives_a_loss_that_is_none()
    {
        LossResult result = new SoftmaxCrossEntropy(3).Compute(new Tensor([1, 3], [0f, float.NaN, 1f]), [0], new Tensor([1, 3]));

        Assert.True(double.IsNaN(result.Loss));
    }

    [Fact]
    public void Of_tied_logits_the_lower_class_is_the_answer()
    {
        var loss = new SoftmaxCrossEntropy(3);
        var logits = new Tensor([2, 3], [1f, 1f, 0f, 1f, 1f, 0f]);

        Assert.Equal(1, loss.Compute(logits, [0, 1], new Tensor([2, 3])).Correct);
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused_with_its_place()
    {
        var exception = Assert.Throws<ArgumentException>(
            () => new SoftmaxCrossEntropy(3).Compute(new Tensor([2, 3]), [0, 3], new Tensor([2, 3])));

        Assert.Equal("labels[1] is 3; the network tells 3 classes apart, 0 to 2. (Parameter 'labels')", exception.Message);
    }

    [Fact]
    public void Computing_allocates_nothing()
    {
        var loss = new SoftmaxCrossEntropy(7, 0.1);
        Tensor logits = Logits;
        int[] labels = Labels;
        var gradient = new Tensor([5, 7]);
        loss.Compute(logits, labels, gradient);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            loss.Compute(logits, labels, gradient);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertClose(double[] expected, Tensor actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual.Span[i], Tolerance);
        }
    }
}
