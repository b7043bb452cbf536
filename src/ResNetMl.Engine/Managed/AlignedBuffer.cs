using System.Runtime.InteropServices;
using ResNetMl.Engine.Managed.Native;

namespace ResNetMl.Engine.Managed;

/// <summary>Memory outside the managed heap, aligned to a page, large memory to a large page; zeros at first.</summary>
internal sealed unsafe class AlignedBuffer : SafeHandle
{
    private const int AlignmentBytes = 4096;

    /// <summary>Takes memory.</summary>
    /// <param name="byteCount">Bytes, 0 or more.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much.</exception>
    internal AlignedBuffer(long byteCount)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        ByteCount = byteCount;
        bool isLarge = byteCount >= LargePages.ByteCount;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(byteCount, 1), isLarge ? LargePages.ByteCount : (nuint)AlignmentBytes));
        if (isLarge)
        {
            LargePages.Ask(handle, byteCount);
        }

        NativeMemory.Clear((void*)handle, (nuint)byteCount);
    }

    /// <summary>How many bytes it holds.</summary>
    internal long ByteCount { get; }

    /// <summary>The first float.</summary>
    internal float* Floats => (float*)handle;

    /// <summary>The first byte.</summary>
    internal byte* Bytes => (byte*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Memory for a number of floats.</summary>
    internal static AlignedBuffer OfFloats(long count) => new(checked(count * sizeof(float)));

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
