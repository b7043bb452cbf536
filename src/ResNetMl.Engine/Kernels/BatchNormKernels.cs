using System.Runtime.CompilerServices;

namespace ResNetMl.Engine.Kernels;

/// <summary>A segment for the kernels of batch norm; every pointer to lanes points to those of the segment's block.</summary>
internal unsafe struct BatchNormSegment
{
    internal int Pixels;
    internal int Stride;

    internal float* X;
    internal float* Addend;
    internal float* Y;

    /// <summary>∂loss/∂y.</summary>
    internal float* YGradient;

    /// <summary>A second part of ∂loss/∂y, from another reader of y.</summary>
    internal float* OtherYGradient;

    /// <summary>∂loss/∂(what the activation reads).</summary>
    internal float* SumGradient;

    /// <summary>∂loss/∂x.</summary>
    internal float* XGradient;

    /// <summary>y = scale·x + shift, per lane.</summary>
    internal float* Scale;

    internal float* Shift;

    /// <summary>Subtracted before squaring, per lane: a number near the mean, or the mean.</summary>
    internal float* Center;

    /// <summary>∂loss/∂x = A·g + B·(x − center) + C, per lane.</summary>
    internal float* A;

    internal float* B;
    internal float* C;

    /// <summary>Results of a reduction over the segment's pixels, per lane.</summary>
    internal float* FirstSum;

    internal float* SecondSum;
}

/// <summary>Σ(x − center) and Σ(x − center)², four partial sums at a time.</summary>
/// <remarks>Subtracting a number near the mean keeps the square sum from cancelling when the mean is far from 0.</remarks>
internal readonly unsafe struct MomentsKernel : IColumnKernel<BatchNormSegment>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(BatchNormSegment* segment, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        int stride = segment->Stride;
        float* x = segment->X + lane;
        TVector center = TOperations.Load(segment->Center + lane);
        TVector sum0 = TOperations.Broadcast(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        TVector square0 = sum0, square1 = sum0, square2 = sum0, square3 = sum0;
        int pixel = 0;
        for (; pixel + 4 <= segment->Pixels; pixel += 4, x += 4 * stride)
        {
            TVector x0 = TOperations.Subtract(TOperations.Load(x), center);
            TVector x1 = TOperations.Subtract(TOperations.Load(x + stride), center);
            TVector x2 = TOperations.Subtract(TOperations.Load(x + (2 * stride)), center);
            TVector x3 = TOperations.Subtract(TOperations.Load(x + (3 * stride)), center);
            sum0 = TOperations.Add(sum0, x0);
            sum1 = TOperations.Add(sum1, x1);
            sum2 = TOperations.Add(sum2, x2);
            sum3 = TOperations.Add(sum3, x3);
            square0 = TOperations.MultiplyAdd(x0, x0, square0);
            square1 = TOperations.MultiplyAdd(x1, x1, square1);
            square2 = TOperations.MultiplyAdd(x2, x2, square2);
            square3 = TOperations.MultiplyAdd(x3, x3, square3);
        }

        for (; pixel < segment->Pixels; pixel++, x += stride)
        {
            TVector x0 = TOperations.Subtract(TOperations.Load(x), center);
            sum0 = TOperations.Add(sum0, x0);
            square0 = TOperations.MultiplyAdd(x0, x0, square0);
        }

        TOperations.Store(segment->FirstSum + lane, TOperations.Add(TOperations.Add(sum0, sum1), TOperations.Add(sum2, sum3)));
        TOperations.Store(segment->SecondSum + lane, TOperations.Add(TOperations.Add(square0, square1), TOperations.Add(square2, square3)));
    }
}

/// <summary>y = scale·x + shift [+ addend] [then relu].</summary>
internal readonly unsafe struct NormalizeKernel<TAdds, TRelu> : IColumnKernel<BatchNormSegment>
    where TAdds : IFlag
    where TRelu : IFlag
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(BatchNormSegment* segment, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        int stride = segment->Stride;
        float* x = segment->X + lane;
        float* addend = segment->Addend + lane;
        float* y = segment->Y + lane;
        TVector scale = TOperations.Load(segment->Scale + lane);
        TVector shift = TOperations.Load(segment->Shift + lane);
        nint end = (nint)segment->Pixels * stride;
        for (nint i = 0; i < end; i += stride)
        {
            TVector value = TOperations.MultiplyAdd(TOperations.Load(x + i), scale, shift);
            if (TAdds.IsSet)
            {
                value = TOperations.Add(value, TOperations.Load(addend + i));
            }

            TOperations.Store(y + i, TRelu.IsSet ? TOperations.Relu(value) : value);
        }
    }
}

/// <summary>
/// Σg and Σg·(x − center), where g is ∂loss/∂y [+ a second part] [where y was positive]; g is stored where asked for.
/// </summary>
/// <typeparam name="TRelu">An activation followed.</typeparam>
/// <typeparam name="TFromX">Whether y was positive is computed again from x, bit for bit as forward did, instead of read.</typeparam>
/// <typeparam name="TOther">There is a second part.</typeparam>
/// <typeparam name="TStores">g is stored.</typeparam>
internal readonly unsafe struct GradientMomentsKernel<TRelu, TFromX, TOther, TStores> : IColumnKernel<BatchNormSegment>
    where TRelu : IFlag
    where TFromX : IFlag
    where TOther : IFlag
    where TStores : IFlag
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(BatchNormSegment* segment, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        int stride = segment->Stride;
        float* x = segment->X + lane;
        float* y = segment->Y + lane;
        float* gradient = segment->YGradient + lane;
        float* other = segment->OtherYGradient + lane;
        float* stored = segment->SumGradient + lane;
        TVector center = TOperations.Load(segment->Center + lane);
        TVector scale = TOperations.Load(segment->Scale + lane);
        TVector shift = TOperations.Load(segment->Shift + lane);
        TVector evenSum = TOperations.Broadcast(0), oddSum = evenSum, evenProduct = evenSum, oddProduct = evenSum;
        nint end = (nint)segment->Pixels * stride;
        nint i = 0;
        for (; i + stride < end; i += 2 * stride)
        {
            TVector x0 = TOperations.Load(x + i);
            TVector x1 = TOperations.Load(x + i + stride);
            TVector g0 = Gradient<TOperations, TVector>(x0, y, gradient, other, stored, i, scale, shift);
            TVector g1 = Gradient<TOperations, TVector>(x1, y, gradient, other, stored, i + stride, scale, shift);
            evenSum = TOperations.Add(evenSum, g0);
            oddSum = TOperations.Add(oddSum, g1);
            evenProduct = TOperations.MultiplyAdd(g0, TOperations.Subtract(x0, center), evenProduct);
            oddProduct = TOperations.MultiplyAdd(g1, TOperations.Subtract(x1, center), oddProduct);
        }

        if (i < end)
        {
            TVector x0 = TOperations.Load(x + i);
            TVector g0 = Gradient<TOperations, TVector>(x0, y, gradient, other, stored, i, scale, shift);
            evenSum = TOperations.Add(evenSum, g0);
            evenProduct = TOperations.MultiplyAdd(g0, TOperations.Subtract(x0, center), evenProduct);
        }

        TOperations.Store(segment->FirstSum + lane, TOperations.Add(evenSum, oddSum));
        TOperations.Store(segment->SecondSum + lane, TOperations.Add(evenProduct, oddProduct));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gradient<TOperations, TVector>(
        TVector x, float* y, float* gradient, float* other, float* stored, nint i, TVector scale, TVector shift)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        TVector g = TOperations.Load(gradient + i);
        if (TOther.IsSet)
        {
            g = TOperations.Add(g, TOperations.Load(other + i));
        }

        if (TRelu.IsSet)
        {
            TVector condition = TFromX.IsSet ? TOperations.MultiplyAdd(x, scale, shift) : TOperations.Load(y + i);
            g = TOperations.WherePositive(condition, g);
        }

        if (TStores.IsSet)
        {
            TOperations.Store(stored + i, g);
        }

        return g;
    }
}

/// <summary>∂loss/∂x = A·g + B·(x − center) + C, where g is stored, or ∂loss/∂y [where scale·x + shift is positive].</summary>
internal readonly unsafe struct InputGradientKernel<TReluFromX> : IColumnKernel<BatchNormSegment>
    where TReluFromX : IFlag
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(BatchNormSegment* segment, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        int stride = segment->Stride;
        float* x = segment->X + lane;
        float* gradient = segment->SumGradient + lane;
        float* result = segment->XGradient + lane;
        TVector a = TOperations.Load(segment->A + lane);
        TVector b = TOperations.Load(segment->B + lane);
        TVector c = TOperations.Load(segment->C + lane);
        TVector center = TOperations.Load(segment->Center + lane);
        TVector scale = TOperations.Load(segment->Scale + lane);
        TVector shift = TOperations.Load(segment->Shift + lane);
        nint end = (nint)segment->Pixels * stride;
        for (nint i = 0; i < end; i += stride)
        {
            TVector value = TOperations.Load(x + i);
            TVector g = TOperations.Load(gradient + i);
            if (TReluFromX.IsSet)
            {
                g = TOperations.WherePositive(TOperations.MultiplyAdd(value, scale, shift), g);
            }

            TVector centered = TOperations.MultiplyAdd(TOperations.Subtract(value, center), b, c);
            TOperations.Store(result + i, TOperations.MultiplyAdd(g, a, centered));
        }
    }
}
