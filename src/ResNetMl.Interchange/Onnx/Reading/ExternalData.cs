using System.Globalization;
using ResNetMl.Interchange.Onnx.Generated;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Weights that lie in other files: only in the model's own folder or below it, and no link may lead out of it.</summary>
internal sealed class ExternalData
{
    private const int MaxLinks = 40;

    private readonly string? _folder;
    private readonly ModelBudget _budget;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <param name="folder">The model's folder; null where the model came from memory and has none.</param>
    /// <param name="budget">Grows by each file's size once.</param>
    internal ExternalData(string? folder, ModelBudget budget)
    {
        _folder = folder is null ? null : RealPath(Path.GetFullPath(folder));
        _budget = budget;
    }

    /// <summary>Finds and checks the place of a tensor's bytes, without reading them.</summary>
    internal Place Find(string where, TensorProto tensor, long byteCount)
    {
        Dictionary<string, string> entries = new(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            entries[entry.Key] = entry.Value;
        }

        if (_folder is null)
        {
            throw new InterchangeException($"{where}: expected weights inside the model, got a reference to another file. Read the model by its path.");
        }

        string location = entries.GetValueOrDefault("location", "");
        string path = Locate(where, location);
        long offset = ReadNumber(where, entries, "offset", 0);
        long length = ReadNumber(where, entries, "length", byteCount);
        long fileLength = new FileInfo(path) is { Exists: true } file ? file.Length : -1;
        if (fileLength < 0)
        {
            throw new InterchangeException($"{where}: expected the file '{location}' beside the model, got none. Copy all files of the model together.");
        }

        if (length != byteCount || offset > fileLength - length)
        {
            throw new InterchangeException(
                $"{where}: expected {byteCount:N0} bytes at {offset:N0} of '{location}', got {length:N0} of a file of {fileLength:N0}. Its shape and the file disagree.");
        }

        if (_seen.Add(path))
        {
            _budget.Allow(fileLength);
        }

        return new Place(path, offset);
    }

    /// <summary>Fills bytes from a place.</summary>
    internal static void Read(string where, Place place, Span<byte> destination)
    {
        try
        {
            using FileStream stream = File.OpenRead(place.Path);
            stream.Position = place.Offset;
            stream.ReadExactly(destination);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InterchangeException($"{where}: its file '{place.Path}' cannot be read: {exception.Message}", exception);
        }
    }

    private string Locate(string where, string location)
    {
        string[] parts = location.Split('/', '\\');
        if (location.Length is 0 or > 1024 || location.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(location) ||
            location.Contains(':', StringComparison.Ordinal) || parts.Any(part => part is ".." or ""))
        {
            throw new InterchangeException(
                $"{where}: expected weights in the model's own folder, got the location '{OnnxText.Show(location)}'. Only files beside the model are read.");
        }

        string path = RealPath(Path.Combine([_folder!, .. parts]));
        return path.StartsWith(Path.TrimEndingDirectorySeparator(_folder!) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InterchangeException(
                $"{where}: expected weights in the model's own folder, got '{OnnxText.Show(location)}', a link that leaves it. Copy the file beside the model.");
    }

    // Follows the links of each folder on the way, as the system will when the file is opened.
    private static string RealPath(string path)
    {
        string root = Path.GetPathRoot(path) ?? "/";
        var left = new Stack<string>(path[root.Length..].Split(Path.DirectorySeparatorChar).Reverse());
        string real = root;
        for (int links = 0; left.TryPop(out string? part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            string next = part == ".." ? Path.GetDirectoryName(real) ?? root : Path.Combine(real, part);
            string? target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new InterchangeException($"'{path}': expected a file, got links that lead in a circle.");
            }

            if (Path.IsPathRooted(target))
            {
                real = root;
                target = target[root.Length..];
            }

            foreach (string targetPart in target.Split(Path.DirectorySeparatorChar).Reverse())
            {
                left.Push(targetPart);
            }
        }

        return real;
    }

    private static long ReadNumber(string where, Dictionary<string, string> entries, string key, long without)
    {
        if (!entries.TryGetValue(key, out string? text))
        {
            return without;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new InterchangeException($"{where}: expected the {key} of its external data as a number of 0 or more, got '{OnnxText.Show(text)}'.");
    }

    /// <summary>Bytes of a file.</summary>
    internal readonly record struct Place(string Path, long Offset);
}
