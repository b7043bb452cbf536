namespace ResNetMl.Engine;

/// <summary>
/// Where the channels of a feature map lie: images × blocks of channels × pixels × lanes, the last contiguous. Channel = block · Lanes + lane.
/// </summary>
/// <remarks>[N, H, W, C] is one block of C lanes; nChw16c is ⌈C/16⌉ blocks of 16 lanes, the last filled up with zeros.</remarks>
/// <param name="Images">N.</param>
/// <param name="Blocks">Blocks of channels in an image.</param>
/// <param name="Pixels">H · W.</param>
/// <param name="Lanes">Channels in a block.</param>
internal readonly record struct ChannelLayout(int Images, int Blocks, int Pixels, int Lanes)
{
    // Half of a first-level cache, so that a pass over some lanes finds the others' cache lines still there.
    private const int ChunkElements = 4096;

    /// <summary>Channels with the filling.</summary>
    internal int PaddedChannels => Blocks * Lanes;

    /// <summary>Elements with the filling.</summary>
    internal long Length => (long)Images * Blocks * Pixels * Lanes;

    /// <summary>Pixels that are worked on at a time.</summary>
    internal int PixelsInChunk => Math.Min(Pixels, Math.Max(1, ChunkElements / Lanes));

    /// <summary>Chunks of one block of one image.</summary>
    internal int ChunksInPlane => (Pixels + PixelsInChunk - 1) / PixelsInChunk;

    /// <summary>All chunks: what threads share out.</summary>
    internal int ChunkCount => checked(Images * Blocks * ChunksInPlane);

    /// <summary>Where a chunk starts, how many pixels it has and which is its first channel.</summary>
    internal (long Offset, int PixelCount, int FirstChannel) Chunk(int index)
    {
        int plane = index / ChunksInPlane;
        int firstPixel = index % ChunksInPlane * PixelsInChunk;
        return (
            (((long)plane * Pixels) + firstPixel) * Lanes,
            Math.Min(PixelsInChunk, Pixels - firstPixel),
            plane % Blocks * Lanes);
    }
}
