using System.Runtime.CompilerServices;
using ResNetMl.Networks;

namespace ResNetMl.Engine.Kernels;

/// <summary>
/// The shortcut of option A over any channel layout: every stride-th pixel, channels of zeros before and after; and its gradient.
/// </summary>
internal sealed unsafe class ZeroPadShortcutPasses
{
    private readonly ZeroPadShortcut _layer;
    private readonly ImageLayout _input;
    private readonly ImageLayout _output;
    private readonly ParallelRunner _runner;

    /// <summary>Prepares a layer.</summary>
    /// <param name="layer">Stride and zero channels.</param>
    /// <param name="input">Layout of x.</param>
    /// <param name="output">Layout of y.</param>
    /// <param name="runner">The threads.</param>
    internal ZeroPadShortcutPasses(ZeroPadShortcut layer, ImageLayout input, ImageLayout output, ParallelRunner runner)
    {
        _layer = layer;
        _input = input;
        _output = output;
        _runner = runner;
    }

    /// <summary>Computes y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    internal void Forward(float* x, float* y)
    {
        var job = new Job
        {
            From = _input,
            To = _output,
            Source = x,
            Target = y,
            ChannelShift = -_layer.ChannelsBefore,
            SourceStep = _layer.Stride,
            TargetStep = 1,
        };
        _runner.Run(&Maps, &job);
    }

    /// <summary>Computes ∂loss/∂x: that of the pixels taken, zero for the others.</summary>
    /// <param name="yGradient">∂loss/∂y.</param>
    /// <param name="xGradient">Receives ∂loss/∂x.</param>
    internal void Backward(float* yGradient, float* xGradient)
    {
        var job = new Job
        {
            From = _output,
            To = _input,
            Source = yGradient,
            Target = xGradient,
            ChannelShift = _layer.ChannelsBefore,
            SourceStep = 1,
            TargetStep = _layer.Stride,
        };
        _runner.Run(&Maps, &job);
    }

    /// <summary>Fills this thread's target maps: zeros, then each run of lanes whose channels are side by side in the source as well.</summary>
    private static void Maps(void* argument, int thread, int threadCount)
    {
        Job job = *(Job*)argument;
        (int start, int end) = ParallelRunner.Share(job.To.Images * job.To.Blocks, thread, threadCount);
        for (int map = start; map < end; map++)
        {
            int image = map / job.To.Blocks;
            int block = map % job.To.Blocks;
            float* target = job.Target + job.To.MapOffset(image, block);
            new Span<float>(target, job.To.MapElements).Clear();

            int lane = 0;
            while (lane < job.To.Lanes)
            {
                int channel = (block * job.To.Lanes) + lane;
                int sourceChannel = channel + job.ChannelShift;
                int run = RunLength(job, channel, sourceChannel, job.To.Lanes - lane);
                if (run > 0)
                {
                    int sourceBlock = sourceChannel / job.From.Lanes;
                    Job copy = job;
                    copy.Target = target + lane;
                    copy.Source = job.Source + job.From.MapOffset(image, sourceBlock) + (sourceChannel % job.From.Lanes);
                    Columns.Run<CopyKernel, Job>(&copy, run);
                }

                lane += Math.Max(1, run);
            }
        }
    }

    /// <summary>How many lanes from here on have a channel that is also contiguous in the source; 0 where this one has none.</summary>
    private static int RunLength(in Job job, int channel, int sourceChannel, int limit)
    {
        if (channel >= job.To.Channels || sourceChannel < 0 || sourceChannel >= job.From.Channels)
        {
            return 0;
        }

        int untilBlockEnds = job.From.Lanes - (sourceChannel % job.From.Lanes);
        int untilChannelsEnd = Math.Min(job.From.Channels - sourceChannel, job.To.Channels - channel);
        return Math.Min(limit, Math.Min(untilBlockEnds, untilChannelsEnd));
    }

    private struct Job
    {
        internal ImageLayout From;
        internal ImageLayout To;
        internal float* Source;
        internal float* Target;

        /// <summary>Source channel minus target channel.</summary>
        internal int ChannelShift;

        /// <summary>Pixels between those read, along rows and columns.</summary>
        internal int SourceStep;

        /// <summary>Pixels between those written.</summary>
        internal int TargetStep;
    }

    private readonly struct CopyKernel : IColumnKernel<Job>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Job* job, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            int rows = (job->To.Height + job->TargetStep - 1) / job->TargetStep;
            int columns = (job->To.Width + job->TargetStep - 1) / job->TargetStep;
            int sourceStride = job->SourceStep * job->From.Lanes;
            int targetStride = job->TargetStep * job->To.Lanes;
            for (int row = 0; row < rows; row++)
            {
                float* source = job->Source + lane + (row * job->SourceStep * job->From.Width * job->From.Lanes);
                float* target = job->Target + lane + (row * job->TargetStep * job->To.Width * job->To.Lanes);
                for (int column = 0; column < columns; column++, source += sourceStride, target += targetStride)
                {
                    TOperations.Store(target, TOperations.Load(source));
                }
            }
        }
    }
}
