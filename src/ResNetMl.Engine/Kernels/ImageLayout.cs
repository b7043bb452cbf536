namespace ResNetMl.Engine.Kernels;

/// <summary>A batch of feature maps in memory: [Images, Blocks, Height, Width, Lanes].</summary>
/// <remarks>
/// One description for three layouts: [N, H, W, C] has as many lanes as channels, oneDNN's nChw16c has 16, [N, C, H, W] has one. The lanes
/// of a pixel are contiguous, so kernels work on vectors of lanes. Lanes that stand for no channel hold 0.
/// </remarks>
/// <param name="Images">N.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Lanes">Channels of a pixel that are contiguous.</param>
internal readonly record struct ImageLayout(int Images, int Channels, int Height, int Width, int Lanes)
{
    /// <summary>Groups of lanes that hold all channels.</summary>
    internal int Blocks => (Channels + Lanes - 1) / Lanes;

    /// <summary>Channels with those that only fill up the last block.</summary>
    internal int PaddedChannels => Blocks * Lanes;

    /// <summary>Pixels of a feature map.</summary>
    internal int Pixels => Height * Width;

    /// <summary>Elements of one block of one image.</summary>
    internal int MapElements => Pixels * Lanes;

    /// <summary>Elements of the whole batch, padding included.</summary>
    internal long ElementCount => (long)Images * Blocks * MapElements;

    /// <summary>Index of the first element of one block of one image.</summary>
    /// <param name="image">Image in the batch.</param>
    /// <param name="block">Block of channels.</param>
    internal long MapOffset(int image, int block) => (((long)image * Blocks) + block) * MapElements;

    /// <summary>The same channels and lanes at another resolution.</summary>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    internal ImageLayout WithSize(int height, int width) => this with { Height = height, Width = width };
}

/// <summary>Cuts a batch into segments that fit the first cache, in an order that keeps a block's channels together.</summary>
/// <remarks>Segments depend on the layout alone and threads take contiguous runs of them, so sums do not depend on timing.</remarks>
internal readonly struct Segments
{
    private const int TargetElements = 8192;

    private readonly ImageLayout _layout;
    private readonly int _pixelsEach;
    private readonly int _perMap;

    internal Segments(ImageLayout layout)
    {
        _layout = layout;
        _pixelsEach = Math.Max(1, Math.Min(layout.Pixels, TargetElements / layout.Lanes));
        _perMap = (layout.Pixels + _pixelsEach - 1) / _pixelsEach;
        Count = layout.Blocks * layout.Images * _perMap;
    }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>One segment, all of one block: its channels' block, its first element, and its pixels.</summary>
    /// <param name="index">From 0; segments of a block are consecutive.</param>
    internal (int Block, long Offset, int Pixels) this[int index]
    {
        get
        {
            int map = index / _perMap;
            int block = map / _layout.Images;
            int firstPixel = (index - (map * _perMap)) * _pixelsEach;
            int pixels = Math.Min(_pixelsEach, _layout.Pixels - firstPixel);
            return (block, _layout.MapOffset(map - (block * _layout.Images), block) + ((long)firstPixel * _layout.Lanes), pixels);
        }
    }
}
