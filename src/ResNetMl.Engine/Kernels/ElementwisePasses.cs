using System.Runtime.CompilerServices;

namespace ResNetMl.Engine.Kernels;

/// <summary>Passes over arrays of equal lengths and layouts, whatever the layout is. The result may be one of the arrays read.</summary>
internal static unsafe class ElementwisePasses
{
    /// <summary>result = left + right, then relu where asked for.</summary>
    internal static void Add(ParallelRunner runner, float* left, float* right, float* result, long count, bool hasRelu)
    {
        var arrays = new Arrays { First = left, Second = right, Result = result, Count = checked((int)count) };
        if (hasRelu)
        {
            runner.Run(&Share<AddKernel<Yes>>, &arrays);
        }
        else
        {
            runner.Run(&Share<AddKernel<No>>, &arrays);
        }
    }

    /// <summary>result = max(x, 0).</summary>
    internal static void Relu(ParallelRunner runner, float* x, float* result, long count)
    {
        var arrays = new Arrays { First = x, Result = result, Count = checked((int)count) };
        runner.Run(&Share<ReluKernel>, &arrays);
    }

    /// <summary>result = gradient + other where y is positive, else 0; other may be null.</summary>
    internal static void ReluBackward(ParallelRunner runner, float* y, float* gradient, float* other, float* result, long count)
    {
        var arrays = new Arrays { First = y, Second = gradient, Third = other, Result = result, Count = checked((int)count) };
        if (other == null)
        {
            runner.Run(&Share<ReluBackwardKernel<No>>, &arrays);
        }
        else
        {
            runner.Run(&Share<ReluBackwardKernel<Yes>>, &arrays);
        }
    }

    /// <summary>result = x.</summary>
    internal static void Copy(ParallelRunner runner, float* x, float* result, long count)
    {
        var arrays = new Arrays { First = x, Result = result, Count = checked((int)count) };
        runner.Run(&Share<CopyKernel>, &arrays);
    }

    private static void Share<TKernel>(void* argument, int thread, int threadCount)
        where TKernel : IColumnKernel<Arrays>
    {
        Arrays whole = *(Arrays*)argument;
        (int start, int end) = ParallelRunner.Share(whole.Count, thread, threadCount, grain: Arrays.Stride);
        Arrays rows = whole.At(start);
        rows.Count = (end - start) / Arrays.Stride;
        if (rows.Count > 0)
        {
            Columns.Run<TKernel, Arrays>(&rows, Arrays.Stride);
        }

        int rest = (end - start) % Arrays.Stride;
        if (rest > 0)
        {
            Arrays tail = whole.At(end - rest);
            tail.Count = 1;
            Columns.Run<TKernel, Arrays>(&tail, rest);
        }
    }

    private struct Arrays
    {
        /// <summary>Elements in a row: a column of vectors of this length is the whole array.</summary>
        internal const int Stride = 16;

        internal float* First;
        internal float* Second;
        internal float* Third;
        internal float* Result;

        /// <summary>Elements for the pass, rows for a kernel.</summary>
        internal int Count;

        internal readonly Arrays At(int offset) => new()
        {
            First = First + offset,
            Second = Second + offset,
            Third = Third + offset,
            Result = Result + offset,
        };
    }

    private readonly struct AddKernel<TRelu> : IColumnKernel<Arrays>
        where TRelu : IFlag
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Arrays* arrays, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            float* left = arrays->First + lane;
            float* right = arrays->Second + lane;
            float* result = arrays->Result + lane;
            nint end = (nint)arrays->Count * Arrays.Stride;
            for (nint i = 0; i < end; i += Arrays.Stride)
            {
                TVector sum = TOperations.Add(TOperations.Load(left + i), TOperations.Load(right + i));
                TOperations.Store(result + i, TRelu.IsSet ? TOperations.Relu(sum) : sum);
            }
        }
    }

    private readonly struct ReluKernel : IColumnKernel<Arrays>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Arrays* arrays, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            float* x = arrays->First + lane;
            float* result = arrays->Result + lane;
            nint end = (nint)arrays->Count * Arrays.Stride;
            for (nint i = 0; i < end; i += Arrays.Stride)
            {
                TOperations.Store(result + i, TOperations.Relu(TOperations.Load(x + i)));
            }
        }
    }

    private readonly struct CopyKernel : IColumnKernel<Arrays>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Arrays* arrays, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            float* x = arrays->First + lane;
            float* result = arrays->Result + lane;
            nint end = (nint)arrays->Count * Arrays.Stride;
            for (nint i = 0; i < end; i += Arrays.Stride)
            {
                TOperations.Store(result + i, TOperations.Load(x + i));
            }
        }
    }

    private readonly struct ReluBackwardKernel<TOther> : IColumnKernel<Arrays>
        where TOther : IFlag
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Arrays* arrays, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            float* y = arrays->First + lane;
            float* gradient = arrays->Second + lane;
            float* other = arrays->Third + lane;
            float* result = arrays->Result + lane;
            nint end = (nint)arrays->Count * Arrays.Stride;
            for (nint i = 0; i < end; i += Arrays.Stride)
            {
                TVector g = TOperations.Load(gradient + i);
                if (TOther.IsSet)
                {
                    g = TOperations.Add(g, TOperations.Load(other + i));
                }

                TOperations.Store(result + i, TOperations.WherePositive(TOperations.Load(y + i), g));
            }
        }
    }
}
