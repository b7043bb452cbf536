using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>What a micro-kernel computes: neighbouring output pixels of a row × one or two blocks of output channels, over all taps and input channels.</summary>
internal unsafe struct TileArguments
{
    /// <summary>What tap 0 of the first pixel reads in the first input block; further pixels follow at a distance of 16 floats.</summary>
    internal float* Source;

    /// <summary>Floats from one input block to the next.</summary>
    internal long SourceBlockStride;

    /// <summary>Input blocks, ≥ 1.</summary>
    internal int InputBlocks;

    /// <summary>Channels of the last input block that are not filling.</summary>
    internal int LastBlockChannels;

    /// <summary>For each tap, floats from <see cref="Source"/>.</summary>
    internal int* TapOffsets;

    /// <summary>Taps; 0 makes sums of nothing.</summary>
    internal int TapCount;

    /// <summary>The group's part of <see cref="PackedWeights"/>.</summary>
    internal float* Weights;

    /// <summary>First output pixel, first block.</summary>
    internal float* Destination;

    /// <summary>Floats from one output pixel to the next.</summary>
    internal int DestinationPixelStep;

    /// <summary>Floats from one output block to the next.</summary>
    internal long DestinationBlockStride;

    /// <summary>Added to every pixel, 16 floats a block, or null.</summary>
    internal float* Bias;

    /// <summary>Added, laid out as <see cref="Destination"/>, or null.</summary>
    internal float* Addend;

    /// <summary>Whether ReLU comes last.</summary>
    internal bool IsActivated;

    /// <summary>
    /// Asks for the pixels that are read next. With one tap each is read once and blocks lie a whole plane apart, so the hardware does not
    /// foresee it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch(float* source, int pixels)
    {
        if (Sse.IsSupported)
        {
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                Sse.Prefetch0(source + (pixel * ManagedLayout.Lanes));
            }
        }
    }

    /// <summary>Adds bias and addend to a sum, activates and stores it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Finish(Vector512<float> sum, int pixel, int block)
    {
        long offset = ((long)pixel * DestinationPixelStep) + (block * DestinationBlockStride);
        if (Bias is not null)
        {
            sum += Vector512.Load(Bias + (block * ManagedLayout.Lanes));
        }

        if (Addend is not null)
        {
            sum += Vector512.Load(Addend + offset);
        }

        (IsActivated ? Lanes16.Relu(sum) : sum).Store(Destination + offset);
    }
}
