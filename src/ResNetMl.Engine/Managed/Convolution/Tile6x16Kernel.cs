using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// Micro-kernel for narrower vectors: up to 6 pixels of a row × one block of 16 output channels, as two vectors of 8 (12 of AVX2's 16
/// registers hold sums) or four of 4 (24 of NEON's 32).
/// </summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>. Every accumulator is a local, so that each stays in a register.</remarks>
internal static unsafe class Tile6x16Kernel<TOperations, TVector>
    where TOperations : struct, ILaneOperations<TVector>
    where TVector : struct
{
    private const int Lanes = ManagedLayout.Lanes;
    private static readonly delegate*<TileArguments*, void>[] Kernels =
    [
        &Run<Count1>,
        &Run<Count2>,
        &Run<Count3>,
        &Run<Count4>,
        &Run<Count5>,
        &Run<Count6>,
    ];

    /// <summary>The kernel for tiles of a number of pixels.</summary>
    internal static delegate*<TileArguments*, void> For(int pixels) => Kernels[pixels - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TPixels>(TileArguments* arguments)
        where TPixels : ICount
    {
        // Accumulators a, b are the block's first two vectors, c and d the last two where a vector has four lanes.
        TVector a0 = TOperations.Broadcast(0), b0 = TOperations.Broadcast(0), c0 = TOperations.Broadcast(0), d0 = TOperations.Broadcast(0);
        TVector a1 = TOperations.Broadcast(0), b1 = TOperations.Broadcast(0), c1 = TOperations.Broadcast(0), d1 = TOperations.Broadcast(0);
        TVector a2 = TOperations.Broadcast(0), b2 = TOperations.Broadcast(0), c2 = TOperations.Broadcast(0), d2 = TOperations.Broadcast(0);
        TVector a3 = TOperations.Broadcast(0), b3 = TOperations.Broadcast(0), c3 = TOperations.Broadcast(0), d3 = TOperations.Broadcast(0);
        TVector a4 = TOperations.Broadcast(0), b4 = TOperations.Broadcast(0), c4 = TOperations.Broadcast(0), d4 = TOperations.Broadcast(0);
        TVector a5 = TOperations.Broadcast(0), b5 = TOperations.Broadcast(0), c5 = TOperations.Broadcast(0), d5 = TOperations.Broadcast(0);

        int count = TOperations.Width;
        float* weights = arguments->Weights;
        float* block = arguments->Source;
        int tapCount = arguments->TapCount;
        int* tapOffsets = arguments->TapOffsets;
        for (int inputBlock = arguments->InputBlocks; inputBlock > 0; inputBlock--, block += arguments->SourceBlockStride)
        {
            int channels = inputBlock == 1 ? arguments->LastBlockChannels : Lanes;
            for (int tap = 0; tap < tapCount; tap++)
            {
                float* x = block + tapOffsets[tap];
                float* end = x + channels;
                for (; x < end; x++, weights += Lanes)
                {
                    TVector u = TOperations.Load(weights);
                    TVector v = TOperations.Load(weights + count);
                    TVector x0 = TOperations.Broadcast(*x);
                    a0 = TOperations.MultiplyAdd(x0, u, a0);
                    b0 = TOperations.MultiplyAdd(x0, v, b0);
                    if (TOperations.Width == 4)
                    {
                        c0 = TOperations.MultiplyAdd(x0, TOperations.Load(weights + 8), c0);
                        d0 = TOperations.MultiplyAdd(x0, TOperations.Load(weights + 12), d0);
                    }

                    if (TPixels.Value > 1)
                    {
                        TVector x1 = TOperations.Broadcast(x[1 * Lanes]);
                        a1 = TOperations.MultiplyAdd(x1, u, a1);
                        b1 = TOperations.MultiplyAdd(x1, v, b1);
                        if (TOperations.Width == 4)
                        {
                            c1 = TOperations.MultiplyAdd(x1, TOperations.Load(weights + 8), c1);
                            d1 = TOperations.MultiplyAdd(x1, TOperations.Load(weights + 12), d1);
                        }
                    }

                    if (TPixels.Value > 2)
                    {
                        TVector x2 = TOperations.Broadcast(x[2 * Lanes]);
                        a2 = TOperations.MultiplyAdd(x2, u, a2);
                        b2 = TOperations.MultiplyAdd(x2, v, b2);
                        if (TOperations.Width == 4)
                        {
                            c2 = TOperations.MultiplyAdd(x2, TOperations.Load(weights + 8), c2);
                            d2 = TOperations.MultiplyAdd(x2, TOperations.Load(weights + 12), d2);
                        }
                    }

                    if (TPixels.Value > 3)
                    {
                        TVector x3 = TOperations.Broadcast(x[3 * Lanes]);
                        a3 = TOperations.MultiplyAdd(x3, u, a3);
                        b3 = TOperations.MultiplyAdd(x3, v, b3);
                        if (TOperations.Width == 4)
                        {
                            c3 = TOperations.MultiplyAdd(x3, TOperations.Load(weights + 8), c3);
                            d3 = TOperations.MultiplyAdd(x3, TOperations.Load(weights + 12), d3);
                        }
                    }

                    if (TPixels.Value > 4)
                    {
                        TVector x4 = TOperations.Broadcast(x[4 * Lanes]);
                        a4 = TOperations.MultiplyAdd(x4, u, a4);
                        b4 = TOperations.MultiplyAdd(x4, v, b4);
                        if (TOperations.Width == 4)
                        {
                            c4 = TOperations.MultiplyAdd(x4, TOperations.Load(weights + 8), c4);
                            d4 = TOperations.MultiplyAdd(x4, TOperations.Load(weights + 12), d4);
                        }
                    }

                    if (TPixels.Value > 5)
                    {
                        TVector x5 = TOperations.Broadcast(x[5 * Lanes]);
                        a5 = TOperations.MultiplyAdd(x5, u, a5);
                        b5 = TOperations.MultiplyAdd(x5, v, b5);
                        if (TOperations.Width == 4)
                        {
                            c5 = TOperations.MultiplyAdd(x5, TOperations.Load(weights + 8), c5);
                            d5 = TOperations.MultiplyAdd(x5, TOperations.Load(weights + 12), d5);
                        }
                    }
                }
            }
        }

        Finish(arguments, a0, b0, c0, d0, pixel: 0);

        if (TPixels.Value > 1)
        {
            Finish(arguments, a1, b1, c1, d1, pixel: 1);
        }

        if (TPixels.Value > 2)
        {
            Finish(arguments, a2, b2, c2, d2, pixel: 2);
        }

        if (TPixels.Value > 3)
        {
            Finish(arguments, a3, b3, c3, d3, pixel: 3);
        }

        if (TPixels.Value > 4)
        {
            Finish(arguments, a4, b4, c4, d4, pixel: 4);
        }

        if (TPixels.Value > 5)
        {
            Finish(arguments, a5, b5, c5, d5, pixel: 5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TileArguments* arguments, TVector a, TVector b, TVector c, TVector d, int pixel)
    {
        FinishVector(arguments, a, pixel, 0);
        FinishVector(arguments, b, pixel, TOperations.Width);
        if (TOperations.Width == 4)
        {
            FinishVector(arguments, c, pixel, 8);
            FinishVector(arguments, d, pixel, 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FinishVector(TileArguments* arguments, TVector sum, int pixel, int lane)
    {
        long offset = ((long)pixel * arguments->DestinationPixelStep) + lane;
        if (arguments->Bias is not null)
        {
            sum = TOperations.Add(sum, TOperations.Load(arguments->Bias + lane));
        }

        if (arguments->Addend is not null)
        {
            sum = TOperations.Add(sum, TOperations.Load(arguments->Addend + offset));
        }

        TOperations.Store(arguments->Destination + offset, arguments->IsActivated ? TOperations.Relu(sum) : sum);
    }
}
