namespace ResNetMl.Engine.Managed;

/// <summary>How a convolution's kernel wants its weights.</summary>
internal abstract unsafe class WeightPacking
{
    /// <summary>Floats in all.</summary>
    internal abstract long Length { get; }

    /// <summary>Parts that can be packed apart.</summary>
    internal abstract int PartCount { get; }

    /// <summary>Writes one part.</summary>
    /// <param name="part">Its index.</param>
    /// <param name="weights">The layer's tensor, [out, in/groups, height, width].</param>
    /// <param name="packed">Start of all packed weights.</param>
    internal abstract void Pack(int part, float* weights, float* packed);
}

/// <summary>Packs the weights of a convolution on all threads.</summary>
internal sealed unsafe class PackWeightsPass(WeightPacking packing) : ParallelPass
{
    /// <summary>The layer's tensor.</summary>
    internal float* Weights { get; set; }

    /// <summary>Receives <see cref="WeightPacking.Length"/> floats.</summary>
    internal float* Packed { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        (int start, int end) = ParallelRunner.Share(packing.PartCount, thread, threadCount);
        for (int part = start; part < end; part++)
        {
            packing.Pack(part, Weights, Packed);
        }
    }
}
