using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>The gradient of a depthwise convolution's weights: Σ over images and pixels of x · dy, lane by lane. Threads share blocks of channels.</summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal sealed unsafe class DepthwiseWeightGradientPass : WeightGradientPass
{
    private const int Lanes = ManagedLayout.Lanes;
    private readonly ConvolutionGeometry _geometry;
    private readonly SourceStrip _strip;
    private readonly Workspace _workspace;
    private readonly int _images;
    private readonly int _blocks;
    private readonly long _stripLength;
    private readonly long _sumsLength;

    internal DepthwiseWeightGradientPass(ConvolutionGeometry geometry, int images, int threads, Workspace workspace)
    {
        _geometry = geometry;
        _images = images;
        _workspace = workspace;
        _strip = new SourceStrip(geometry);
        _blocks = ManagedLayout.BlocksOf(geometry.OutChannels);
        _stripLength = _strip.LengthFor(1);
        _sumsLength = (long)geometry.Taps * Lanes;
        workspace.Require(threads * (_stripLength + _sumsLength));
    }

    internal override void RunWhole(ParallelRunner runner) => Run(runner);

    protected override void Work(int thread, int threadCount)
    {
        float* strip = _workspace.Floats + (thread * (_stripLength + _sumsLength));
        float* sums = strip + _stripLength;
        (int start, int end) = ParallelRunner.Share(_blocks, thread, threadCount);
        for (int block = start; block < end; block++)
        {
            new Span<float>(sums, (int)_sumsLength).Clear();
            for (int image = 0; image < _images; image++)
            {
                SumImage(((long)image * _blocks) + block, strip, sums);
            }

            for (int channel = block * Lanes; channel < Math.Min((block + 1) * Lanes, _geometry.OutChannels); channel++)
            {
                for (int tap = 0; tap < _geometry.Taps; tap++)
                {
                    WeightGradient[_geometry.WeightIndex(channel, channel, tap)] = sums[(tap * Lanes) + (channel % Lanes)];
                }
            }
        }
    }

    private void SumImage(long map, float* strip, float* sums)
    {
        long sourcePlane = (long)_geometry.Rows.Source * _geometry.Columns.Source * Lanes;
        int width = _geometry.Columns.Out;
        for (int row = 0; row < _geometry.Rows.Out; row++)
        {
            _strip.Fill(Source + (map * sourcePlane), row, outRows: 1, strip);
            for (int tap = 0; tap < _geometry.Taps; tap++)
            {
                var products = new Products
                {
                    Source = strip + _strip.TapOffsets[tap],
                    Gradient = OutputGradient + (((map * _geometry.Rows.Out) + row) * width * Lanes),
                    Sums = sums + (tap * Lanes),
                    Pixels = width,
                };
                Columns.Run<Kernel, Products>(&products, Lanes);
            }
        }
    }

    private struct Products
    {
        internal float* Source;
        internal float* Gradient;
        internal float* Sums;
        internal int Pixels;
    }

    private readonly struct Kernel : IColumnKernel<Products>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(Products* products, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            TVector even = TOperations.Broadcast(0);
            TVector odd = even;
            float* x = products->Source + lane;
            float* g = products->Gradient + lane;
            int pixel = 0;
            for (; pixel + 2 <= products->Pixels; pixel += 2, x += 2 * Lanes, g += 2 * Lanes)
            {
                even = TOperations.MultiplyAdd(TOperations.Load(x), TOperations.Load(g), even);
                odd = TOperations.MultiplyAdd(TOperations.Load(x + Lanes), TOperations.Load(g + Lanes), odd);
            }

            if (pixel < products->Pixels)
            {
                even = TOperations.MultiplyAdd(TOperations.Load(x), TOperations.Load(g), even);
            }

            float* sums = products->Sums + lane;
            TOperations.Store(sums, TOperations.Add(TOperations.Load(sums), TOperations.Add(even, odd)));
        }
    }
}
