using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>Windows that files may hold and no image has.</summary>
public sealed class WindowLimitsTests
{
    [Fact]
    public void A_window_beyond_every_image_is_refused_by_name()
    {
        const int Huge = int.MaxValue;
        Assert.Equal(
            "layer: expected a window whose kernel size, stride, dilation and padding are at most 65536, got 2147483647. " +
            "No image is as large; check the file that the network is from.",
            Refusal(new Conv2d(3, 4, 3, stride: Huge, padding: 1)));
        Assert.StartsWith("layer: expected a window", Refusal(new Conv2d(3, 4, 1, dilation: Huge)), StringComparison.Ordinal);
        Assert.StartsWith("layer: expected a window", Refusal(new Pool2d(PoolingKind.Max, 3, stride: Huge)), StringComparison.Ordinal);

        static string Refusal(PrimitiveLayer layer) =>
            Assert.Throws<NotSupportedException>(() => OperationList.Of(layer, [3, 8, 8])).Message;
    }

    [Theory, MemberData(nameof(TestBackends.All), MemberType = typeof(TestBackends))]
    public void The_longest_stride_allowed_leaves_one_place_forward_and_backward(string backendName)
    {
        // Witness: arithmetic. The one place sees the upper left corner: weights and numbers of 1 make 2·2 taps inside · 3 channels = 12.
        OperationList operations = OperationList.Of(new Conv2d(3, 4, 3, stride: 1 << 16, padding: 1), [3, 8, 8]);
        var weights = new StateDictionary { { "layer.weight", Ones([4, 3, 3, 3]) } };
        using TrainingPlan plan = TestBackends.Require(backendName).CreateTrainingPlan(
            operations, weights, batchSize: 1, new CompileOptions { ComputesInputGradients = true });

        float[] y = plan.Forward(default, Ones([1, 3, 8, 8])).Span.ToArray();
        plan.Backward(Ones([1, 4, 1, 1]));

        Assert.Equal([12, 12, 12, 12], y);
        float[] gradient = plan.InputGradients[0].Span.ToArray();
        Assert.Equal([4, 4, 0], gradient[..3]);
        Assert.Equal(4 * 2 * 2 * 3, gradient.Sum());
    }

    private static Tensor Ones(Shape shape)
    {
        var ones = new Tensor(shape);
        ones.Span.Fill(1);
        return ones;
    }
}
