namespace ResNetMl.Engine.Managed;

/// <summary>
/// What a weight-gradient micro-kernel computes: Σ over pixels of x[channel] · dy[lane], 16 × 16 sums for one tap (or a few taps
/// side by side) of one pair of an input and an output block.
/// </summary>
internal unsafe struct OuterProductArguments
{
    /// <summary>The first pixel that the tap reads; neighbours follow at a distance of 16 floats.</summary>
    internal float* Source;

    /// <summary>Floats from what one output row reads to what the next does.</summary>
    internal long SourceRowStride;

    /// <summary>Floats from one image to the next.</summary>
    internal long SourceImageStride;

    /// <summary>First pixel of the output's gradient; neighbours follow at a distance of 16 floats.</summary>
    internal float* Gradient;

    /// <summary>Floats from one row to the next.</summary>
    internal long GradientRowStride;

    /// <summary>Floats from one image to the next.</summary>
    internal long GradientImageStride;

    /// <summary>Images.</summary>
    internal int Images;

    /// <summary>Rows of each.</summary>
    internal int Rows;

    /// <summary>Pixels of each row.</summary>
    internal int Pixels;

    /// <summary>The sums, [channel][16 lanes].</summary>
    internal float* Sums;

    /// <summary>Where several taps go together, floats from the sums of one to those of the next.</summary>
    internal long TapSumsStride;

    /// <summary>Whether the sums go on from what is there.</summary>
    internal bool Accumulates;
}
