using System.Diagnostics;

namespace ResNetMl.EndToEnd.Tests.Support;

/// <summary>A file system in memory of a few kilobytes, mounted for one test; the test is skipped where mounting is not allowed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string root) => Root = root;

    internal string Root { get; }

    internal static SmallDisk Mount(string folder, int kibibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Needs root on Linux: a small file system is mounted to fill it.");
        Directory.CreateDirectory(folder);
        (int exitCode, string error) = Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", folder);
        Assert.SkipUnless(exitCode == 0, $"Needs the right to mount a file system: {error}");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all space but some.</summary>
    /// <returns>The file that takes it; deleting it gives the space back.</returns>
    internal string FillUpTo(int kibibytesLeft)
    {
        string path = Path.Combine(Root, "filler");
        long free = new DriveInfo(Root).AvailableFreeSpace - (kibibytesLeft * 1024L);
        File.WriteAllBytes(path, new byte[free]);
        return path;
    }

    public void Dispose() => Run("umount", Root);

    private static (int ExitCode, string Error) Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
