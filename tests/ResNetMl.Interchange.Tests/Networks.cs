using ResNetMl.Engine;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests;

/// <summary>Runs imported networks on both backends.</summary>
internal static class Networks
{
    /// <summary>The backends of this product by name, whether or not this machine has them.</summary>
    internal static TheoryData<string> BackendNames => new("managed", "onednn");

    /// <summary>The backend of a name; skips the test where this machine lacks it.</summary>
    internal static IBackend Backend(string name)
    {
        if (name == "onednn" && Backends.OneDnn is null)
        {
            Assert.Skip($"needs oneDNN: {Backends.OneDnnUnavailableReason}");
        }

        return Backends.Get(name);
    }

    /// <summary>One image of numbers in [−1, 1], the same formula as in torch_files.py.</summary>
    internal static Tensor Image(int channels, int height, int width)
    {
        var image = new Tensor([1, channels, height, width]);
        Span<float> numbers = image.Span;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)((((long)i * 7919 % 2001) - 1000) / 1000.0);
        }

        return image;
    }

    /// <summary>The network's output for a batch.</summary>
    internal static Tensor Run(IBackend backend, NetworkDefinition definition, StateDictionary weights, Tensor input)
    {
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(definition, weights);
        using CompiledNetwork compiled = backend.Compile(operations, folded, new CompileOptions { Precision = Precision.Float32 });
        using Plan plan = compiled.CreatePlan(input.Shape[0]);
        return plan.Run(input).Clone();
    }

    /// <summary>Fails unless two rows of numbers agree relative to the largest expected.</summary>
    internal static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 1e-30;
        double difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }

        Assert.True(difference <= tolerance * largest, $"off by {difference / largest:E2} of the largest number, allowed {tolerance:E2}");
    }
}
