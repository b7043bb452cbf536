using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.General;

/// <summary>Functions made of the lanes' own: V is a vector, O its operations. Errors are a few units of fp32's last place.</summary>
internal static class LaneMath
{
    /// <summary>1/√(2π), the normal density at 0.</summary>
    internal const float InverseSquareRootOfTwoPi = 0.398942280f;

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Sigmoid<O, V>(V x)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(O.Broadcast(1), O.Add(O.Broadcast(1), O.Exp(O.Negate(x))));

    /// <summary>max(0, min(1, α·x + β)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V HardSigmoid<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Maximum(O.Broadcast(0), O.Minimum(O.Broadcast(1), O.MultiplyAdd(alpha, x, beta)));

    /// <summary>One value strictly between two bounds, 0 elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V WhereInside<O, V>(V x, V lower, V upper, V value)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(lower, x, O.WhereLess(x, upper, value, O.Broadcast(0)), O.Broadcast(0));

    /// <summary>eˣ − 1, also where eˣ is nearly 1: there by its Taylor series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V ExpMinusOne<O, V>(V x)
        where O : ILaneOperations<V>
        where V : struct
    {
        V series = O.Broadcast(1f / 362880);
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 40320));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 5040));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 720));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 120));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 24));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 6));
        series = O.MultiplyAdd(series, x, O.Broadcast(1f / 2));
        series = O.MultiplyAdd(O.Multiply(series, x), x, x);
        return O.WhereLess(O.Abs(x), O.Broadcast(0.5f), series, O.Subtract(O.Exp(x), O.Broadcast(1)));
    }

    /// <summary>Hyperbolic tangent: with t = e^−2|x| − 1, −t/(2 + t) under x's sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Tanh<O, V>(V x)
        where O : ILaneOperations<V>
        where V : struct
    {
        V t = ExpMinusOne<O, V>(O.Multiply(O.Broadcast(-2), O.Abs(x)));
        V negative = O.Divide(t, O.Add(O.Broadcast(2), t));
        return O.WhereLess(x, O.Broadcast(0), negative, O.Negate(negative));
    }

    /// <summary>ln(1 + x) for x from 0 to 1: what rounding took from 1 + x is given back to the first order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V LogOnePlus<O, V>(V x)
        where O : ILaneOperations<V>
        where V : struct
    {
        V sum = O.Add(O.Broadcast(1), x);
        V lost = O.Subtract(x, O.Subtract(sum, O.Broadcast(1)));
        return O.Add(O.Log(sum), O.Divide(lost, sum));
    }

    /// <summary>Φ(x), the normal distribution.</summary>
    /// <remarks>
    /// Within ±1, 1/2 plus an odd polynomial; beyond, φ-like e^(−x²/2) times a polynomial in 1/(1 + 0.35·|x|). Coefficients interpolate Φ at
    /// Chebyshev's nodes (computed with 40 digits); the relative error is below 3e-7 up to |x| = 13, where fp32 ends.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V NormalDistribution<O, V>(V x)
        where O : ILaneOperations<V>
        where V : struct
    {
        V square = O.Multiply(x, x);
        V odd = O.Broadcast(-7.660538e-06f);
        odd = O.MultiplyAdd(odd, square, O.Broadcast(0.0001135023f));
        odd = O.MultiplyAdd(odd, square, O.Broadcast(-0.001186344f));
        odd = O.MultiplyAdd(odd, square, O.Broadcast(0.009973329f));
        odd = O.MultiplyAdd(odd, square, O.Broadcast(-0.06649036f));
        odd = O.MultiplyAdd(odd, square, O.Broadcast(0.3989423f));
        V center = O.MultiplyAdd(x, odd, O.Broadcast(0.5f));

        V t = O.Divide(O.Broadcast(1), O.MultiplyAdd(O.Broadcast(0.35f), O.Abs(x), O.Broadcast(1)));
        V tail = O.Broadcast(0.026709383f);
        tail = O.MultiplyAdd(tail, t, O.Broadcast(-0.05104122f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(-0.044052463f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(0.10328798f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(0.054486524f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(0.13318652f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(0.13767919f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(0.13982332f));
        tail = O.MultiplyAdd(tail, t, O.Broadcast(-8.043253e-06f));
        tail = O.Multiply(tail, O.Exp(O.Multiply(O.Broadcast(-0.5f), square)));
        V outside = O.WhereLess(x, O.Broadcast(0), tail, O.Subtract(O.Broadcast(1), tail));
        return O.WhereLess(O.Abs(x), O.Broadcast(1), center, outside);
    }
}
