using System.Runtime.InteropServices;
using System.Text;

namespace ResNetMl.Benchmarks.Fuzzing;

/// <summary>Sees whether some files are opened, by Linux's inotify; on other systems it sees nothing.</summary>
internal sealed unsafe partial class OutsideWatch : IDisposable
{
    private const int NonBlocking = 0x800;
    private const uint Opened = 0x20;

    /// <summary>Bytes of an event before the file's name: descriptor, mask, cookie, length of the name.</summary>
    private const int EventHeader = 16;

    /// <summary>A file that exists, by its whole path.</summary>
    internal static readonly string AbsoluteSecret = Path.Combine(Path.GetTempPath(), "resnetml-fuzz-secret.bin");

    private readonly int _descriptor;
    private readonly HashSet<string> _names;

    /// <summary>Begins to watch.</summary>
    /// <param name="files">Whole paths.</param>
    internal OutsideWatch(params ReadOnlySpan<string> files)
    {
        _names = [.. files.ToArray().Select(file => Path.GetFileName(file))];
        _descriptor = OperatingSystem.IsLinux() ? Initialize(NonBlocking) : -1;
        foreach (string file in files)
        {
            if (Works)
            {
                _ = AddWatch(_descriptor, Path.GetDirectoryName(file)!, Opened);
            }
        }
    }

    private bool Works => _descriptor >= 0;

    /// <summary>Names of those that were opened since the last call.</summary>
    internal IReadOnlyList<string> Take()
    {
        var names = new List<string>();
        Span<byte> buffer = stackalloc byte[4096];
        while (Works)
        {
            nint count;
            fixed (byte* address = buffer)
            {
                count = Read(_descriptor, address, (nuint)buffer.Length);
            }

            if (count <= 0)
            {
                break;
            }

            for (int at = 0; at < count;)
            {
                int length = MemoryMarshal.Read<int>(buffer[(at + 12)..]);
                string name = Encoding.UTF8.GetString(buffer.Slice(at + EventHeader, length)).TrimEnd('\0');
                if (_names.Contains(name))
                {
                    names.Add(name);
                }

                at += EventHeader + length;
            }
        }

        return names;
    }

    public void Dispose()
    {
        if (Works)
        {
            _ = Close(_descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1")]
    private static partial int Initialize(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
