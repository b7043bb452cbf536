using System.Numerics;
using System.Runtime.InteropServices;

namespace ResNetMl.Vision;

/// <summary>Arithmetic on vectors of features, on as many lanes as the CPU has.</summary>
internal static class FeatureMath
{
    /// <summary>The scalar product.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ReadOnlySpan<Vector<float>> leftLanes = MemoryMarshal.Cast<float, Vector<float>>(left);
        ReadOnlySpan<Vector<float>> rightLanes = MemoryMarshal.Cast<float, Vector<float>>(right);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < leftLanes.Length; i++)
        {
            sums += leftLanes[i] * rightLanes[i];
        }

        float sum = Vector.Sum(sums);
        for (int i = leftLanes.Length * Vector<float>.Count; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary>Adds a multiple of one vector to another.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> addend, float factor)
    {
        Span<Vector<float>> targetLanes = MemoryMarshal.Cast<float, Vector<float>>(target);
        ReadOnlySpan<Vector<float>> addendLanes = MemoryMarshal.Cast<float, Vector<float>>(addend);
        var factors = new Vector<float>(factor);
        for (int i = 0; i < targetLanes.Length; i++)
        {
            targetLanes[i] += addendLanes[i] * factors;
        }

        for (int i = targetLanes.Length * Vector<float>.Count; i < target.Length; i++)
        {
            target[i] += addend[i] * factor;
        }
    }
}
