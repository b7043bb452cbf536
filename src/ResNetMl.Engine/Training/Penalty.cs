using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine;

/// <summary>The gradients of the L1 and L2 penalties.</summary>
internal static class Penalty
{
    /// <summary>gradient + l2·value + l1·sign(value).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Added(Vector512<float> gradient, Vector512<float> value, float l1, float l2)
    {
        if (l2 != 0)
        {
            gradient += Vector512.Create(l2) * value;
        }

        if (l1 != 0)
        {
            Vector512<float> positive = Vector512.GreaterThan(value, Vector512<float>.Zero) & Vector512.Create(l1);
            Vector512<float> negative = Vector512.LessThan(value, Vector512<float>.Zero) & Vector512.Create(l1);
            gradient += positive - negative;
        }

        return gradient;
    }
}
