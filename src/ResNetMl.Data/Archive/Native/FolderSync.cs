using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ResNetMl.Data;

/// <summary>Flushes a folder's list of names to disk, so that a rename survives a power cut.</summary>
/// <remarks>.NET opens no folders, so this calls the C library; on Windows the file system's own journal does it.</remarks>
internal static class FolderSync
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            // A folder that may be written but not listed cannot be opened: the file is in place, only its name may reach the disk later.
            return;
        }

        try
        {
            if (Synchronize(descriptor) != 0)
            {
                int error = Marshal.GetLastPInvokeError();

                // EINVAL is how a file system says that it knows no such flush (some network mounts).
                if (error != InvalidArgument)
                {
                    throw new IOException(
                        $"The folder '{folder}' could not be flushed to disk ({new Win32Exception(error).Message}): what was written there " +
                        "is in place, but might not survive a power cut. Check the disk.");
                }
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Synchronize(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
