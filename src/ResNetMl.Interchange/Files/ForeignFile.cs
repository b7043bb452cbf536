namespace ResNetMl.Interchange;

/// <summary>Reads the bytes of another program's file.</summary>
internal static class ForeignFile
{
    /// <summary>All bytes of a regular file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be, for messages: <c>a PyTorch file</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InterchangeException">It is a folder, a pipe, a device, empty, or of 2 GiB or more.</exception>
    internal static byte[] ReadAll(string path, string kind)
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

        return length <= Array.MaxLength
            ? File.ReadAllBytes(path)
            : throw new InterchangeException(
                $"'{path}': expected {kind} of less than 2 GiB, got {length:N0} bytes. Save it with half the precision or in parts.");
    }
}
