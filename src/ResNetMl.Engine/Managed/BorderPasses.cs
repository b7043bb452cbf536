using ResNetMl.Engine.Kernels;
using ResNetMl.Tensors;

namespace ResNetMl.Engine.Managed;

/// <summary>Copies a tensor in the caller's order, [N, C, H, W] or rows, into a plan's value.</summary>
internal sealed unsafe class EnterPass(ImageLayout layout) : ParallelPass
{
    private Tensor? _held;

    /// <summary>The caller's elements.</summary>
    internal float* Elements { get; set; }

    /// <summary>The plan's value.</summary>
    internal float* Value { get; set; }

    /// <summary>Takes a tensor in, and holds on to it: nobody else may while the pass reads its memory.</summary>
    internal void Point(Tensor tensor)
    {
        _held = tensor;
        Elements = (float*)_held.Address;
    }

    protected override void Work(int thread, int threadCount)
    {
        (int start, int end) = ParallelRunner.Share(layout.Images * layout.Blocks, thread, threadCount);
        for (int map = start; map < end; map++)
        {
            int firstChannel = map % layout.Blocks * layout.Lanes;
            int channels = Math.Min(layout.Lanes, layout.Channels - firstChannel);
            float* source = Elements + ((((long)(map / layout.Blocks) * layout.Channels) + firstChannel) * layout.Pixels);
            float* target = Value + ((long)map * layout.MapElements);
            if (channels < layout.Lanes)
            {
                new Span<float>(target, layout.MapElements).Clear();
            }

            for (int pixel = 0; pixel < layout.Pixels; pixel++, target += layout.Lanes)
            {
                for (int lane = 0; lane < channels; lane++)
                {
                    target[lane] = source[((long)lane * layout.Pixels) + pixel];
                }
            }
        }
    }
}

/// <summary>Copies a plan's value into a tensor in the caller's order, [N, C, H, W] or rows.</summary>
internal sealed unsafe class LeavePass(ImageLayout layout) : ParallelPass
{
    /// <summary>The plan's value.</summary>
    internal float* Value { get; set; }

    /// <summary>The caller's elements.</summary>
    internal float* Elements { get; set; }

    protected override void Work(int thread, int threadCount)
    {
        (int start, int end) = ParallelRunner.Share(layout.Images * layout.Blocks, thread, threadCount);
        for (int map = start; map < end; map++)
        {
            int firstChannel = map % layout.Blocks * layout.Lanes;
            int channels = Math.Min(layout.Lanes, layout.Channels - firstChannel);
            float* source = Value + ((long)map * layout.MapElements);
            float* target = Elements + ((((long)(map / layout.Blocks) * layout.Channels) + firstChannel) * layout.Pixels);
            for (int pixel = 0; pixel < layout.Pixels; pixel++, source += layout.Lanes)
            {
                for (int lane = 0; lane < channels; lane++)
                {
                    target[((long)lane * layout.Pixels) + pixel] = source[lane];
                }
            }
        }
    }
}
