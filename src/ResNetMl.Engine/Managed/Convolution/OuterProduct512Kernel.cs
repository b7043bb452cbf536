using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// AVX-512 micro-kernel for weight gradients: up to 16 input channels × 16 output channels, one sum in each register. The few channels of a
/// first layer would leave most registers, and with them most of the multipliers' pipeline, empty: several taps then go together.
/// </summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal static unsafe class OuterProduct512Kernel
{
    private const int Lanes = ManagedLayout.Lanes;

    // By channels − 1, then taps − 1.
    private static readonly delegate*<OuterProductArguments*, void>[][] Kernels =
    [
        [&Run<Count1, Count1>, &Run<Count1, Count2>, &Run<Count1, Count3>, &Run<Count1, Count4>, &Run<Count1, Count5>, &Run<Count1, Count6>, &Run<Count1, Count7>, &Run<Count1, Count8>],
        [&Run<Count2, Count1>, &Run<Count2, Count2>, &Run<Count2, Count3>, &Run<Count2, Count4>, &Run<Count2, Count5>, &Run<Count2, Count6>, &Run<Count2, Count7>, &Run<Count2, Count8>],
        [&Run<Count3, Count1>, &Run<Count3, Count2>, &Run<Count3, Count3>, &Run<Count3, Count4>, &Run<Count3, Count5>],
        [&Run<Count4, Count1>, &Run<Count4, Count2>, &Run<Count4, Count3>, &Run<Count4, Count4>],
        [&Run<Count5, Count1>],
        [&Run<Count6, Count1>],
        [&Run<Count7, Count1>],
        [&Run<Count8, Count1>],
        [&Run<Count9, Count1>],
        [&Run<Count10, Count1>],
        [&Run<Count11, Count1>],
        [&Run<Count12, Count1>],
        [&Run<Count13, Count1>],
        [&Run<Count14, Count1>],
        [&Run<Count15, Count1>],
        [&Run<Count16, Count1>],
    ];

    /// <summary>How many neighbouring taps can go together.</summary>
    internal static int MaximumTaps(int channels) => Kernels[channels - 1].Length;

    /// <summary>The kernel for a number of input channels and taps.</summary>
    internal static delegate*<OuterProductArguments*, void> For(int channels, int taps) => Kernels[channels - 1][taps - 1];

    /// <summary>Sum number i is that of channel i % channels and tap i / channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TChannels, TTaps>(OuterProductArguments* arguments)
        where TChannels : ICount
        where TTaps : ICount
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
                    if (TChannels.Value * TTaps.Value > 1)
                    {
                        s1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(1)]), gradient, s1);
                    }

                    if (TChannels.Value * TTaps.Value > 2)
                    {
                        s2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(2)]), gradient, s2);
                    }

                    if (TChannels.Value * TTaps.Value > 3)
                    {
                        s3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(3)]), gradient, s3);
                    }

                    if (TChannels.Value * TTaps.Value > 4)
                    {
                        s4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(4)]), gradient, s4);
                    }

                    if (TChannels.Value * TTaps.Value > 5)
                    {
                        s5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(5)]), gradient, s5);
                    }

                    if (TChannels.Value * TTaps.Value > 6)
                    {
                        s6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(6)]), gradient, s6);
                    }

                    if (TChannels.Value * TTaps.Value > 7)
                    {
                        s7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(7)]), gradient, s7);
                    }

                    if (TChannels.Value * TTaps.Value > 8)
                    {
                        s8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(8)]), gradient, s8);
                    }

                    if (TChannels.Value * TTaps.Value > 9)
                    {
                        s9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(9)]), gradient, s9);
                    }

                    if (TChannels.Value * TTaps.Value > 10)
                    {
                        s10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(10)]), gradient, s10);
                    }

                    if (TChannels.Value * TTaps.Value > 11)
                    {
                        s11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(11)]), gradient, s11);
                    }

                    if (TChannels.Value * TTaps.Value > 12)
                    {
                        s12 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(12)]), gradient, s12);
                    }

                    if (TChannels.Value * TTaps.Value > 13)
                    {
                        s13 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(13)]), gradient, s13);
                    }

                    if (TChannels.Value * TTaps.Value > 14)
                    {
                        s14 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(14)]), gradient, s14);
                    }

                    if (TChannels.Value * TTaps.Value > 15)
                    {
                        s15 = Vector512.FusedMultiplyAdd(Vector512.Create(x[Offset<TChannels>(15)]), gradient, s15);
                    }
                }
            }
        }

        Add<TChannels>(arguments, s0, 0);
        if (TChannels.Value * TTaps.Value > 1)
        {
            Add<TChannels>(arguments, s1, 1);
        }

        if (TChannels.Value * TTaps.Value > 2)
        {
            Add<TChannels>(arguments, s2, 2);
        }

        if (TChannels.Value * TTaps.Value > 3)
        {
            Add<TChannels>(arguments, s3, 3);
        }

        if (TChannels.Value * TTaps.Value > 4)
        {
            Add<TChannels>(arguments, s4, 4);
        }

        if (TChannels.Value * TTaps.Value > 5)
        {
            Add<TChannels>(arguments, s5, 5);
        }

        if (TChannels.Value * TTaps.Value > 6)
        {
            Add<TChannels>(arguments, s6, 6);
        }

        if (TChannels.Value * TTaps.Value > 7)
        {
            Add<TChannels>(arguments, s7, 7);
        }

        if (TChannels.Value * TTaps.Value > 8)
        {
            Add<TChannels>(arguments, s8, 8);
        }

        if (TChannels.Value * TTaps.Value > 9)
        {
            Add<TChannels>(arguments, s9, 9);
        }

        if (TChannels.Value * TTaps.Value > 10)
        {
            Add<TChannels>(arguments, s10, 10);
        }

        if (TChannels.Value * TTaps.Value > 11)
        {
            Add<TChannels>(arguments, s11, 11);
        }

        if (TChannels.Value * TTaps.Value > 12)
        {
            Add<TChannels>(arguments, s12, 12);
        }

        if (TChannels.Value * TTaps.Value > 13)
        {
            Add<TChannels>(arguments, s13, 13);
        }

        if (TChannels.Value * TTaps.Value > 14)
        {
            Add<TChannels>(arguments, s14, 14);
        }

        if (TChannels.Value * TTaps.Value > 15)
        {
            Add<TChannels>(arguments, s15, 15);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Offset<TChannels>(int index)
        where TChannels : ICount => (index / TChannels.Value * Lanes) + (index % TChannels.Value);

    // Each call sums from 0 and adds what was there last: short sums of short sums lose fewer digits than one long sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TChannels>(OuterProductArguments* arguments, Vector512<float> sum, int index)
        where TChannels : ICount
    {
        float* sums = arguments->Sums + (index / TChannels.Value * arguments->TapSumsStride) + (index % TChannels.Value * Lanes);
        (arguments->Accumulates ? Vector512.Load(sums) + sum : sum).Store(sums);
    }
}
