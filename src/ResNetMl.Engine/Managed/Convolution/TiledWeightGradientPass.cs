using System.Runtime.Intrinsics;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>An input and an output block of channels that a convolution's weights connect.</summary>
internal readonly record struct BlockPair(int InputBlock, int OutputBlock);

/// <summary>
/// The gradient of a convolution's weights. Small weights: each thread sums over its own images, and the sums are added in the order of the
/// threads. Large weights: each thread sums its own weights over all images.
/// </summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal sealed unsafe class TiledWeightGradientPass : WeightGradientPass
{
    private const int Lanes = ManagedLayout.Lanes;
    private const int PairTapLength = Lanes * Lanes;

    // A strip of one input block and the gradient of one output block stay in a first-level cache for all taps.
    private const long ChunkFloats = 9 * 1024;

    // Above this, sums for each thread apart would cost more memory traffic than reading the gradient once a thread.
    private const long SmallWeightFloats = 256 * 1024;

    private readonly ConvolutionGeometry _geometry;
    private readonly SimdLevel _level;
    private readonly Workspace _workspace;
    private readonly SourceStrip _strip;
    private readonly BlockPair[] _pairs;

    // By channels of the input block − 1.
    private readonly TapRun[][] _runs;
    private readonly Reduction _reduction;
    private readonly int _images;
    private readonly int _sourceBlocks;
    private readonly int _outBlocks;
    private readonly bool _sharesImages;
    private readonly int _imagesInChunk;
    private readonly int _rowsInChunk;
    private readonly long _stripLength;
    private readonly long _sumsLength;
    private readonly int _copies;

    /// <summary>Prepares for a number of images.</summary>
    /// <param name="geometry">Of the convolution forward.</param>
    /// <param name="images">Images in a batch.</param>
    /// <param name="level">Vectors to use.</param>
    /// <param name="threads">Threads that will run it.</param>
    /// <param name="workspace">Holds the sums and the strips.</param>
    internal TiledWeightGradientPass(ConvolutionGeometry geometry, int images, SimdLevel level, int threads, Workspace workspace)
    {
        _geometry = geometry;
        _images = images;
        _level = level;
        _workspace = workspace;
        _strip = new SourceStrip(geometry);
        _runs = [.. Enumerable.Range(1, Lanes).Select(channels =>
            TapRun.Of(_strip, level == SimdLevel.Vector512 ? OuterProduct512Kernel.MaximumTaps(channels) : 1))];
        _sourceBlocks = ManagedLayout.BlocksOf(geometry.SourceChannels);
        _outBlocks = ManagedLayout.BlocksOf(geometry.OutChannels);
        _pairs = [.. PairsOf(geometry).OrderBy(pair => pair.InputBlock).ThenBy(pair => pair.OutputBlock)];
        _sumsLength = (long)_pairs.Length * geometry.Taps * PairTapLength;
        _sharesImages = threads > 1 && (_sumsLength <= SmallWeightFloats || _pairs.Length < 4 * threads);
        _copies = _sharesImages ? threads : 1;

        (int rows, int columns) = geometry.IsPointwise ? (1, 1) : (geometry.Rows.Out, geometry.Columns.Out);
        long imageFloats = geometry.IsPointwise
            ? 2L * geometry.Rows.Out * geometry.Columns.Out * Lanes
            : _strip.LengthFor(rows) + ((long)rows * columns * Lanes);
        _imagesInChunk = (int)Math.Clamp(ChunkFloats / imageFloats, 1, images);
        while (rows > 1 && _strip.LengthFor(rows) + ((long)rows * columns * Lanes) > ChunkFloats)
        {
            rows = (rows + 1) / 2;
        }

        _rowsInChunk = rows;
        _stripLength = geometry.IsPointwise ? 0 : _strip.LengthFor(rows);
        workspace.Require((_copies * _sumsLength) + (threads * _stripLength * _imagesInChunk));
        _reduction = new Reduction(this);
    }

    internal override void RunWhole(ParallelRunner runner)
    {
        Run(runner);
        _reduction.Run(runner);
    }

    protected override void Work(int thread, int threadCount)
    {
        (int firstImage, int endImage) = _sharesImages ? ParallelRunner.Share(_images, thread, threadCount) : (0, _images);
        (int firstPair, int endPair) = _sharesImages ? (0, _pairs.Length) : ParallelRunner.Share(_pairs.Length, thread, threadCount);
        float* sums = _workspace.Floats + (_sharesImages ? thread * _sumsLength : 0);
        float* strips = _workspace.Floats + (_copies * _sumsLength) + (thread * _stripLength * _imagesInChunk);
        int rowCount = _geometry.IsPointwise ? 1 : _geometry.Rows.Out;
        if (firstImage == endImage)
        {
            new Span<float>(sums, checked((int)_sumsLength)).Clear();
        }

        bool accumulates = false;
        for (int image = firstImage; image < endImage; image += _imagesInChunk)
        {
            int images = Math.Min(_imagesInChunk, endImage - image);
            for (int row = 0; row < rowCount; row += _rowsInChunk)
            {
                int rows = Math.Min(_rowsInChunk, rowCount - row);
                WorkOnChunk(image, images, row, rows, firstPair, endPair, strips, sums, accumulates);
                accumulates = true;
            }
        }
    }

    private static IEnumerable<BlockPair> PairsOf(ConvolutionGeometry geometry)
    {
        for (int block = 0; block < ManagedLayout.BlocksOf(geometry.OutChannels); block++)
        {
            (int first, int count) = geometry.InputBlocksOf(block);
            for (int i = 0; i < count; i++)
            {
                yield return new BlockPair(first + i, block);
            }
        }
    }

    private void WorkOnChunk(
        int image, int images, int row, int rows, int firstPair, int endPair, float* strips, float* sums, bool accumulates)
    {
        int width = _geometry.Columns.Out;
        long sourcePlane = (long)_geometry.Rows.Source * _geometry.Columns.Source * Lanes;
        long outPlane = (long)_geometry.Rows.Out * width * Lanes;
        OuterProductArguments product = default;
        product.Images = images;
        product.Rows = rows;
        product.Pixels = _geometry.IsPointwise ? _geometry.Rows.Out * width : width;
        product.SourceRowStride = (long)_strip.RowStep * _strip.Pitch;
        product.SourceImageStride = _geometry.IsPointwise ? _sourceBlocks * sourcePlane : _stripLength;
        product.GradientRowStride = (long)width * Lanes;
        product.GradientImageStride = _outBlocks * outPlane;
        product.Accumulates = accumulates;
        int currentInput = -1;
        float* source = strips;
        for (int index = firstPair; index < endPair; index++)
        {
            BlockPair pair = _pairs[index];
            if (pair.InputBlock != currentInput)
            {
                currentInput = pair.InputBlock;
                source = Prepare(image, images, row, rows, currentInput, strips);
            }

            product.Gradient = OutputGradient + ((((long)image * _outBlocks) + pair.OutputBlock) * outPlane) + (row * (long)width * Lanes);
            int channels = _geometry.ChannelsOf(pair.InputBlock);
            foreach (TapRun run in _runs[channels - 1])
            {
                product.Source = source + _strip.TapOffsets[run.First];
                product.Sums = sums + ((((long)index * _geometry.Taps) + run.First) * PairTapLength);
                product.TapSumsStride = run.Step * PairTapLength;
                Multiply(&product, channels, run.Count);
            }
        }
    }

    private float* Prepare(int image, int images, int row, int rows, int inputBlock, float* strips)
    {
        long sourcePlane = (long)_geometry.Rows.Source * _geometry.Columns.Source * Lanes;
        float* source = Source + ((((long)image * _sourceBlocks) + inputBlock) * sourcePlane);
        if (_geometry.IsPointwise)
        {
            return source;
        }

        for (int i = 0; i < images; i++)
        {
            _strip.Fill(source + (i * _sourceBlocks * sourcePlane), row, rows, strips + (i * _stripLength));
        }

        return strips;
    }

    private void Multiply(OuterProductArguments* product, int channels, int taps)
    {
        switch (_level)
        {
            case SimdLevel.Vector512:
                OuterProduct512Kernel.For(channels, taps)(product);
                break;
            case SimdLevel.Vector256:
                OuterProductKernel<Lanes8, Vector256<float>>.Run(product);
                break;
            default:
                OuterProductKernel<Lanes4, Vector128<float>>.Run(product);
                break;
        }
    }

    /// <summary>Adds the threads' sums in their order and puts them where the layer's weights lie.</summary>
    private sealed class Reduction(TiledWeightGradientPass owner) : ParallelPass
    {
        protected override void Work(int thread, int threadCount)
        {
            (int start, int end) = ParallelRunner.Share(owner._pairs.Length, thread, threadCount);
            for (int index = start; index < end; index++)
            {
                Reduce(owner._pairs[index], owner._workspace.Floats + ((long)index * owner._geometry.Taps * PairTapLength));
            }
        }

        /// <summary>Output channel by output channel, because there the layer's weights are contiguous.</summary>
        private void Reduce(BlockPair pair, float* sums)
        {
            ConvolutionGeometry geometry = owner._geometry;
            int taps = geometry.Taps;
            int firstOut = pair.OutputBlock * Lanes;
            int endOut = Math.Min(firstOut + Lanes, geometry.OutChannels);
            int firstSource = pair.InputBlock * Lanes;
            for (int outChannel = firstOut; outChannel < endOut; outChannel++)
            {
                (int groupFirst, int groupEnd) = geometry.SourceChannelsOf(outChannel);
                int first = Math.Max(firstSource, groupFirst);
                int end = Math.Min(firstSource + geometry.ChannelsOf(pair.InputBlock), groupEnd);
                if (first >= end)
                {
                    continue;
                }

                float* target = owner.WeightGradient + geometry.WeightIndex(outChannel, first, tap: 0);
                for (int sourceChannel = first; sourceChannel < end; sourceChannel++)
                {
                    float* term = sums + ((sourceChannel - firstSource) * Lanes) + (outChannel - firstOut);
                    for (int tap = 0; tap < taps; tap++, term += PairTapLength)
                    {
                        float sum = *term;
                        for (int copy = 1; copy < owner._copies; copy++)
                        {
                            sum += term[copy * owner._sumsLength];
                        }

                        *target++ = sum;
                    }
                }
            }
        }
    }
}
