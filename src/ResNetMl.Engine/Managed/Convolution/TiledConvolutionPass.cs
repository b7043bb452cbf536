using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetMl.Engine.Kernels;

namespace ResNetMl.Engine.Managed;

/// <summary>
/// A convolution as a matrix product that is never written out: for each band of rows the source is copied with its padding, and micro-kernels
/// run over tiles of pixels with all their sums in registers. Threads share images and bands.
/// </summary>
/// <remarks>Scalar twin: <see cref="ScalarConvolution"/>.</remarks>
internal sealed unsafe class TiledConvolutionPass : ConvolutionPass
{
    private const int Lanes = ManagedLayout.Lanes;

    // A strip of all input blocks stays in a second-level cache beside the weights.
    private const long StripFloats = 64 * 1024;

    private readonly ConvolutionGeometry _geometry;
    private readonly SimdLevel _level;
    private readonly Workspace _workspace;
    private readonly SourceStrip _strip;
    private readonly AlignedBuffer _tapOffsets;
    private readonly int _images;
    private readonly int _sourceBlocks;
    private readonly int _outBlocks;
    private readonly int _maximumPixels;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _rowsInBand;
    private readonly int _bands;
    private readonly long _stripLength;

    /// <summary>Prepares for a number of images.</summary>
    internal TiledConvolutionPass(ConvolutionGeometry geometry, int images, SimdLevel level, int threads, Workspace workspace)
        : base(PackingOf(geometry, level))
    {
        _geometry = geometry;
        _images = images;
        _level = level;
        _workspace = workspace;
        _sourceBlocks = ManagedLayout.BlocksOf(geometry.SourceChannels);
        _outBlocks = ManagedLayout.BlocksOf(geometry.OutChannels);
        _maximumPixels = Groups.Groups[0].BlockCount == 2 ? Tile14x32Kernel.MaximumPixels : MaximumPixelsOfOneBlock;
        _strip = new SourceStrip(geometry);
        _tapOffsets = new AlignedBuffer(sizeof(int) * Math.Max(1, geometry.Taps));
        if (geometry.IsPointwise)
        {
            // Rows do not matter: the plane is cut into rows of whole tiles, and nothing is copied.
            int pixels = geometry.Rows.Out * geometry.Columns.Out;
            _columns = Math.Min(pixels, _maximumPixels * 4);
            _rows = (pixels + _columns - 1) / _columns;
        }
        else
        {
            _strip.TapOffsets.CopyTo(new Span<int>(_tapOffsets.Bytes, geometry.Taps));
            _rows = geometry.Rows.Out;
            _columns = geometry.Columns.Out;
        }

        _rowsInBand = ChooseRowsInBand(threads);
        _bands = (_rows + _rowsInBand - 1) / _rowsInBand;
        _stripLength = geometry.IsPointwise ? 0 : _strip.LengthFor(_rowsInBand);
        workspace.Require(_stripLength * _sourceBlocks * threads);
    }

    private int MaximumPixelsOfOneBlock => _level == SimdLevel.Vector512 ? Tile28x16Kernel.MaximumPixels : 6;

    private PackedWeights Groups => (PackedWeights)Weights;

    public override void Dispose() => _tapOffsets.Dispose();

    protected override void Work(int thread, int threadCount)
    {
        float* strip = _workspace.Floats + (thread * _stripLength * _sourceBlocks);
        (int start, int end) = ParallelRunner.Share(_images * _bands, thread, threadCount);
        for (int item = start; item < end; item++)
        {
            int image = item / _bands;
            int firstRow = item % _bands * _rowsInBand;
            int rows = Math.Min(_rowsInBand, _rows - firstRow);
            WorkOnBand(image, firstRow, rows, strip);
        }
    }

    private int ChooseRowsInBand(int threads)
    {
        int rows = _rows;
        while (rows > 1 && IsBetterHalved(rows))
        {
            rows = (rows + 1) / 2;
        }

        // Few images: cut them so that every thread gets as many rows.
        if (_images % threads != 0 && _images < 4 * threads)
        {
            int bands = (_rows + rows - 1) / rows;
            bands = (bands + threads - 1) / threads * threads;
            rows = (_rows + bands - 1) / bands;
        }

        return rows;
    }

    /// <summary>Whether a band's source would leave the second-level cache, and cutting it costs less traffic than that does.</summary>
    private bool IsBetterHalved(int rows)
    {
        if (!_geometry.IsPointwise)
        {
            return _strip.LengthFor(rows) * _sourceBlocks > StripFloats;
        }

        // Each output group reads the band again; each band reads all weights again.
        long source = (long)rows * _columns * Lanes * _sourceBlocks;
        return source > StripFloats && source * (Groups.Groups.Length - 1) > Weights.Length;
    }

    private void WorkOnBand(int image, int firstRow, int rows, float* strip)
    {
        WindowAxis height = _geometry.Rows;
        WindowAxis width = _geometry.Columns;
        long sourcePlane = (long)height.Source * width.Source * Lanes;
        float* source = Source + (image * _sourceBlocks * sourcePlane);
        long blockStride = sourcePlane;
        long rowStride = (long)_columns * Lanes;
        if (!_geometry.IsPointwise)
        {
            blockStride = _stripLength;
            rowStride = (long)_strip.RowStep * _strip.Pitch;
            for (int block = 0; block < _sourceBlocks && _geometry.Taps > 0; block++)
            {
                _strip.Fill(source + (block * sourcePlane), firstRow, rows, strip + (block * blockStride));
            }

            source = strip;
        }
        else
        {
            source += firstRow * rowStride;
        }

        long plane = (long)height.Destination * width.Destination * Lanes;
        long destinationRow = _geometry.IsPointwise ? rowStride : (long)height.Step * width.Destination * Lanes;
        long first = (image * _outBlocks * plane) + (firstRow * destinationRow) +
            ((((long)height.First * width.Destination) + width.First) * Lanes);
        TileArguments tile = default;
        tile.SourceBlockStride = blockStride;
        tile.TapOffsets = (int*)_tapOffsets.Bytes;
        tile.TapCount = _geometry.Taps;
        tile.DestinationPixelStep = width.Step * Lanes;
        tile.DestinationBlockStride = plane;
        tile.IsActivated = IsActivated;
        foreach (OutputGroup group in Groups.Groups)
        {
            tile.InputBlocks = group.InputBlockCount;
            tile.LastBlockChannels = group.LastBlockChannels;
            tile.Weights = PackedWeights + group.Offset;
            tile.Bias = Bias is null ? null : Bias + (group.FirstBlock * Lanes);
            float* groupSource = source + (group.FirstInputBlock * blockStride);
            long groupFirst = first + (group.FirstBlock * plane);
            for (int row = 0; row < rows; row++)
            {
                int columns = _geometry.IsPointwise
                    ? Math.Min(_columns, (height.Out * width.Out) - ((firstRow + row) * _columns))
                    : _columns;
                WorkOnRow(ref tile, group.BlockCount, columns, groupSource + (row * rowStride), groupFirst + (row * destinationRow));
            }
        }
    }

    /// <summary>Cuts a row into as few tiles as possible, of sizes that differ by one pixel at most.</summary>
    private void WorkOnRow(ref TileArguments tile, int blocks, int columns, float* source, long destination)
    {
        int maximum = blocks == 2 ? Tile14x32Kernel.MaximumPixels : MaximumPixelsOfOneBlock;
        int tiles = (columns + maximum - 1) / maximum;
        int done = 0;
        for (int i = 0; i < tiles; i++)
        {
            int pixels = (columns - done) / (tiles - i);
            tile.Source = source + ((long)done * Lanes);
            long offset = destination + ((long)done * tile.DestinationPixelStep);
            tile.Destination = Destination + offset;
            tile.Addend = Addend is null ? null : Addend + offset;
            Kernel(blocks, pixels)((TileArguments*)Unsafe.AsPointer(ref tile));
            done += pixels;
        }
    }

    private delegate*<TileArguments*, void> Kernel(int blocks, int pixels) => _level switch
    {
        SimdLevel.Vector512 => blocks == 2 ? Tile14x32Kernel.For(pixels) : Tile28x16Kernel.For(pixels),
        SimdLevel.Vector256 => Tile6x16Kernel<Lanes8, Vector256<float>>.For(pixels),
        _ => Tile6x16Kernel<Lanes4, Vector128<float>>.For(pixels),
    };
}
