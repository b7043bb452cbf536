using System.Runtime.InteropServices;

namespace ResNetMl.Engine.OneDnn.Native;

/// <summary>Zeroed memory outside the managed heap, aligned for the widest vectors, asking for large pages where it is large.</summary>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    private const int HugePageBytes = 2 << 20;
    private const int AdviseHugePages = 14;

    private byte* _address;

    /// <summary>Takes the memory.</summary>
    /// <param name="byteCount">Bytes; 0 gives a buffer that must not be read.</param>
    internal NativeBuffer(long byteCount)
    {
        ByteCount = byteCount;
        bool isLarge = byteCount >= HugePageBytes;
        nuint alignment = isLarge ? (nuint)HugePageBytes : 64;
        nuint size = ((nuint)byteCount + alignment) / alignment * alignment;
        _address = (byte*)NativeMemory.AlignedAlloc(size, alignment);
        if (isLarge)
        {
            // Advice only: a kernel that refuses it serves small pages and the results are the same.
            _ = Advise(_address, size, AdviseHugePages);
        }

        NativeMemory.Clear(_address, size);
        GC.AddMemoryPressure(Math.Max(1, byteCount));
    }

    /// <summary>Frees what a plan that was not disposed left behind.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Bytes asked for.</summary>
    internal long ByteCount { get; }

    /// <summary>First byte, aligned to 64.</summary>
    internal byte* Address => _address;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private void Free()
    {
        if (_address != null)
        {
            NativeMemory.AlignedFree(_address);
            _address = null;
            GC.RemoveMemoryPressure(Math.Max(1, ByteCount));
        }
    }
}
