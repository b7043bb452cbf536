using ResNetMl.Tensors;

namespace ResNetMl.Engine.Tests.Contract;

/// <summary>Compares tensors with a tolerance relative to the largest expected element.</summary>
internal static class TensorAssert
{
    /// <summary>
    /// Fails unless |expected − actual| ≤ tolerance · max|expected| everywhere. Relative to the largest element, because rounding errors of a
    /// sum scale with its terms and not with a result near 0.
    /// </summary>
    internal static void Close(string what, Tensor expected, Tensor actual, double tolerance)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: expected shape {expected.Shape}, got {actual.Shape}.");
        Close(what, expected.Span, actual.Span, tolerance);
    }

    /// <inheritdoc cref="Close(string, Tensor, Tensor, double)"/>
    internal static void Close(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 1e-30;
        foreach (float element in expected)
        {
            largest = Math.Max(largest, Math.Abs(element));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            Assert.True(
                difference <= tolerance * largest,
                $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}; off by {difference / largest:E2} of the largest element, allowed {tolerance:E2}.");
        }
    }
}
