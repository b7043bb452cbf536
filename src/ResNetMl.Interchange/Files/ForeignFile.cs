namespace ResNetMl.Interchange;

/// <summary>Opens, reads and replaces files of other programs.</summary>
internal static class ForeignFile
{
    /// <summary>All bytes of a regular file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be, for messages: <c>a PyTorch file</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is a folder, a pipe, a device, empty, or, where all is read at once, of 2 GiB or more.</exception>
    internal static byte[] ReadAll(string path, string kind)
    {
        long length = Length(path, kind);
        return length <= Array.MaxLength
            ? File.ReadAllBytes(path)
            : throw new InterchangeException(
                $"'{path}': expected {kind} of less than 2 GiB, got {length:N0} bytes. Save it with half the precision or in parts.");
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <inheritdoc cref="ReadAll"/>
    internal static FileStream Open(string path, string kind)
    {
        Length(path, kind);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
    }

    /// <summary>Writes a file beside the target and renames it over the target: who reads finds the old file or the new one.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It cannot be written; an earlier file is unchanged.</exception>
    internal static void Replace(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
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

        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception)
        {
            File.Delete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"Cannot write '{path}': {exception.Message} The earlier file, if any, is unchanged.", exception);
            }

            throw;
        }
    }

    private static long Length(string path, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new InterchangeException($"'{path}': expected {kind}, got a folder. Give the file itself.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'. Check the path.", path);
        }

        // Asked before opening: opening a pipe would wait for a writer for ever. Pipes and devices have no length.
        long length = ((FileInfo)(File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path))).Length;
        if (length == 0)
        {
            throw new InterchangeException($"'{path}': expected {kind}, got an empty file, a pipe or a device. Give a regular file.");
        }

        return length;
    }
}
