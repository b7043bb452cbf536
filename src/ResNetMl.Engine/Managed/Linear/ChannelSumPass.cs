using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>Sums each channel over images and pixels, in double: the gradient of a bias.</summary>
internal sealed unsafe class ChannelSumPass(ImageLayout layout) : ParallelPass
{
    /// <summary>What is summed.</summary>
    internal float* Value { get; set; }

    /// <summary>[channels], overwritten.</summary>
    internal float* Sums { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        (int start, int end) = ParallelRunner.Share(layout.Channels, thread, threadCount, grain: ManagedLayout.Lanes);
        int count = end - start;
        if (count <= 0)
        {
            return;
        }

        // A share is one block's channels or a run of a row's; longer runs are summed piece by piece.
        double* sums = stackalloc double[ManagedLayout.Lanes];
        for (int first = start; first < end; first += ManagedLayout.Lanes)
        {
            int lanes = Math.Min(ManagedLayout.Lanes, end - first);
            new Span<double>(sums, ManagedLayout.Lanes).Clear();
            for (int image = 0; image < layout.Images; image++)
            {
                float* pixel = Value + layout.MapOffset(image, first / layout.Lanes) + (first % layout.Lanes);
                for (int i = 0; i < layout.Pixels; i++, pixel += layout.Lanes)
                {
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        sums[lane] += pixel[lane];
                    }
                }
            }

            for (int lane = 0; lane < lanes; lane++)
            {
                Sums[first + lane] = (float)sums[lane];
            }
        }
    }
}
