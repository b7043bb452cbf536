using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>Weight-gradient micro-kernel for narrower vectors: 16 input channels, four at a time, × 16 output channels.</summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal static unsafe class OuterProductKernel<TOperations, TVector>
    where TOperations : struct, ILaneOperations<TVector>
    where TVector : struct
{
    private const int Lanes = ManagedLayout.Lanes;

    /// <summary>All 16 input channels; those of the filling give 0.</summary>
    internal static void Run(OuterProductArguments* arguments)
    {
        for (int channel = 0; channel < Lanes; channel += 4)
        {
            for (int lane = 0; lane < Lanes; lane += 2 * TOperations.Width)
            {
                RunPart(arguments, channel, lane);
            }
        }
    }

    /// <summary>Four channels × two vectors: eight sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPart(OuterProductArguments* arguments, int channel, int lane)
    {
        TVector a0 = TOperations.Broadcast(0);
        TVector b0 = TOperations.Broadcast(0);
        TVector a1 = TOperations.Broadcast(0);
        TVector b1 = TOperations.Broadcast(0);
        TVector a2 = TOperations.Broadcast(0);
        TVector b2 = TOperations.Broadcast(0);
        TVector a3 = TOperations.Broadcast(0);
        TVector b3 = TOperations.Broadcast(0);
        for (int image = 0; image < arguments->Images; image++)
        {
            for (int row = 0; row < arguments->Rows; row++)
            {
                float* x = arguments->Source + (image * arguments->SourceImageStride) + (row * arguments->SourceRowStride) + channel;
                float* g = arguments->Gradient + (image * arguments->GradientImageStride) + (row * arguments->GradientRowStride) + lane;
                float* end = g + (arguments->Pixels * Lanes);
                for (; g < end; g += Lanes, x += Lanes)
                {
                    TVector u = TOperations.Load(g);
                    TVector v = TOperations.Load(g + TOperations.Width);
                    TVector x0 = TOperations.Broadcast(x[0]);
                    a0 = TOperations.MultiplyAdd(x0, u, a0);
                    b0 = TOperations.MultiplyAdd(x0, v, b0);
                    TVector x1 = TOperations.Broadcast(x[1]);
                    a1 = TOperations.MultiplyAdd(x1, u, a1);
                    b1 = TOperations.MultiplyAdd(x1, v, b1);
                    TVector x2 = TOperations.Broadcast(x[2]);
                    a2 = TOperations.MultiplyAdd(x2, u, a2);
                    b2 = TOperations.MultiplyAdd(x2, v, b2);
                    TVector x3 = TOperations.Broadcast(x[3]);
                    a3 = TOperations.MultiplyAdd(x3, u, a3);
                    b3 = TOperations.MultiplyAdd(x3, v, b3);
                }
            }
        }

        float* sums = arguments->Sums + (channel * Lanes) + lane;
        bool accumulates = arguments->Accumulates;
        Store(a0, sums, accumulates);
        Store(b0, sums + TOperations.Width, accumulates);
        Store(a1, sums + (1 * Lanes), accumulates);
        Store(b1, sums + (1 * Lanes) + TOperations.Width, accumulates);
        Store(a2, sums + (2 * Lanes), accumulates);
        Store(b2, sums + (2 * Lanes) + TOperations.Width, accumulates);
        Store(a3, sums + (3 * Lanes), accumulates);
        Store(b3, sums + (3 * Lanes) + TOperations.Width, accumulates);
    }

    // Each call sums from 0 and adds what was there last: short sums of short sums lose fewer digits than one long sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector sum, float* sums, bool accumulates) =>
        TOperations.Store(sums, accumulates ? TOperations.Add(TOperations.Load(sums), sum) : sum);
}
