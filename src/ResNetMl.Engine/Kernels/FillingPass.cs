namespace ResNetMl.Engine.Kernels;

/// <summary>Writes 0 to the lanes of the last block that stand for no channel, after a pass that may have left other numbers there.</summary>
internal sealed unsafe class FillingPass(ImageLayout layout) : ParallelPass
{
    /// <summary>Whether there are such lanes.</summary>
    internal bool HasWork => layout.PaddedChannels > layout.Channels;

    /// <summary>The feature maps.</summary>
    internal float* Value { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        int filling = layout.PaddedChannels - layout.Channels;
        (int start, int end) = ParallelRunner.Share(layout.Images, thread, threadCount);
        for (int image = start; image < end; image++)
        {
            float* lanes = Value + layout.MapOffset(image, layout.Blocks - 1) + layout.Lanes - filling;
            for (int pixel = 0; pixel < layout.Pixels; pixel++, lanes += layout.Lanes)
            {
                new Span<float>(lanes, filling).Clear();
            }
        }
    }
}
