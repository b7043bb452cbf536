using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>AVX-512 micro-kernel: up to 28 pixels of a row × one block of 16 output channels.</summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>. Every accumulator is a local, so that each stays in a register.</remarks>
internal static unsafe class Tile28x16Kernel
{
    /// <summary>The most pixels in a tile.</summary>
    internal const int MaximumPixels = 28;

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
        &Run<Count15>,
        &Run<Count16>,
        &Run<Count17>,
        &Run<Count18>,
        &Run<Count19>,
        &Run<Count20>,
        &Run<Count21>,
        &Run<Count22>,
        &Run<Count23>,
        &Run<Count24>,
        &Run<Count25>,
        &Run<Count26>,
        &Run<Count27>,
        &Run<Count28>,
    ];

    /// <summary>The kernel for tiles of a number of pixels.</summary>
    internal static delegate*<TileArguments*, void> For(int pixels) => Kernels[pixels - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TPixels>(TileArguments* arguments)
        where TPixels : ICount
    {
        Vector512<float> a0 = Vector512<float>.Zero;
        Vector512<float> a1 = Vector512<float>.Zero;
        Vector512<float> a2 = Vector512<float>.Zero;
        Vector512<float> a3 = Vector512<float>.Zero;
        Vector512<float> a4 = Vector512<float>.Zero;
        Vector512<float> a5 = Vector512<float>.Zero;
        Vector512<float> a6 = Vector512<float>.Zero;
        Vector512<float> a7 = Vector512<float>.Zero;
        Vector512<float> a8 = Vector512<float>.Zero;
        Vector512<float> a9 = Vector512<float>.Zero;
        Vector512<float> a10 = Vector512<float>.Zero;
        Vector512<float> a11 = Vector512<float>.Zero;
        Vector512<float> a12 = Vector512<float>.Zero;
        Vector512<float> a13 = Vector512<float>.Zero;
        Vector512<float> a14 = Vector512<float>.Zero;
        Vector512<float> a15 = Vector512<float>.Zero;
        Vector512<float> a16 = Vector512<float>.Zero;
        Vector512<float> a17 = Vector512<float>.Zero;
        Vector512<float> a18 = Vector512<float>.Zero;
        Vector512<float> a19 = Vector512<float>.Zero;
        Vector512<float> a20 = Vector512<float>.Zero;
        Vector512<float> a21 = Vector512<float>.Zero;
        Vector512<float> a22 = Vector512<float>.Zero;
        Vector512<float> a23 = Vector512<float>.Zero;
        Vector512<float> a24 = Vector512<float>.Zero;
        Vector512<float> a25 = Vector512<float>.Zero;
        Vector512<float> a26 = Vector512<float>.Zero;
        Vector512<float> a27 = Vector512<float>.Zero;

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
                    Vector512<float> w = Vector512.Load(weights);
                    weights += Lanes;
                    a0 = Vector512.FusedMultiplyAdd(Vector512.Create(*x), w, a0);

                    if (TPixels.Value > 1)
                    {
                        a1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1 * Lanes]), w, a1);
                    }

                    if (TPixels.Value > 2)
                    {
                        a2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2 * Lanes]), w, a2);
                    }

                    if (TPixels.Value > 3)
                    {
                        a3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3 * Lanes]), w, a3);
                    }

                    if (TPixels.Value > 4)
                    {
                        a4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4 * Lanes]), w, a4);
                    }

                    if (TPixels.Value > 5)
                    {
                        a5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5 * Lanes]), w, a5);
                    }

                    if (TPixels.Value > 6)
                    {
                        a6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6 * Lanes]), w, a6);
                    }

                    if (TPixels.Value > 7)
                    {
                        a7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7 * Lanes]), w, a7);
                    }

                    if (TPixels.Value > 8)
                    {
                        a8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8 * Lanes]), w, a8);
                    }

                    if (TPixels.Value > 9)
                    {
                        a9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9 * Lanes]), w, a9);
                    }

                    if (TPixels.Value > 10)
                    {
                        a10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10 * Lanes]), w, a10);
                    }

                    if (TPixels.Value > 11)
                    {
                        a11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11 * Lanes]), w, a11);
                    }

                    if (TPixels.Value > 12)
                    {
                        a12 = Vector512.FusedMultiplyAdd(Vector512.Create(x[12 * Lanes]), w, a12);
                    }

                    if (TPixels.Value > 13)
                    {
                        a13 = Vector512.FusedMultiplyAdd(Vector512.Create(x[13 * Lanes]), w, a13);
                    }

                    if (TPixels.Value > 14)
                    {
                        a14 = Vector512.FusedMultiplyAdd(Vector512.Create(x[14 * Lanes]), w, a14);
                    }

                    if (TPixels.Value > 15)
                    {
                        a15 = Vector512.FusedMultiplyAdd(Vector512.Create(x[15 * Lanes]), w, a15);
                    }

                    if (TPixels.Value > 16)
                    {
                        a16 = Vector512.FusedMultiplyAdd(Vector512.Create(x[16 * Lanes]), w, a16);
                    }

                    if (TPixels.Value > 17)
                    {
                        a17 = Vector512.FusedMultiplyAdd(Vector512.Create(x[17 * Lanes]), w, a17);
                    }

                    if (TPixels.Value > 18)
                    {
                        a18 = Vector512.FusedMultiplyAdd(Vector512.Create(x[18 * Lanes]), w, a18);
                    }

                    if (TPixels.Value > 19)
                    {
                        a19 = Vector512.FusedMultiplyAdd(Vector512.Create(x[19 * Lanes]), w, a19);
                    }

                    if (TPixels.Value > 20)
                    {
                        a20 = Vector512.FusedMultiplyAdd(Vector512.Create(x[20 * Lanes]), w, a20);
                    }

                    if (TPixels.Value > 21)
                    {
                        a21 = Vector512.FusedMultiplyAdd(Vector512.Create(x[21 * Lanes]), w, a21);
                    }

                    if (TPixels.Value > 22)
                    {
                        a22 = Vector512.FusedMultiplyAdd(Vector512.Create(x[22 * Lanes]), w, a22);
                    }

                    if (TPixels.Value > 23)
                    {
                        a23 = Vector512.FusedMultiplyAdd(Vector512.Create(x[23 * Lanes]), w, a23);
                    }

                    if (TPixels.Value > 24)
                    {
                        a24 = Vector512.FusedMultiplyAdd(Vector512.Create(x[24 * Lanes]), w, a24);
                    }

                    if (TPixels.Value > 25)
                    {
                        a25 = Vector512.FusedMultiplyAdd(Vector512.Create(x[25 * Lanes]), w, a25);
                    }

                    if (TPixels.Value > 26)
                    {
                        a26 = Vector512.FusedMultiplyAdd(Vector512.Create(x[26 * Lanes]), w, a26);
                    }

                    if (TPixels.Value > 27)
                    {
                        a27 = Vector512.FusedMultiplyAdd(Vector512.Create(x[27 * Lanes]), w, a27);
                    }
                }
            }
        }

        arguments->Finish(a0, pixel: 0, block: 0);

        if (TPixels.Value > 1)
        {
            arguments->Finish(a1, pixel: 1, block: 0);
        }

        if (TPixels.Value > 2)
        {
            arguments->Finish(a2, pixel: 2, block: 0);
        }

        if (TPixels.Value > 3)
        {
            arguments->Finish(a3, pixel: 3, block: 0);
        }

        if (TPixels.Value > 4)
        {
            arguments->Finish(a4, pixel: 4, block: 0);
        }

        if (TPixels.Value > 5)
        {
            arguments->Finish(a5, pixel: 5, block: 0);
        }

        if (TPixels.Value > 6)
        {
            arguments->Finish(a6, pixel: 6, block: 0);
        }

        if (TPixels.Value > 7)
        {
            arguments->Finish(a7, pixel: 7, block: 0);
        }

        if (TPixels.Value > 8)
        {
            arguments->Finish(a8, pixel: 8, block: 0);
        }

        if (TPixels.Value > 9)
        {
            arguments->Finish(a9, pixel: 9, block: 0);
        }

        if (TPixels.Value > 10)
        {
            arguments->Finish(a10, pixel: 10, block: 0);
        }

        if (TPixels.Value > 11)
        {
            arguments->Finish(a11, pixel: 11, block: 0);
        }

        if (TPixels.Value > 12)
        {
            arguments->Finish(a12, pixel: 12, block: 0);
        }

        if (TPixels.Value > 13)
        {
            arguments->Finish(a13, pixel: 13, block: 0);
        }

        if (TPixels.Value > 14)
        {
            arguments->Finish(a14, pixel: 14, block: 0);
        }

        if (TPixels.Value > 15)
        {
            arguments->Finish(a15, pixel: 15, block: 0);
        }

        if (TPixels.Value > 16)
        {
            arguments->Finish(a16, pixel: 16, block: 0);
        }

        if (TPixels.Value > 17)
        {
            arguments->Finish(a17, pixel: 17, block: 0);
        }

        if (TPixels.Value > 18)
        {
            arguments->Finish(a18, pixel: 18, block: 0);
        }

        if (TPixels.Value > 19)
        {
            arguments->Finish(a19, pixel: 19, block: 0);
        }

        if (TPixels.Value > 20)
        {
            arguments->Finish(a20, pixel: 20, block: 0);
        }

        if (TPixels.Value > 21)
        {
            arguments->Finish(a21, pixel: 21, block: 0);
        }

        if (TPixels.Value > 22)
        {
            arguments->Finish(a22, pixel: 22, block: 0);
        }

        if (TPixels.Value > 23)
        {
            arguments->Finish(a23, pixel: 23, block: 0);
        }

        if (TPixels.Value > 24)
        {
            arguments->Finish(a24, pixel: 24, block: 0);
        }

        if (TPixels.Value > 25)
        {
            arguments->Finish(a25, pixel: 25, block: 0);
        }

        if (TPixels.Value > 26)
        {
            arguments->Finish(a26, pixel: 26, block: 0);
        }

        if (TPixels.Value > 27)
        {
            arguments->Finish(a27, pixel: 27, block: 0);
        }
    }
}
