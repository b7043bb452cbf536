using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>How two numbers become one.</summary>
internal interface IReduction
{
    /// <summary>What leaves every other number as it is.</summary>
    static abstract float Start { get; }

    /// <summary>Both in one.</summary>
    static abstract V Combine<O, V>(V left, V right)
        where O : ILaneOperations<V>
        where V : struct;
}

/// <summary>Their sum.</summary>
internal readonly struct SumReduction : IReduction
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<O, V>(V left, V right)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Add(left, right);
}

/// <summary>The larger.</summary>
internal readonly struct MaximumReduction : IReduction
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<O, V>(V left, V right)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Maximum(left, right);
}

/// <summary>The smaller.</summary>
internal readonly struct MinimumReduction : IReduction
{
    public static float Start => float.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<O, V>(V left, V right)
        where O : ILaneOperations<V>
        where V : struct =>
        O.Minimum(left, right);
}

/// <summary>One number for all elements of a value along some axes.</summary>
/// <remarks>Each number is made by one thread in a fixed order: first along the innermost axis that goes, then of those results.</remarks>
internal sealed unsafe class Reduction
{
    private const int Grain = 16;
    private readonly StridedAxes _kept;
    private readonly StridedAxes _gone;
    private readonly long _goneRows;

    /// <summary>Prepares the axes.</summary>
    /// <param name="whole">Shape of the value.</param>
    /// <param name="reduced">Shape of the result: of the same rank, 1 along the axes that go.</param>
    internal Reduction(Shape whole, Shape reduced)
    {
        long[] strides = StridedAxes.RowMajor(whole);
        var kept = (Lengths: new List<int>(), Strides: new List<long>());
        var gone = (Lengths: new List<int>(), Strides: new List<long>());
        for (int axis = 0; axis < whole.Rank; axis++)
        {
            (List<int> lengths, List<long> steps) = whole[axis] == reduced[axis] ? kept : gone;
            lengths.Add(whole[axis]);
            steps.Add(strides[axis]);
        }

        _kept = StridedAxes.Merge(kept.Lengths.ToArray(), kept.Strides.ToArray());
        _gone = StridedAxes.Merge(gone.Lengths.ToArray(), gone.Strides.ToArray());
        Count = reduced.ElementCount;
        TermCount = whole.ElementCount / Math.Max(1, Count);
        _goneRows = TermCount / _gone.Inner;
    }

    /// <summary>How many numbers it makes.</summary>
    internal long Count { get; }

    /// <summary>Of how many elements each is made.</summary>
    internal long TermCount { get; }

    /// <summary>This thread's part: combines elements, then multiplies by a factor.</summary>
    internal void Run<TReduction>(float* whole, float* reduced, float factor, int thread, int threadCount)
        where TReduction : IReduction
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<TReduction, Lanes16, Vector512<float>>(whole, reduced, factor, thread, threadCount);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<TReduction, Lanes8, Vector256<float>>(whole, reduced, factor, thread, threadCount);
        }
        else
        {
            Run<TReduction, Lanes4, Vector128<float>>(whole, reduced, factor, thread, threadCount);
        }
    }

    /// <summary>How many elements of the value equal one of the numbers made of them.</summary>
    /// <param name="whole">The value.</param>
    /// <param name="reduced">The numbers.</param>
    /// <param name="index">Which number.</param>
    internal int CountEqual(float* whole, float* reduced, long index)
    {
        (long row, long column) = Math.DivRem(index, _kept.Inner);
        float* first = whole + _kept.Offset(0, row) + (column * _kept.Strides[0][^1]);
        long step = _gone.Strides[0][^1];
        int count = 0;
        for (long goneRow = 0; goneRow < _goneRows; goneRow++)
        {
            float* x = first + _gone.Offset(0, goneRow);
            for (int i = 0; i < _gone.Inner; i++)
            {
                count += x[i * step] == reduced[index] ? 1 : 0;
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TReduction, TOperations, TVector>(float* whole, float* reduced, float factor, int thread, int threadCount)
        where TReduction : IReduction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        long keptStep = _kept.Strides[0][^1];
        bool isAcross = keptStep == 1;
        int grain = isAcross ? Grain : 1;
        long grains = (Count + grain - 1) / grain;
        long position = grains * thread / threadCount * grain;
        long end = Math.Min(Count, grains * (thread + 1) / threadCount * grain);
        while (position < end)
        {
            (long row, long column) = Math.DivRem(position, _kept.Inner);
            float* first = whole + _kept.Offset(0, row) + (column * keptStep);
            if (isAcross && Math.Min(_kept.Inner - column, end - position) >= TOperations.Width)
            {
                TVector all = Across<TReduction, TOperations, TVector>(first);
                TOperations.Store(reduced + position, TOperations.Multiply(all, TOperations.Broadcast(factor)));
                position += TOperations.Width;
            }
            else
            {
                float all = _gone.Strides[0][^1] == 1
                    ? Along<TReduction, TOperations, TVector>(first)
                    : Across<TReduction, Lanes1, float>(first);
                reduced[position++] = all * factor;
            }
        }
    }

    /// <summary>A vector of neighbouring results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TVector Across<TReduction, TOperations, TVector>(float* first)
        where TReduction : IReduction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        long step = _gone.Strides[0][^1];
        int length = _gone.Inner;
        TVector all = TOperations.Broadcast(TReduction.Start);
        for (long row = 0; row < _goneRows; row++)
        {
            float* x = first + _gone.Offset(0, row);
            TVector some = TOperations.Load(x);
            for (int i = 1; i < length; i++)
            {
                x += step;
                some = TReduction.Combine<TOperations, TVector>(some, TOperations.Load(x));
            }

            all = TReduction.Combine<TOperations, TVector>(all, some);
        }

        return all;
    }

    /// <summary>One result of elements that are contiguous along the innermost axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Along<TReduction, TOperations, TVector>(float* first)
        where TReduction : IReduction
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        float* lanes = stackalloc float[Grain];
        float all = TReduction.Start;
        for (long row = 0; row < _goneRows; row++)
        {
            float* x = first + _gone.Offset(0, row);
            int i = 0;
            float some = TReduction.Start;
            if (_gone.Inner >= TOperations.Width)
            {
                TVector sums = TOperations.Load(x);
                for (i = TOperations.Width; i + TOperations.Width <= _gone.Inner; i += TOperations.Width)
                {
                    sums = TReduction.Combine<TOperations, TVector>(sums, TOperations.Load(x + i));
                }

                TOperations.Store(lanes, sums);
                for (int lane = 0; lane < TOperations.Width; lane++)
                {
                    some = TReduction.Combine<Lanes1, float>(some, lanes[lane]);
                }
            }

            for (; i < _gone.Inner; i++)
            {
                some = TReduction.Combine<Lanes1, float>(some, x[i]);
            }

            all = TReduction.Combine<Lanes1, float>(all, some);
        }

        return all;
    }
}
