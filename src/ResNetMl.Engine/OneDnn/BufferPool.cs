using ResNetMl.Engine.OneDnn.Native;

namespace ResNetMl.Engine.OneDnn;

/// <summary>Assigns memory to arrays while a plan is built: what a later step no longer reads, an even later one may write.</summary>
internal sealed class BufferPool : IDisposable
{
    private readonly List<NativeBuffer> _all = [];
    private readonly List<NativeBuffer> _free = [];

    /// <summary>Bytes taken from the system.</summary>
    internal long TotalBytes => _all.Sum(buffer => buffer.ByteCount);

    /// <summary>Memory of at least so many bytes: the smallest free one that is not more than twice too large, else new.</summary>
    /// <param name="byteCount">Bytes needed.</param>
    internal NativeBuffer Rent(long byteCount)
    {
        NativeBuffer? best = null;
        foreach (NativeBuffer candidate in _free)
        {
            bool fits = candidate.ByteCount >= byteCount && candidate.ByteCount / 2 <= byteCount;
            if (fits && (best is null || candidate.ByteCount < best.ByteCount))
            {
                best = candidate;
            }
        }

        if (best is not null)
        {
            _free.Remove(best);
            return best;
        }

        var buffer = new NativeBuffer(byteCount);
        _all.Add(buffer);
        return buffer;
    }

    /// <summary>Lets later steps use the memory.</summary>
    /// <param name="buffer">From <see cref="Rent"/>.</param>
    internal void Return(NativeBuffer buffer) => _free.Add(buffer);

    /// <inheritdoc/>
    public void Dispose() => _all.ForEach(buffer => buffer.Dispose());
}
