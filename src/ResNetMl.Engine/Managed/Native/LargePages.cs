using System.Runtime.InteropServices;

namespace ResNetMl.Engine.Managed.Native;

/// <summary>Asks Linux to back memory with 2 MiB pages: fewer page faults at first use, fewer address translations afterwards.</summary>
internal static partial class LargePages
{
    /// <summary>Bytes of a large page; memory must be aligned to it to start with one.</summary>
    internal const int ByteCount = 2 * 1024 * 1024;

    private const int AdviseHugePage = 14; // MADV_HUGEPAGE of <sys/mman.h>

    /// <summary>Asks; where the system says no, or is another, memory stays as it is.</summary>
    /// <param name="address">First byte, aligned to <see cref="ByteCount"/>.</param>
    /// <param name="byteCount">Bytes.</param>
    internal static void Ask(nint address, long byteCount)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Advise(address, (nuint)byteCount, AdviseHugePage);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library under another name: the memory works without the advice.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint byteCount, int advice);
}
