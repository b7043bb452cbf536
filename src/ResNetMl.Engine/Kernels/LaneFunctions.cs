using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Kernels;

/// <content>What element-wise layers need beyond sums and products. Comparisons with NaN are false; every other function of NaN is NaN.</content>
internal unsafe partial interface ILaneOperations<TVector>
{
    static abstract TVector Divide(TVector left, TVector right);

    static abstract TVector Minimum(TVector left, TVector right);

    static abstract TVector Maximum(TVector left, TVector right);

    static abstract TVector Abs(TVector value);

    static abstract TVector Negate(TVector value);

    static abstract TVector SquareRoot(TVector value);

    /// <summary>eˣ, to the last bit but one.</summary>
    static abstract TVector Exp(TVector value);

    /// <summary>Natural logarithm, to the last bit but one.</summary>
    static abstract TVector Log(TVector value);

    /// <summary>left to the power of right, lane by lane.</summary>
    static abstract TVector Power(TVector left, TVector right);

    /// <summary>One of two values, by whether left is less than right.</summary>
    static abstract TVector WhereLess(TVector left, TVector right, TVector then, TVector otherwise);
}

/// <content>Element-wise functions.</content>
internal readonly unsafe partial struct Lanes16
{
    public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right) => left / right;

    public static Vector512<float> Minimum(Vector512<float> left, Vector512<float> right) => Vector512.Min(left, right);

    public static Vector512<float> Maximum(Vector512<float> left, Vector512<float> right) => Vector512.Max(left, right);

    public static Vector512<float> Abs(Vector512<float> value) => Vector512.Abs(value);

    public static Vector512<float> Negate(Vector512<float> value) => -value;

    public static Vector512<float> SquareRoot(Vector512<float> value) => Vector512.Sqrt(value);

    public static Vector512<float> Exp(Vector512<float> value) => Vector512.Exp(value);

    public static Vector512<float> Log(Vector512<float> value) => Vector512.Log(value);

    public static Vector512<float> Power(Vector512<float> left, Vector512<float> right)
    {
        float* elements = stackalloc float[2 * Vector512<float>.Count];
        left.Store(elements);
        right.Store(elements + Vector512<float>.Count);
        LanePower.Run(elements, Vector512<float>.Count);
        return Vector512.Load(elements);
    }

    public static Vector512<float> WhereLess(Vector512<float> left, Vector512<float> right, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.LessThan(left, right), then, otherwise);
}

/// <content>Element-wise functions.</content>
internal readonly unsafe partial struct Lanes8
{
    public static Vector256<float> Divide(Vector256<float> left, Vector256<float> right) => left / right;

    public static Vector256<float> Minimum(Vector256<float> left, Vector256<float> right) => Vector256.Min(left, right);

    public static Vector256<float> Maximum(Vector256<float> left, Vector256<float> right) => Vector256.Max(left, right);

    public static Vector256<float> Abs(Vector256<float> value) => Vector256.Abs(value);

    public static Vector256<float> Negate(Vector256<float> value) => -value;

    public static Vector256<float> SquareRoot(Vector256<float> value) => Vector256.Sqrt(value);

    public static Vector256<float> Exp(Vector256<float> value) => Vector256.Exp(value);

    public static Vector256<float> Log(Vector256<float> value) => Vector256.Log(value);

    public static Vector256<float> Power(Vector256<float> left, Vector256<float> right)
    {
        float* elements = stackalloc float[2 * Vector256<float>.Count];
        left.Store(elements);
        right.Store(elements + Vector256<float>.Count);
        LanePower.Run(elements, Vector256<float>.Count);
        return Vector256.Load(elements);
    }

    public static Vector256<float> WhereLess(Vector256<float> left, Vector256<float> right, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.LessThan(left, right), then, otherwise);
}

/// <content>Element-wise functions.</content>
internal readonly unsafe partial struct Lanes4
{
    public static Vector128<float> Divide(Vector128<float> left, Vector128<float> right) => left / right;

    public static Vector128<float> Minimum(Vector128<float> left, Vector128<float> right) => Vector128.Min(left, right);

    public static Vector128<float> Maximum(Vector128<float> left, Vector128<float> right) => Vector128.Max(left, right);

    public static Vector128<float> Abs(Vector128<float> value) => Vector128.Abs(value);

    public static Vector128<float> Negate(Vector128<float> value) => -value;

    public static Vector128<float> SquareRoot(Vector128<float> value) => Vector128.Sqrt(value);

    public static Vector128<float> Exp(Vector128<float> value) => Vector128.Exp(value);

    public static Vector128<float> Log(Vector128<float> value) => Vector128.Log(value);

    public static Vector128<float> Power(Vector128<float> left, Vector128<float> right)
    {
        float* elements = stackalloc float[2 * Vector128<float>.Count];
        left.Store(elements);
        right.Store(elements + Vector128<float>.Count);
        LanePower.Run(elements, Vector128<float>.Count);
        return Vector128.Load(elements);
    }

    public static Vector128<float> WhereLess(Vector128<float> left, Vector128<float> right, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(left, right), then, otherwise);
}

/// <content>Element-wise functions.</content>
internal readonly unsafe partial struct Lanes1
{
    public static float Divide(float left, float right) => left / right;

    public static float Minimum(float left, float right) => MathF.Min(left, right);

    public static float Maximum(float left, float right) => MathF.Max(left, right);

    public static float Abs(float value) => MathF.Abs(value);

    public static float Negate(float value) => -value;

    public static float SquareRoot(float value) => MathF.Sqrt(value);

    public static float Exp(float value) => MathF.Exp(value);

    public static float Log(float value) => MathF.Log(value);

    public static float Power(float left, float right) => MathF.Pow(left, right);

    public static float WhereLess(float left, float right, float then, float otherwise) => left < right ? then : otherwise;
}

/// <summary>Powers one after another: no vector instruction makes them.</summary>
internal static unsafe class LanePower
{
    /// <summary>bases[i] = bases[i] to the power of bases[count + i].</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Run(float* bases, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bases[i] = MathF.Pow(bases[i], bases[count + i]);
        }
    }
}
