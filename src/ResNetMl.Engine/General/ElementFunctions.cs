using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.General;

/// <summary>A function of one number with parameters α and β, and its slope; written once for vectors V of every width, with their operations O.</summary>
internal interface IElementFunction
{
    /// <summary>Whether <see cref="Slope"/> takes y; else it takes x.</summary>
    static virtual bool IsSlopeOfOutput => false;

    /// <summary>y of x.</summary>
    static abstract V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct;

    /// <summary>dy/dx, from x or from y.</summary>
    static abstract V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct;
}

/// <summary>max(x, 0). The slope at 0 is 0.</summary>
internal readonly struct ReluFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Relu(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WherePositive(v, O.Broadcast(1));
}

/// <summary>α·x below 0. The slope at 0 is α, as PyTorch has it.</summary>
internal readonly struct LeakyReluFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(x, O.Broadcast(0), O.Multiply(alpha, x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(O.Broadcast(0), v, O.Broadcast(1), alpha);
}

/// <summary>α·(eˣ − 1) below 0.</summary>
internal readonly struct EluFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(x, O.Broadcast(0), O.Multiply(alpha, LaneMath.ExpMinusOne<O, V>(x)), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(O.Broadcast(0), v, O.Broadcast(1), O.Multiply(alpha, O.Exp(v)));
}

/// <summary>β·x above 0, β·α·(eˣ − 1) below.</summary>
internal readonly struct SeluFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(beta, EluFunction.Value<O, V>(x, alpha, beta));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(beta, EluFunction.Slope<O, V>(v, alpha, beta));
}

/// <summary>1/(1 + e⁻ˣ); σ' = σ·(1 − σ).</summary>
internal readonly struct SigmoidFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.Sigmoid<O, V>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(v, O.Subtract(O.Broadcast(1), v));
}

/// <summary>max(0, min(1, α·x + β)).</summary>
internal readonly struct HardSigmoidFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.HardSigmoid<O, V>(x, alpha, beta);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.WhereInside<O, V>(O.MultiplyAdd(alpha, v, beta), O.Broadcast(0), O.Broadcast(1), alpha);
}

/// <summary>Hyperbolic tangent; tanh' = 1 − tanh².</summary>
internal readonly struct TanhFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.Tanh<O, V>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Subtract(O.Broadcast(1), O.Multiply(v, v));
}

/// <summary>x·min(max(x + 3, 0), 6)/6, which near −3 is exact to the last places; between −3 and 3 the slope is x/3 + 1/2.</summary>
internal readonly struct HardSwishFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(
            x,
            O.Multiply(O.Broadcast(1f / 6), O.Minimum(O.Maximum(O.Add(x, O.Broadcast(3)), O.Broadcast(0)), O.Broadcast(6))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(
            v,
            O.Broadcast(-3),
            O.Broadcast(0),
            O.WhereLess(O.Broadcast(3), v, O.Broadcast(1), O.MultiplyAdd(v, O.Broadcast(1f / 3), O.Broadcast(0.5f))));
}

/// <summary>x·σ(x); slope σ·(1 + x·(1 − σ)).</summary>
internal readonly struct SiluFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(x, O.Add(O.Broadcast(1), O.Exp(O.Negate(x))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct
    {
        V sigmoid = LaneMath.Sigmoid<O, V>(v);
        V one = O.Broadcast(1);
        return O.Multiply(sigmoid, O.MultiplyAdd(v, O.Subtract(one, sigmoid), one));
    }
}

/// <summary>x·Φ(x), Φ being the normal distribution; slope Φ(x) + x·φ(x).</summary>
internal readonly struct GeluFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(x, LaneMath.NormalDistribution<O, V>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct
    {
        V bell = O.Exp(O.Multiply(O.Broadcast(-0.5f), O.Multiply(v, v)));
        V density = O.Multiply(O.Broadcast(LaneMath.InverseSquareRootOfTwoPi), bell);
        return O.MultiplyAdd(v, density, LaneMath.NormalDistribution<O, V>(v));
    }
}

/// <summary>min(max(x, α), β). The slope at a bound is 0, as ReLU's.</summary>
internal readonly struct ClipFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Minimum(O.Maximum(x, alpha), beta);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.WhereInside<O, V>(v, alpha, beta, O.Broadcast(1));
}

/// <summary>ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which does not overflow; slope σ(x).</summary>
internal readonly struct SoftplusFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Add(O.Maximum(x, O.Broadcast(0)), LaneMath.LogOnePlus<O, V>(O.Exp(O.Negate(O.Abs(x)))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        LaneMath.Sigmoid<O, V>(v);
}

/// <summary>x/(1 + |x|); slope 1/(1 + |x|)².</summary>
internal readonly struct SoftsignFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(x, O.Add(O.Broadcast(1), O.Abs(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct
    {
        V below = O.Add(O.Broadcast(1), O.Abs(v));
        return O.Divide(O.Broadcast(1), O.Multiply(below, below));
    }
}

/// <summary>α·x + β.</summary>
internal readonly struct AffineFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Add(O.Multiply(alpha, x), beta);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        alpha;
}

/// <summary>eˣ.</summary>
internal readonly struct ExpFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        v;
}

/// <summary>Natural logarithm.</summary>
internal readonly struct LogFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(O.Broadcast(1), v);
}

/// <summary>√x; slope 1/(2·√x).</summary>
internal readonly struct SquareRootFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.SquareRoot(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(O.Broadcast(0.5f), v);
}

/// <summary>|x|. The slope at 0 is 0.</summary>
internal readonly struct AbsFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(v, O.Broadcast(0), O.Broadcast(-1), O.WherePositive(v, O.Broadcast(1)));
}

/// <summary>−x.</summary>
internal readonly struct NegateFunction : IElementFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Negate(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Broadcast(-1);
}

/// <summary>1/x; slope −y².</summary>
internal readonly struct ReciprocalFunction : IElementFunction
{
    public static bool IsSlopeOfOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<O, V>(V x, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(O.Broadcast(1), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<O, V>(V v, V alpha, V beta)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Negate(O.Multiply(v, v));
}
