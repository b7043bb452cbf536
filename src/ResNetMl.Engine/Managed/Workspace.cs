namespace ResNetMl.Engine.Managed;

/// <summary>Scratch memory that the passes of a plan use in turn: as large as the largest asks for.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private AlignedBuffer? _buffer;
    private long _length;

    /// <summary>The first float; valid once <see cref="Allocate"/> was called. Holds anything.</summary>
    internal float* Floats => _buffer!.Floats;

    /// <summary>Asks for a number of floats.</summary>
    internal void Require(long floats) => _length = Math.Max(_length, floats);

    /// <summary>Takes the memory when all passes have asked.</summary>
    internal void Allocate() => _buffer = AlignedBuffer.OfFloats(_length);

    public void Dispose() => _buffer?.Dispose();
}
