using System.Numerics;
using System.Runtime.InteropServices;

namespace ResNetMl.Trainers;

/// <summary>Products of single-precision features with double-precision parameters, several lanes at a time with a scalar tail.</summary>
/// <remarks>The order of the sum is fixed by the lane width of the CPU, not by threads: the same machine gives the same bits.</remarks>
internal static class MixedPrecision
{
    /// <summary>Σ x·w.</summary>
    /// <param name="x">Features.</param>
    /// <param name="w">As many parameters.</param>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<double> w)
    {
        int lanes = Vector<float>.Count;
        int whole = x.Length - (x.Length % lanes);
        Vector<double> low = Vector<double>.Zero;
        Vector<double> high = Vector<double>.Zero;
        for (int i = 0; i < whole; i += lanes)
        {
            Vector.Widen(new Vector<float>(x.Slice(i, lanes)), out Vector<double> first, out Vector<double> second);
            low += first * new Vector<double>(w.Slice(i, lanes / 2));
            high += second * new Vector<double>(w.Slice(i + (lanes / 2), lanes / 2));
        }

        double sum = Vector.Sum(low + high);
        for (int i = whole; i < x.Length; i++)
        {
            sum += x[i] * w[i];
        }

        return sum;
    }

    /// <summary>y += a·x.</summary>
    /// <param name="a">The factor.</param>
    /// <param name="x">Features.</param>
    /// <param name="y">As many sums.</param>
    public static void AddScaled(double a, ReadOnlySpan<float> x, Span<double> y)
    {
        int lanes = Vector<float>.Count;
        int whole = x.Length - (x.Length % lanes);
        var factor = new Vector<double>(a);
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(y[..whole]);
        for (int i = 0, block = 0; i < whole; i += lanes, block += 2)
        {
            Vector.Widen(new Vector<float>(x.Slice(i, lanes)), out Vector<double> first, out Vector<double> second);
            sums[block] += factor * first;
            sums[block + 1] += factor * second;
        }

        for (int i = whole; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }
}
