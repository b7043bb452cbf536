namespace ResNetMl.Images.Native;

/// <summary>Reads files that are known to be plain files: opening a named pipe would wait for a writer for ever.</summary>
internal static class RegularFile
{
    /// <summary>Whether the path, links followed, is a plain file that exists.</summary>
    internal static bool Exists(string path)
    {
        LibVipsLibrary.EnsureLoaded();
        return LibVips.TestFile(path, LibVips.FileTestIsRegular) != 0;
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="ImageFormatException">No file, no plain file, empty, larger than the limit, or not readable.</exception>
    internal static byte[] ReadAll(string path, long maxBytes, bool mayBeEmpty = false)
    {
        if (!Exists(path))
        {
            throw new ImageFormatException(path, WhyNotRegular(path));
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            long length = stream.Length;
            if (length == 0 && !mayBeEmpty)
            {
                throw new ImageFormatException(path, "expected an image, got an empty file (0 bytes). Replace the file or leave it out.");
            }

            if (length > maxBytes)
            {
                throw new ImageFormatException(
                    path, $"expected at most {maxBytes:N0} encoded bytes, got {length:N0}. Raise the limit (MaxEncodedBytes) or leave the file out.");
            }

            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageFormatException(path, $"expected a readable file, got: {exception.Message} Check its permissions or leave it out.", exception);
        }
    }

    /// <summary>Says what the path is instead of a plain file.</summary>
    internal static string WhyNotRegular(string path)
    {
        if (Directory.Exists(path))
        {
            return "expected an image file, got a folder. Rename or move the folder.";
        }

        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            return $"expected an image file, got a link to '{target}', which is no file. Mend or remove the link.";
        }

        return file.Exists
            ? "expected an image file, got a pipe, socket or device. Remove it from the data."
            : "expected an image file, got nothing: no such file. Check the path.";
    }
}
