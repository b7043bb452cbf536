using System.Runtime.CompilerServices;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Kernels;

/// <summary>One row of one map: of the output for forward kernels, of the input for backward ones. Pointers are to the map.</summary>
internal unsafe struct PoolingRow
{
    internal ImageLayout Input;
    internal ImageLayout Output;
    internal Size2d Kernel;
    internal Size2d Stride;
    internal Padding2d Padding;
    internal bool CountsPadding;
    internal int Row;

    /// <summary>x, or backward its gradient.</summary>
    internal float* X;

    /// <summary>y, or backward its gradient.</summary>
    internal float* Y;

    /// <summary>For each y, which element of its window won: row·kernelWidth + column, exact in single precision.</summary>
    internal float* Winners;

    /// <summary>The elements of one axis that a window covers: [start, end) inside the input, counted from <c>origin</c>.</summary>
    internal static (int Origin, int Start, int End) Window(int index, int stride, int paddingBefore, int kernel, int length)
    {
        int origin = (index * stride) - paddingBefore;
        return (origin, Math.Max(0, origin), Math.Min(length, origin + kernel));
    }

    /// <summary>The windows of one axis that cover an element: [first, end).</summary>
    internal static (int First, int End) Covering(int element, int stride, int paddingBefore, int kernel, int windows)
    {
        int last = (element + paddingBefore) / stride;
        int beforeFirst = element + paddingBefore - kernel;
        int first = beforeFirst < 0 ? 0 : (beforeFirst / stride) + 1;
        return (first, Math.Min(windows, last + 1));
    }

    /// <summary>By how many elements a mean is divided.</summary>
    internal readonly int Divisor(int outputRow, int outputColumn)
    {
        return Extent(outputRow, Stride.Height, Padding.Top, Padding.Bottom, Kernel.Height, Input.Height) *
            Extent(outputColumn, Stride.Width, Padding.Left, Padding.Right, Kernel.Width, Input.Width);
    }

    private readonly int Extent(int index, int stride, int before, int after, int kernel, int length)
    {
        (int origin, int start, int end) = Window(index, stride, before, kernel, length);
        return CountsPadding ? Math.Min(length + after, origin + kernel) - origin : end - start;
    }
}

/// <summary>Largest element of each window of an output row.</summary>
/// <typeparam name="TKeepsWinners">Which one it was is stored.</typeparam>
internal readonly unsafe struct MaxPoolKernel<TKeepsWinners> : IColumnKernel<PoolingRow>
    where TKeepsWinners : IFlag
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(PoolingRow* row, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        ImageLayout input = row->Input;
        int lanes = input.Lanes;
        (int top, int firstRow, int endRow) = PoolingRow.Window(
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, input.Height);
        for (int column = 0; column < row->Output.Width; column++)
        {
            (int left, int firstColumn, int endColumn) = PoolingRow.Window(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, input.Width);
            TVector best = TOperations.Broadcast(float.NegativeInfinity);
            TVector winner = TOperations.Broadcast(((firstRow - top) * row->Kernel.Width) + firstColumn - left);
            for (int h = firstRow; h < endRow; h++)
            {
                for (int w = firstColumn; w < endColumn; w++)
                {
                    TVector value = TOperations.Load(row->X + (((h * input.Width) + w) * lanes) + lane);
                    if (TKeepsWinners.IsSet)
                    {
                        TVector here = TOperations.Broadcast(((h - top) * row->Kernel.Width) + w - left);
                        winner = TOperations.WhereGreater(value, best, here, winner);
                    }

                    best = TOperations.WhereGreater(value, best, value, best);
                }
            }

            int output = (((row->Row * row->Output.Width) + column) * lanes) + lane;
            TOperations.Store(row->Y + output, best);
            if (TKeepsWinners.IsSet)
            {
                TOperations.Store(row->Winners + output, winner);
            }
        }
    }
}

/// <summary>Each element of an input row gets the gradients of the windows that it won.</summary>
internal readonly unsafe struct MaxPoolBackwardKernel : IColumnKernel<PoolingRow>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(PoolingRow* row, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        ImageLayout output = row->Output;
        int lanes = output.Lanes;
        (int firstRow, int endRow) = PoolingRow.Covering(
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, output.Height);
        for (int column = 0; column < row->Input.Width; column++)
        {
            (int firstColumn, int endColumn) = PoolingRow.Covering(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, output.Width);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                int rowInWindow = row->Row + row->Padding.Top - (h * row->Stride.Height);
                for (int w = firstColumn; w < endColumn; w++)
                {
                    int columnInWindow = column + row->Padding.Left - (w * row->Stride.Width);
                    TVector here = TOperations.Broadcast((rowInWindow * row->Kernel.Width) + columnInWindow);
                    int at = (((h * output.Width) + w) * lanes) + lane;
                    TVector gradient = TOperations.Load(row->Y + at);
                    sum = TOperations.Add(sum, TOperations.WhereEqual(TOperations.Load(row->Winners + at), here, gradient));
                }
            }

            TOperations.Store(row->X + (((row->Row * row->Input.Width) + column) * lanes) + lane, sum);
        }
    }
}

/// <summary>Mean of each window of an output row.</summary>
internal readonly unsafe struct AveragePoolKernel : IColumnKernel<PoolingRow>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(PoolingRow* row, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        ImageLayout input = row->Input;
        int lanes = input.Lanes;
        (_, int firstRow, int endRow) = PoolingRow.Window(
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, input.Height);
        for (int column = 0; column < row->Output.Width; column++)
        {
            (_, int firstColumn, int endColumn) = PoolingRow.Window(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, input.Width);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                for (int w = firstColumn; w < endColumn; w++)
                {
                    sum = TOperations.Add(sum, TOperations.Load(row->X + (((h * input.Width) + w) * lanes) + lane));
                }
            }

            TVector share = TOperations.Broadcast(1f / row->Divisor(row->Row, column));
            TOperations.Store(row->Y + (((row->Row * row->Output.Width) + column) * lanes) + lane, TOperations.Multiply(sum, share));
        }
    }
}

/// <summary>Each element of an input row gets its share of the gradients of the windows that cover it.</summary>
internal readonly unsafe struct AveragePoolBackwardKernel : IColumnKernel<PoolingRow>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperations, TVector>(PoolingRow* row, int lane)
        where TOperations : ILaneOperations<TVector>
        where TVector : struct
    {
        ImageLayout output = row->Output;
        int lanes = output.Lanes;
        (int firstRow, int endRow) = PoolingRow.Covering(
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, output.Height);
        for (int column = 0; column < row->Input.Width; column++)
        {
            (int firstColumn, int endColumn) = PoolingRow.Covering(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, output.Width);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                for (int w = firstColumn; w < endColumn; w++)
                {
                    TVector share = TOperations.Broadcast(1f / row->Divisor(h, w));
                    TVector gradient = TOperations.Load(row->Y + (((h * output.Width) + w) * lanes) + lane);
                    sum = TOperations.MultiplyAdd(gradient, share, sum);
                }
            }

            TOperations.Store(row->X + (((row->Row * row->Input.Width) + column) * lanes) + lane, sum);
        }
    }
}
