using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ResNetMl.Images.Native;

/// <summary>One reference to a GObject: an operation, an image or a region.</summary>
internal sealed class VipsObjectHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibVips.UnrefObject(handle);
        return true;
    }
}

/// <summary>One reference to bytes lent to libvips; the bytes stay pinned until this and all images made from them are gone.</summary>
internal sealed class VipsBlobHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibVips.UnrefArea(handle);
        return true;
    }
}

/// <summary>Memory that the native side allocated and this side frees.</summary>
internal sealed class GlibMemoryHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>The memory as bytes; valid while this handle is reachable and not disposed.</summary>
    internal unsafe ReadOnlySpan<byte> AsSpan(int length) => new((void*)handle, length);

    /// <summary>The memory as text ending in a zero byte.</summary>
    internal string AsText() => Marshal.PtrToStringUTF8(handle) ?? string.Empty;

    protected override bool ReleaseHandle()
    {
        LibVips.Free(handle);
        return true;
    }
}
