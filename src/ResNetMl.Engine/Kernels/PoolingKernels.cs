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
    internal Size2d Dilation;
    internal Padding2d Padding;
    internal bool CountsPadding;
    internal int Row;

    /// <summary>x, or backward its gradient.</summary>
    internal float* X;

    /// <summary>y, or backward its gradient.</summary>
    internal float* Y;

    /// <summary>For each y, which element of its window won: row·kernelWidth + column, exact in single precision.</summary>
    internal float* Winners;

    /// <summary>The taps of a window along H that lie inside the input: [first, end), and the row of tap 0.</summary>
    internal readonly (int Origin, int First, int End) RowTaps(int outputRow) =>
        Taps(outputRow, Stride.Height, Padding.Top, Kernel.Height, Dilation.Height, Input.Height);

    /// <summary>The taps of a window along W that lie inside the input: [first, end), and the column of tap 0.</summary>
    internal readonly (int Origin, int First, int End) ColumnTaps(int outputColumn) =>
        Taps(outputColumn, Stride.Width, Padding.Left, Kernel.Width, Dilation.Width, Input.Width);

    /// <summary>The windows of one axis that reach over an element: [first, end). Those whose taps skip it are among them.</summary>
    internal static (int First, int End) Covering(int element, int stride, int paddingBefore, int kernel, int dilation, int windows)
    {
        int last = (element + paddingBefore) / stride;
        int beforeFirst = element + paddingBefore - ((kernel - 1) * dilation) - 1;
        int first = beforeFirst < 0 ? 0 : (beforeFirst / stride) + 1;
        return (first, Math.Min(windows, last + 1));
    }

    /// <summary>Which tap of a window is a distance away from its first, if any is.</summary>
    internal static bool IsTap(int distance, int dilation, out int tap)
    {
        tap = dilation == 1 ? distance : distance / dilation;
        return tap * dilation == distance;
    }

    /// <summary>By how many elements a mean is divided.</summary>
    internal readonly int Divisor(int outputRow, int outputColumn)
    {
        (int top, int firstRow, int endRow) = RowTaps(outputRow);
        (int left, int firstColumn, int endColumn) = ColumnTaps(outputColumn);
        return CountsPadding
            ? TapsBefore(Input.Height + Padding.Bottom, top, Kernel.Height, Dilation.Height) *
              TapsBefore(Input.Width + Padding.Right, left, Kernel.Width, Dilation.Width)
            : (endRow - firstRow) * (endColumn - firstColumn);
    }

    private static (int Origin, int First, int End) Taps(int index, int stride, int paddingBefore, int kernel, int dilation, int length)
    {
        int origin = (index * stride) - paddingBefore;
        int first = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
        return (origin, first, Math.Max(first, TapsBefore(length, origin, kernel, dilation)));
    }

    /// <summary>How many taps lie before a place, the first being at the origin.</summary>
    private static int TapsBefore(int place, int origin, int kernel, int dilation) =>
        place <= origin ? 0 : Math.Min(kernel, dilation == 1 ? place - origin : ((place - origin - 1) / dilation) + 1);
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
        (int top, int firstRow, int endRow) = row->RowTaps(row->Row);
        for (int column = 0; column < row->Output.Width; column++)
        {
            (int left, int firstColumn, int endColumn) = row->ColumnTaps(column);
            TVector best = TOperations.Broadcast(float.NegativeInfinity);
            TVector winner = TOperations.Broadcast((firstRow * row->Kernel.Width) + firstColumn);
            for (int h = firstRow; h < endRow; h++)
            {
                float* x = row->X + (((((top + (h * row->Dilation.Height)) * input.Width) + left) * lanes) + lane);
                for (int w = firstColumn; w < endColumn; w++)
                {
                    TVector value = TOperations.Load(x + (w * row->Dilation.Width * lanes));
                    if (TKeepsWinners.IsSet)
                    {
                        TVector here = TOperations.Broadcast((h * row->Kernel.Width) + w);
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
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, row->Dilation.Height, output.Height);
        for (int column = 0; column < row->Input.Width; column++)
        {
            (int firstColumn, int endColumn) = PoolingRow.Covering(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, row->Dilation.Width, output.Width);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                if (!PoolingRow.IsTap(row->Row + row->Padding.Top - (h * row->Stride.Height), row->Dilation.Height, out int tapRow))
                {
                    continue;
                }

                for (int w = firstColumn; w < endColumn; w++)
                {
                    if (!PoolingRow.IsTap(column + row->Padding.Left - (w * row->Stride.Width), row->Dilation.Width, out int tapColumn))
                    {
                        continue;
                    }

                    TVector here = TOperations.Broadcast((tapRow * row->Kernel.Width) + tapColumn);
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
        (int top, int firstRow, int endRow) = row->RowTaps(row->Row);
        for (int column = 0; column < row->Output.Width; column++)
        {
            (int left, int firstColumn, int endColumn) = row->ColumnTaps(column);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                float* x = row->X + (((((top + (h * row->Dilation.Height)) * input.Width) + left) * lanes) + lane);
                for (int w = firstColumn; w < endColumn; w++)
                {
                    sum = TOperations.Add(sum, TOperations.Load(x + (w * row->Dilation.Width * lanes)));
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
            row->Row, row->Stride.Height, row->Padding.Top, row->Kernel.Height, row->Dilation.Height, output.Height);
        for (int column = 0; column < row->Input.Width; column++)
        {
            (int firstColumn, int endColumn) = PoolingRow.Covering(
                column, row->Stride.Width, row->Padding.Left, row->Kernel.Width, row->Dilation.Width, output.Width);
            TVector sum = TOperations.Broadcast(0);
            for (int h = firstRow; h < endRow; h++)
            {
                bool isRowTap = PoolingRow.IsTap(row->Row + row->Padding.Top - (h * row->Stride.Height), row->Dilation.Height, out _);
                for (int w = firstColumn; isRowTap && w < endColumn; w++)
                {
                    if (!PoolingRow.IsTap(column + row->Padding.Left - (w * row->Stride.Width), row->Dilation.Width, out _))
                    {
                        continue;
                    }

                    TVector share = TOperations.Broadcast(1f / row->Divisor(h, w));
                    TVector gradient = TOperations.Load(row->Y + (((h * output.Width) + w) * lanes) + lane);
                    sum = TOperations.MultiplyAdd(gradient, share, sum);
                }
            }

            TOperations.Store(row->X + (((row->Row * row->Input.Width) + column) * lanes) + lane, sum);
        }
    }
}
