using ResNetMl.Engine.Kernels;
using ResNetMl.Engine.Managed;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Managed;

/// <summary>What tests of managed kernels share: random tensors, values in the plan's layout, comparisons.</summary>
internal static unsafe class ManagedFixture
{
    /// <summary>Every width of vector that this machine can run; where the hardware lacks one, .NET computes it another way.</summary>
    public static TheoryData<int> Levels => [(int)SimdLevel.Vector128, (int)SimdLevel.Vector256, (int)SimdLevel.Vector512];

    /// <summary>Elements in (−1, 1), the same for the same seed.</summary>
    internal static Tensor Random(Shape shape, int seed)
    {
        var random = new Random(seed);
        var tensor = new Tensor(shape);
        foreach (ref float element in tensor.Span)
        {
            element = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    /// <summary>A value of a plan holding a tensor's elements.</summary>
    internal static AlignedBuffer Enter(ParallelRunner runner, ImageLayout layout, Tensor tensor)
    {
        AlignedBuffer value = AlignedBuffer.OfFloats(layout.ElementCount);
        new EnterPass(layout) { Elements = (float*)tensor.Address, Value = value.Floats }.Run(runner);
        return value;
    }

    /// <summary>The elements of a plan's value in [N, C, H, W] order; asserts that the filling is 0.</summary>
    internal static float[] Leave(ParallelRunner runner, ImageLayout layout, AlignedBuffer value)
    {
        for (long i = 0; i < layout.ElementCount; i++)
        {
            long channel = (i / layout.MapElements % layout.Blocks * ManagedLayout.Lanes) + (i % ManagedLayout.Lanes);
            if (channel >= layout.Channels)
            {
                Assert.Equal(0, value.Floats[i]);
            }
        }

        var tensor = new Tensor([layout.Images, layout.Channels, layout.Height, layout.Width]);
        new LeavePass(layout) { Elements = (float*)tensor.Address, Value = value.Floats }.Run(runner);
        return tensor.Span.ToArray();
    }

    /// <summary>Fails where |actual − expected| exceeds a share of the largest magnitude expected.</summary>
    internal static void AssertClose(double[] expected, ReadOnlySpan<float> actual, double relative)
    {
        Assert.Equal(expected.Length, actual.Length);
        double limit = relative * Math.Max(1e-3, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= limit,
                $"Element {i}: expected {expected[i]:R}, got {actual[i]:R}, which is further than {limit:R}.");
        }
    }
}
