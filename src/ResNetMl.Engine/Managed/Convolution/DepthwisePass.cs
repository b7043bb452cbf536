using System.Runtime.CompilerServices;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>A depthwise convolution's weights as [block][tap][16 lanes], zeros in the filling.</summary>
internal sealed unsafe class DepthwiseWeights(ConvolutionGeometry geometry) : WeightPacking
{
    private const int Lanes = ManagedLayout.Lanes;

    internal override long Length => (long)PartCount * geometry.Taps * Lanes;

    internal override int PartCount => ManagedLayout.BlocksOf(geometry.OutChannels);

    internal override void Pack(int part, float* weights, float* packed)
    {
        float* target = packed + ((long)part * geometry.Taps * Lanes);
        for (int tap = 0; tap < geometry.Taps; tap++)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                int channel = (part * Lanes) + lane;
                *target++ = channel < geometry.OutChannels ? weights[geometry.WeightIndex(channel, channel, tap)] : 0;
            }
        }
    }
}

/// <summary>
/// A convolution in which each channel is on its own (groups = channels): every lane of a vector is a channel, nothing is summed across.
/// Threads share maps of one image and block.
/// </summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal sealed unsafe class DepthwisePass : ConvolutionPass
{
    private const int Lanes = ManagedLayout.Lanes;
    private readonly ConvolutionGeometry _geometry;
    private readonly SourceStrip _strip;
    private readonly AlignedBuffer _tapOffsets;
    private readonly Workspace _workspace;
    private readonly int _images;
    private readonly int _blocks;
    private readonly long _stripLength;

    internal DepthwisePass(ConvolutionGeometry geometry, int images, int threads, Workspace workspace)
        : base(new DepthwiseWeights(geometry))
    {
        _geometry = geometry;
        _images = images;
        _workspace = workspace;
        _blocks = ManagedLayout.BlocksOf(geometry.OutChannels);
        _strip = new SourceStrip(geometry);
        _tapOffsets = new AlignedBuffer(sizeof(int) * Math.Max(1, geometry.Taps));
        _strip.TapOffsets.CopyTo(new Span<int>(_tapOffsets.Bytes, geometry.Taps));
        _stripLength = _strip.LengthFor(1);
        workspace.Require(_stripLength * threads);
    }

    public override void Dispose() => _tapOffsets.Dispose();

    protected override void Work(int thread, int threadCount)
    {
        WindowAxis height = _geometry.Rows;
        WindowAxis width = _geometry.Columns;
        long sourcePlane = (long)height.Source * width.Source * Lanes;
        long plane = (long)height.Destination * width.Destination * Lanes;
        float* strip = _workspace.Floats + (thread * _stripLength);
        (int start, int end) = ParallelRunner.Share(_images * _blocks, thread, threadCount);
        for (int map = start; map < end; map++)
        {
            int block = map % _blocks;
            for (int row = 0; row < height.Out; row++)
            {
                if (_geometry.Taps > 0)
                {
                    _strip.Fill(Source + (map * sourcePlane), row, outRows: 1, strip);
                }

                long first = (map * plane) + (((((long)height.First + (row * height.Step)) * width.Destination) + width.First) * Lanes);
                var run = new PixelRow
                {
                    Source = strip,
                    TapOffsets = (int*)_tapOffsets.Bytes,
                    Taps = _geometry.Taps,
                    Weights = PackedWeights + ((long)block * _geometry.Taps * Lanes),
                    Bias = Bias is null ? null : Bias + (block * Lanes),
                    Addend = Addend is null ? null : Addend + first,
                    Destination = Destination + first,
                    PixelStep = width.Step * Lanes,
                    Pixels = width.Out,
                    IsActivated = IsActivated,
                };
                Columns.Run<Kernel, PixelRow>(&run, Lanes);
            }
        }
    }

    private struct PixelRow
    {
        internal float* Source;
        internal int* TapOffsets;
        internal int Taps;
        internal float* Weights;
        internal float* Bias;
        internal float* Addend;
        internal float* Destination;
        internal int PixelStep;
        internal int Pixels;
        internal bool IsActivated;
    }

    private readonly struct Kernel : IColumnKernel<PixelRow>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<TOperations, TVector>(PixelRow* row, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            TVector bias = row->Bias is null ? TOperations.Broadcast(0) : TOperations.Load(row->Bias + lane);
            float* x = row->Source + lane;
            int taps = row->Taps;
            int pixel = 0;
            for (; pixel + 4 <= row->Pixels; pixel += 4, x += 4 * Lanes)
            {
                TVector sum0 = bias;
                TVector sum1 = bias;
                TVector sum2 = bias;
                TVector sum3 = bias;
                float* weights = row->Weights + lane;
                for (int tap = 0; tap < taps; tap++, weights += Lanes)
                {
                    TVector w = TOperations.Load(weights);
                    float* at = x + row->TapOffsets[tap];
                    sum0 = TOperations.MultiplyAdd(TOperations.Load(at), w, sum0);
                    sum1 = TOperations.MultiplyAdd(TOperations.Load(at + Lanes), w, sum1);
                    sum2 = TOperations.MultiplyAdd(TOperations.Load(at + (2 * Lanes)), w, sum2);
                    sum3 = TOperations.MultiplyAdd(TOperations.Load(at + (3 * Lanes)), w, sum3);
                }

                Finish<TOperations, TVector>(row, sum0, pixel, lane);
                Finish<TOperations, TVector>(row, sum1, pixel + 1, lane);
                Finish<TOperations, TVector>(row, sum2, pixel + 2, lane);
                Finish<TOperations, TVector>(row, sum3, pixel + 3, lane);
            }

            for (; pixel < row->Pixels; pixel++, x += Lanes)
            {
                TVector sum = bias;
                for (int tap = 0; tap < taps; tap++)
                {
                    TVector w = TOperations.Load(row->Weights + lane + (tap * Lanes));
                    sum = TOperations.MultiplyAdd(TOperations.Load(x + row->TapOffsets[tap]), w, sum);
                }

                Finish<TOperations, TVector>(row, sum, pixel, lane);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Finish<TOperations, TVector>(PixelRow* row, TVector sum, int pixel, int lane)
            where TOperations : ILaneOperations<TVector>
            where TVector : struct
        {
            long offset = ((long)pixel * row->PixelStep) + lane;
            if (row->Addend is not null)
            {
                sum = TOperations.Add(sum, TOperations.Load(row->Addend + offset));
            }

            TOperations.Store(row->Destination + offset, row->IsActivated ? TOperations.Relu(sum) : sum);
        }
    }
}
