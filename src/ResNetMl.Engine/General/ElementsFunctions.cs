using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.General;

/// <summary>a + b.</summary>
internal readonly struct SumOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Add(a, b);
}

/// <summary>a − b.</summary>
internal readonly struct DifferenceOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Subtract(a, b);
}

/// <summary>a·b.</summary>
internal readonly struct ProductOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(a, b);
}

/// <summary>a/b.</summary>
internal readonly struct QuotientOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(a, b);
}

/// <summary>The larger of a and b.</summary>
internal readonly struct LargerOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Maximum(a, b);
}

/// <summary>The smaller of a and b.</summary>
internal readonly struct SmallerOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Minimum(a, b);
}

/// <summary>a to the power of b.</summary>
internal readonly struct PowerOf : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Power(a, b);
}

/// <summary>g, the gradient of a sum.</summary>
internal readonly struct Gradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        g;
}

/// <summary>−g, the gradient of what is subtracted.</summary>
internal readonly struct NegativeGradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Negate(g);
}

/// <summary>g·a.</summary>
internal readonly struct GradientTimesLeft : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(g, a);
}

/// <summary>g·b.</summary>
internal readonly struct GradientTimesRight : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Multiply(g, b);
}

/// <summary>g/b.</summary>
internal readonly struct DividendGradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Divide(g, b);
}

/// <summary>−g·(a/b)/b.</summary>
internal readonly struct DivisorGradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Negate(O.Divide(O.Multiply(g, O.Divide(a, b)), b));
}

/// <summary>g where a is larger than b, half of it where they are equal (as torch.maximum has it), else 0.</summary>
internal readonly struct GradientWhereLeftIsLarger : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(b, a, g, O.WhereEqual(a, b, O.Multiply(O.Broadcast(0.5f), g)));
}

/// <summary>g where b is larger than a, half of it where they are equal, else 0.</summary>
internal readonly struct GradientWhereRightIsLarger : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(a, b, g, O.WhereEqual(a, b, O.Multiply(O.Broadcast(0.5f), g)));
}

/// <summary>g·b·a^(b − 1); 0 where b is.</summary>
internal readonly struct BaseGradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(O.Broadcast(0), O.Abs(b), O.Multiply(g, O.Multiply(b, O.Power(a, O.Subtract(b, O.Broadcast(1))))), O.Broadcast(0));
}

/// <summary>g·a^b·ln a; 0 where a is.</summary>
internal readonly struct ExponentGradient : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereLess(O.Broadcast(0), O.Abs(a), O.Multiply(g, O.Multiply(O.Power(a, b), O.Log(a))), O.Broadcast(0));
}

/// <summary>g where a equals b, else 0.</summary>
internal readonly struct GradientWhereEqual : IElementsFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<O, V>(V a, V b, V g)
        where O : ILaneOperations<V>
        where V : struct =>
        O.WhereEqual(a, b, g);
}
