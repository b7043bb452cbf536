using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>AVX-512 micro-kernel for weight gradients: up to 16 input channels × 16 output channels, one sum in each register.</summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal static unsafe class OuterProduct512Kernel
{
    private const int Lanes = ManagedLayout.Lanes;
    private static readonly delegate*<OuterProductArguments*, void>[] Kernels =
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
    ];

    /// <summary>The kernel for a number of input channels.</summary>
    internal static delegate*<OuterProductArguments*, void> For(int channels) => Kernels[channels - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TChannels>(OuterProductArguments* arguments)
        where TChannels : ICount
    {
        Vector512<float> s0 = Vector512<float>.Zero;
        Vector512<float> s1 = Vector512<float>.Zero;
        Vector512<float> s2 = Vector512<float>.Zero;
        Vector512<float> s3 = Vector512<float>.Zero;
        Vector512<float> s4 = Vector512<float>.Zero;
        Vector512<float> s5 = Vector512<float>.Zero;
        Vector512<float> s6 = Vector512<float>.Zero;
        Vector512<float> s7 = Vector512<float>.Zero;
        Vector512<float> s8 = Vector512<float>.Zero;
        Vector512<float> s9 = Vector512<float>.Zero;
        Vector512<float> s10 = Vector512<float>.Zero;
        Vector512<float> s11 = Vector512<float>.Zero;
        Vector512<float> s12 = Vector512<float>.Zero;
        Vector512<float> s13 = Vector512<float>.Zero;
        Vector512<float> s14 = Vector512<float>.Zero;
        Vector512<float> s15 = Vector512<float>.Zero;

        float* sourceImage = arguments->Source;
        float* gradientImage = arguments->Gradient;
        long sourceRowStride = arguments->SourceRowStride;
        long gradientRowStride = arguments->GradientRowStride;
        int rows = arguments->Rows;
        int length = arguments->Pixels * Lanes;
        for (int image = arguments->Images; image > 0; image--)
        {
            float* sourceRow = sourceImage;
            float* gradientRow = gradientImage;
            sourceImage += arguments->SourceImageStride;
            gradientImage += arguments->GradientImageStride;
            for (int row = rows; row > 0; row--)
            {
                float* x = sourceRow;
                float* g = gradientRow;
                float* end = g + length;
                sourceRow += sourceRowStride;
                gradientRow += gradientRowStride;
                for (; g < end; g += Lanes, x += Lanes)
                {
                    Vector512<float> gradient = Vector512.Load(g);
                    s0 = Vector512.FusedMultiplyAdd(Vector512.Create(*x), gradient, s0);
                    if (TChannels.Value > 1)
                    {
                        s1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1]), gradient, s1);
                    }

                    if (TChannels.Value > 2)
                    {
                        s2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2]), gradient, s2);
                    }

                    if (TChannels.Value > 3)
                    {
                        s3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3]), gradient, s3);
                    }

                    if (TChannels.Value > 4)
                    {
                        s4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4]), gradient, s4);
                    }

                    if (TChannels.Value > 5)
                    {
                        s5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5]), gradient, s5);
                    }

                    if (TChannels.Value > 6)
                    {
                        s6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6]), gradient, s6);
                    }

                    if (TChannels.Value > 7)
                    {
                        s7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7]), gradient, s7);
                    }

                    if (TChannels.Value > 8)
                    {
                        s8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8]), gradient, s8);
                    }

                    if (TChannels.Value > 9)
                    {
                        s9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9]), gradient, s9);
                    }

                    if (TChannels.Value > 10)
                    {
                        s10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10]), gradient, s10);
                    }

                    if (TChannels.Value > 11)
                    {
                        s11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11]), gradient, s11);
                    }

                    if (TChannels.Value > 12)
                    {
                        s12 = Vector512.FusedMultiplyAdd(Vector512.Create(x[12]), gradient, s12);
                    }

                    if (TChannels.Value > 13)
                    {
                        s13 = Vector512.FusedMultiplyAdd(Vector512.Create(x[13]), gradient, s13);
                    }

                    if (TChannels.Value > 14)
                    {
                        s14 = Vector512.FusedMultiplyAdd(Vector512.Create(x[14]), gradient, s14);
                    }

                    if (TChannels.Value > 15)
                    {
                        s15 = Vector512.FusedMultiplyAdd(Vector512.Create(x[15]), gradient, s15);
                    }
                }
            }
        }

        float* sums = arguments->Sums;
        bool accumulates = arguments->Accumulates;
        Store(s0, sums, accumulates);
        if (TChannels.Value > 1)
        {
            Store(s1, sums + (1 * Lanes), accumulates);
        }

        if (TChannels.Value > 2)
        {
            Store(s2, sums + (2 * Lanes), accumulates);
        }

        if (TChannels.Value > 3)
        {
            Store(s3, sums + (3 * Lanes), accumulates);
        }

        if (TChannels.Value > 4)
        {
            Store(s4, sums + (4 * Lanes), accumulates);
        }

        if (TChannels.Value > 5)
        {
            Store(s5, sums + (5 * Lanes), accumulates);
        }

        if (TChannels.Value > 6)
        {
            Store(s6, sums + (6 * Lanes), accumulates);
        }

        if (TChannels.Value > 7)
        {
            Store(s7, sums + (7 * Lanes), accumulates);
        }

        if (TChannels.Value > 8)
        {
            Store(s8, sums + (8 * Lanes), accumulates);
        }

        if (TChannels.Value > 9)
        {
            Store(s9, sums + (9 * Lanes), accumulates);
        }

        if (TChannels.Value > 10)
        {
            Store(s10, sums + (10 * Lanes), accumulates);
        }

        if (TChannels.Value > 11)
        {
            Store(s11, sums + (11 * Lanes), accumulates);
        }

        if (TChannels.Value > 12)
        {
            Store(s12, sums + (12 * Lanes), accumulates);
        }

        if (TChannels.Value > 13)
        {
            Store(s13, sums + (13 * Lanes), accumulates);
        }

        if (TChannels.Value > 14)
        {
            Store(s14, sums + (14 * Lanes), accumulates);
        }

        if (TChannels.Value > 15)
        {
            Store(s15, sums + (15 * Lanes), accumulates);
        }
    }

    // Each call sums from 0 and adds what was there last: short sums of short sums lose fewer digits than one long sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> sum, float* sums, bool accumulates) =>
        (accumulates ? Vector512.Load(sums) + sum : sum).Store(sums);
}
