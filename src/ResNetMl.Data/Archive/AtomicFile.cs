using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ResNetMl.Data;

/// <summary>Replaces a file as a whole: a reader, or a machine that stops at any moment, finds the old file or the new one.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes a file beside the target, flushes it to disk, renames it over the target and flushes the folder.</summary>
    /// <remarks>
    /// The temporary file is <c>.NAME.PROCESS.RANDOM.tmp</c> in the target's folder; those that killed writers of the same target left
    /// behind are removed first. Where the target is a symbolic link, the file it points to is replaced. The new file has the permissions of
    /// the old one. Of two writers at once the later wins.
    /// </remarks>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content into a seekable stream, called once. It must not close the stream.</param>
    /// <exception cref="IOException">
    /// The disk is full, the folder is missing or may not be written. The earlier file is unchanged.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        if (new FileInfo(target).LinkTarget is not null)
        {
            target = File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
        }

        if (Directory.Exists(target))
        {
            throw new IOException($"Cannot write '{path}': a folder has that name. Give the name of a file.");
        }

        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Cannot write '{path}': there is no folder '{folder}'. Create it first.");
        }

        string name = Path.GetFileName(target);
        string temporary = Path.Combine(folder, $".{name}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp");
        try
        {
            RemoveLeftovers(folder, name);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                CopyPermissions(target, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception)
        {
            TryDelete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"Cannot write '{path}': {exception.Message} The earlier file, if any, is unchanged.", exception);
            }

            throw;
        }

        FolderSync.Flush(folder);
    }

    private static void CopyPermissions(string target, FileStream stream)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
        }
    }

    /// <summary>Deletes what killed writers left, and nothing that a writer of this or another process may still be at.</summary>
    private static void RemoveLeftovers(string folder, string name)
    {
        // The prefix is compared here: a name with '*' or '?' in it would mean more to the file system's own matching.
        string prefix = $".{name}.";
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            // A live process holds its file locked, except for a moment before it renames it: so its number is asked too. The lock is asked
            // for processes that this one cannot see, as on another machine that shares the folder.
            string file = Path.GetFileName(path);
            if (file.StartsWith(prefix, StringComparison.Ordinal)
                && TemporaryEnding().Match(file, prefix.Length - 1) is { Success: true } ending
                && !IsAlive(int.Parse(ending.Groups["process"].ValueSpan, CultureInfo.InvariantCulture))
                && !IsLocked(path))
            {
                TryDelete(path);
            }
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report; the next write of the same file removes what is left.
        }
    }

    [GeneratedRegex(@"\G\.(?<process>[0-9]{1,9})\.[0-9a-f]{32}\.tmp\z")]
    private static partial Regex TemporaryEnding();
}
