namespace ResNetMl.Engine.Kernels;

/// <summary>Dropout over any channel layout: forward on values, backward on gradients, with the same mask.</summary>
internal static unsafe class DropoutPasses
{
    /// <summary>result = x / (1 − rate) where the mask keeps an element, else 0.</summary>
    /// <param name="runner">The threads.</param>
    /// <param name="layout">Layout of both arrays.</param>
    /// <param name="context">Seed and step.</param>
    /// <param name="salt">Differs between a network's dropouts.</param>
    /// <param name="rate">Probability of dropping, in [0, 1).</param>
    /// <param name="x">What is read.</param>
    /// <param name="result">What is written; may be <paramref name="x"/>.</param>
    internal static void Apply(
        ParallelRunner runner, ImageLayout layout, StepContext context, int salt, float rate, float* x, float* result)
    {
        var job = new Job
        {
            Layout = layout,
            Key = DropoutMask.Key(context, salt),
            Threshold = DropoutMask.Threshold(rate),
            Scale = 1 / (1 - rate),
            X = x,
            Result = result,
        };
        runner.Run(&Maps, &job);
    }

    private static void Maps(void* argument, int thread, int threadCount)
    {
        Job job = *(Job*)argument;
        ImageLayout layout = job.Layout;
        (int start, int end) = ParallelRunner.Share(layout.Images * layout.Blocks, thread, threadCount);
        for (int map = start; map < end; map++)
        {
            int firstChannel = map % layout.Blocks * layout.Lanes;
            int channels = Math.Min(layout.Lanes, layout.Channels - firstChannel);
            long firstIndex = (((long)(map / layout.Blocks) * layout.Channels) + firstChannel) * layout.Pixels;
            long offset = (long)map * layout.MapElements;
            for (int pixel = 0; pixel < layout.Pixels; pixel++, offset += layout.Lanes)
            {
                for (int lane = 0; lane < layout.Lanes; lane++)
                {
                    long index = firstIndex + ((long)lane * layout.Pixels) + pixel;
                    bool keeps = lane < channels && DropoutMask.Keeps(job.Key, job.Threshold, index);
                    job.Result[offset + lane] = keeps ? job.X[offset + lane] * job.Scale : 0;
                }
            }
        }
    }

    private struct Job
    {
        internal ImageLayout Layout;
        internal ulong Key;
        internal uint Threshold;
        internal float Scale;
        internal float* X;
        internal float* Result;
    }
}
