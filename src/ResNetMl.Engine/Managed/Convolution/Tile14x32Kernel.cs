using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>AVX-512 micro-kernel: up to 14 pixels of a row × two blocks of 16 output channels.</summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>. Every accumulator is a local, so that each stays in a register.</remarks>
internal static unsafe class Tile14x32Kernel
{
    /// <summary>The most pixels in a tile.</summary>
    internal const int MaximumPixels = 14;

    private const int Lanes = ManagedLayout.Lanes;
    private static readonly delegate*<TileArguments*, void>[] Kernels =
    [
        &Run<Count1>,
        &Run<Count2>,
        &Run<Count3>,
        &Run<Count4>,
        &Run<Count5>,
        &Run<Count6>,
        &Run<Count7>,
        &Run<Count8>,
        &Run<Count9>,
        &Run<Count10>,
        &Run<Count11>,
        &Run<Count12>,
        &Run<Count13>,
        &Run<Count14>,
    ];

    /// <summary>The kernel for tiles of a number of pixels.</summary>
    internal static delegate*<TileArguments*, void> For(int pixels) => Kernels[pixels - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TPixels>(TileArguments* arguments)
        where TPixels : ICount
    {
        Vector512<float> a0 = Vector512<float>.Zero, b0 = Vector512<float>.Zero;
        Vector512<float> a1 = Vector512<float>.Zero, b1 = Vector512<float>.Zero;
        Vector512<float> a2 = Vector512<float>.Zero, b2 = Vector512<float>.Zero;
        Vector512<float> a3 = Vector512<float>.Zero, b3 = Vector512<float>.Zero;
        Vector512<float> a4 = Vector512<float>.Zero, b4 = Vector512<float>.Zero;
        Vector512<float> a5 = Vector512<float>.Zero, b5 = Vector512<float>.Zero;
        Vector512<float> a6 = Vector512<float>.Zero, b6 = Vector512<float>.Zero;
        Vector512<float> a7 = Vector512<float>.Zero, b7 = Vector512<float>.Zero;
        Vector512<float> a8 = Vector512<float>.Zero, b8 = Vector512<float>.Zero;
        Vector512<float> a9 = Vector512<float>.Zero, b9 = Vector512<float>.Zero;
        Vector512<float> a10 = Vector512<float>.Zero, b10 = Vector512<float>.Zero;
        Vector512<float> a11 = Vector512<float>.Zero, b11 = Vector512<float>.Zero;
        Vector512<float> a12 = Vector512<float>.Zero, b12 = Vector512<float>.Zero;
        Vector512<float> a13 = Vector512<float>.Zero, b13 = Vector512<float>.Zero;

        float* weights = arguments->Weights;
        float* block = arguments->Source;
        int tapCount = arguments->TapCount;
        int* tapOffsets = arguments->TapOffsets;
        for (int inputBlock = arguments->InputBlocks; inputBlock > 0; inputBlock--, block += arguments->SourceBlockStride)
        {
            int channels = inputBlock == 1 ? arguments->LastBlockChannels : Lanes;
            if (tapCount == 1)
            {
                TileArguments.Prefetch(
                    inputBlock > 1 ? block + arguments->SourceBlockStride : arguments->Source + (TPixels.Value * Lanes), TPixels.Value);
            }

            for (int tap = 0; tap < tapCount; tap++)
            {
                float* x = block + tapOffsets[tap];
                float* end = x + channels;
                for (; x < end; x++)
                {
                    Vector512<float> v = Vector512.Load(weights);
                    Vector512<float> w = Vector512.Load(weights + Lanes);
                    weights += 2 * Lanes;
                    Vector512<float> x0 = Vector512.Create(*x);
                    a0 = Vector512.FusedMultiplyAdd(x0, v, a0);
                    b0 = Vector512.FusedMultiplyAdd(x0, w, b0);

                    if (TPixels.Value > 1)
                    {
                        Vector512<float> x1 = Vector512.Create(x[1 * Lanes]);
                        a1 = Vector512.FusedMultiplyAdd(x1, v, a1);
                        b1 = Vector512.FusedMultiplyAdd(x1, w, b1);
                    }

                    if (TPixels.Value > 2)
                    {
                        Vector512<float> x2 = Vector512.Create(x[2 * Lanes]);
                        a2 = Vector512.FusedMultiplyAdd(x2, v, a2);
                        b2 = Vector512.FusedMultiplyAdd(x2, w, b2);
                    }

                    if (TPixels.Value > 3)
                    {
                        Vector512<float> x3 = Vector512.Create(x[3 * Lanes]);
                        a3 = Vector512.FusedMultiplyAdd(x3, v, a3);
                        b3 = Vector512.FusedMultiplyAdd(x3, w, b3);
                    }

                    if (TPixels.Value > 4)
                    {
                        Vector512<float> x4 = Vector512.Create(x[4 * Lanes]);
                        a4 = Vector512.FusedMultiplyAdd(x4, v, a4);
                        b4 = Vector512.FusedMultiplyAdd(x4, w, b4);
                    }

                    if (TPixels.Value > 5)
                    {
                        Vector512<float> x5 = Vector512.Create(x[5 * Lanes]);
                        a5 = Vector512.FusedMultiplyAdd(x5, v, a5);
                        b5 = Vector512.FusedMultiplyAdd(x5, w, b5);
                    }

                    if (TPixels.Value > 6)
                    {
                        Vector512<float> x6 = Vector512.Create(x[6 * Lanes]);
                        a6 = Vector512.FusedMultiplyAdd(x6, v, a6);
                        b6 = Vector512.FusedMultiplyAdd(x6, w, b6);
                    }

                    if (TPixels.Value > 7)
                    {
                        Vector512<float> x7 = Vector512.Create(x[7 * Lanes]);
                        a7 = Vector512.FusedMultiplyAdd(x7, v, a7);
                        b7 = Vector512.FusedMultiplyAdd(x7, w, b7);
                    }

                    if (TPixels.Value > 8)
                    {
                        Vector512<float> x8 = Vector512.Create(x[8 * Lanes]);
                        a8 = Vector512.FusedMultiplyAdd(x8, v, a8);
                        b8 = Vector512.FusedMultiplyAdd(x8, w, b8);
                    }

                    if (TPixels.Value > 9)
                    {
                        Vector512<float> x9 = Vector512.Create(x[9 * Lanes]);
                        a9 = Vector512.FusedMultiplyAdd(x9, v, a9);
                        b9 = Vector512.FusedMultiplyAdd(x9, w, b9);
                    }

                    if (TPixels.Value > 10)
                    {
                        Vector512<float> x10 = Vector512.Create(x[10 * Lanes]);
                        a10 = Vector512.FusedMultiplyAdd(x10, v, a10);
                        b10 = Vector512.FusedMultiplyAdd(x10, w, b10);
                    }

                    if (TPixels.Value > 11)
                    {
                        Vector512<float> x11 = Vector512.Create(x[11 * Lanes]);
                        a11 = Vector512.FusedMultiplyAdd(x11, v, a11);
                        b11 = Vector512.FusedMultiplyAdd(x11, w, b11);
                    }

                    if (TPixels.Value > 12)
                    {
                        Vector512<float> x12 = Vector512.Create(x[12 * Lanes]);
                        a12 = Vector512.FusedMultiplyAdd(x12, v, a12);
                        b12 = Vector512.FusedMultiplyAdd(x12, w, b12);
                    }

                    if (TPixels.Value > 13)
                    {
                        Vector512<float> x13 = Vector512.Create(x[13 * Lanes]);
                        a13 = Vector512.FusedMultiplyAdd(x13, v, a13);
                        b13 = Vector512.FusedMultiplyAdd(x13, w, b13);
                    }
                }
            }
        }

        arguments->Finish(a0, pixel: 0, block: 0);
        arguments->Finish(b0, pixel: 0, block: 1);

        if (TPixels.Value > 1)
        {
            arguments->Finish(a1, pixel: 1, block: 0);
            arguments->Finish(b1, pixel: 1, block: 1);
        }

        if (TPixels.Value > 2)
        {
            arguments->Finish(a2, pixel: 2, block: 0);
            arguments->Finish(b2, pixel: 2, block: 1);
        }

        if (TPixels.Value > 3)
        {
            arguments->Finish(a3, pixel: 3, block: 0);
            arguments->Finish(b3, pixel: 3, block: 1);
        }

        if (TPixels.Value > 4)
        {
            arguments->Finish(a4, pixel: 4, block: 0);
            arguments->Finish(b4, pixel: 4, block: 1);
        }

        if (TPixels.Value > 5)
        {
            arguments->Finish(a5, pixel: 5, block: 0);
            arguments->Finish(b5, pixel: 5, block: 1);
        }

        if (TPixels.Value > 6)
        {
            arguments->Finish(a6, pixel: 6, block: 0);
            arguments->Finish(b6, pixel: 6, block: 1);
        }

        if (TPixels.Value > 7)
        {
            arguments->Finish(a7, pixel: 7, block: 0);
            arguments->Finish(b7, pixel: 7, block: 1);
        }

        if (TPixels.Value > 8)
        {
            arguments->Finish(a8, pixel: 8, block: 0);
            arguments->Finish(b8, pixel: 8, block: 1);
        }

        if (TPixels.Value > 9)
        {
            arguments->Finish(a9, pixel: 9, block: 0);
            arguments->Finish(b9, pixel: 9, block: 1);
        }

        if (TPixels.Value > 10)
        {
            arguments->Finish(a10, pixel: 10, block: 0);
            arguments->Finish(b10, pixel: 10, block: 1);
        }

        if (TPixels.Value > 11)
        {
            arguments->Finish(a11, pixel: 11, block: 0);
            arguments->Finish(b11, pixel: 11, block: 1);
        }

        if (TPixels.Value > 12)
        {
            arguments->Finish(a12, pixel: 12, block: 0);
            arguments->Finish(b12, pixel: 12, block: 1);
        }

        if (TPixels.Value > 13)
        {
            arguments->Finish(a13, pixel: 13, block: 0);
            arguments->Finish(b13, pixel: 13, block: 1);
        }
    }
}
