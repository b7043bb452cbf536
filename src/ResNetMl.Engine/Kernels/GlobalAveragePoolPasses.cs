using System.Runtime.CompilerServices;

namespace ResNetMl.Engine.Kernels;

/// <summary>Mean of each feature map, [N, C, H, W] → [N, C, 1, 1], over any channel layout, and its gradient.</summary>
internal static unsafe class GlobalAveragePoolPasses
{
    /// <summary>y = mean over the pixels of x.</summary>
    /// <param name="runner">The threads.</param>
    /// <param name="layout">Layout of x; y has one pixel.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    internal static void Forward(ParallelRunner runner, ImageLayout layout, float* x, float* y)
    {
        var job = new Map { Layout = layout, X = x, Y = y };
        runner.Run(&Maps<MeanKernel>, &job);
    }

    /// <summary>∂loss/∂x = ∂loss/∂y divided by the number of pixels, on every pixel.</summary>
    /// <param name="runner">The threads.</param>
    /// <param name="layout">Layout of x.</param>
    /// <param name="yGradient">∂loss/∂y.</param>
    /// <param name="xGradient">Receives ∂loss/∂x.</param>
    internal static void Backward(ParallelRunner runner, ImageLayout layout, float* yGradient, float* xGradient)
    {
        var job = new Map { Layout = layout, X = xGradient, Y = yGradient };
        runner.Run(&Maps<SpreadKernel>, &job);
    }

    private static void Maps<TKernel>(void* argument, int thread, int threadCount)
        where TKernel : IColumnKernel<Map>
    {
        Map job = *(Map*)argument;
        (int start, int end) = ParallelRunner.Share(job.Layout.Images * job.Layout.Blocks, thread, threadCount);
        for (int i = start; i < end; i++)
        {
            Map map = job;
            map.X += (long)i * job.Layout.MapElements;
            map.Y += (long)i * job.Layout.Lanes;
            Columns.Run<TKernel, Map>(&map, job.Layout.Lanes);
        }
    }

    private struct Map
    {
        internal ImageLayout Layout;
        internal float* X;
        internal float* Y;
    }

    private readonly struct MeanKernel : IColumnKernel<Map>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Map* map, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            int lanes = map->Layout.Lanes;
            int pixels = map->Layout.Pixels;
            TVector even = TOperations.Broadcast(0);
            TVector odd = even;
            float* x = map->X + lane;
            int pixel = 0;
            for (; pixel + 2 <= pixels; pixel += 2, x += 2 * lanes)
            {
                even = TOperations.Add(even, TOperations.Load(x));
                odd = TOperations.Add(odd, TOperations.Load(x + lanes));
            }

            if (pixel < pixels)
            {
                even = TOperations.Add(even, TOperations.Load(x));
            }

            TOperations.Store(map->Y + lane, TOperations.Multiply(TOperations.Add(even, odd), TOperations.Broadcast(1f / pixels)));
        }
    }

    private readonly struct SpreadKernel : IColumnKernel<Map>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Map* map, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            int lanes = map->Layout.Lanes;
            TVector share = TOperations.Multiply(TOperations.Load(map->Y + lane), TOperations.Broadcast(1f / map->Layout.Pixels));
            float* x = map->X + lane;
            for (int pixel = 0; pixel < map->Layout.Pixels; pixel++, x += lanes)
            {
                TOperations.Store(x, share);
            }
        }
    }
}
