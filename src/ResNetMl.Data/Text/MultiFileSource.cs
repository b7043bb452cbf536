namespace ResNetMl.Data;

/// <summary>Files read one after the other.</summary>
public sealed class MultiFileSource : IMultiStreamSource
{
    private readonly string[] _paths;

    /// <summary>Names the files; they are looked up now and opened on every pass.</summary>
    /// <param name="paths">In order. The last part of a path may hold * and ?: then it stands for the files that match, in the order of their names.</param>
    /// <exception cref="FileNotFoundException">A file does not exist, or a pattern matches none.</exception>
    public MultiFileSource(params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _paths = [.. paths.SelectMany(Expand)];
    }

    /// <inheritdoc/>
    public int Count => _paths.Length;

    /// <inheritdoc/>
    public string? GetPathOrNull(int index) => _paths[index];

    /// <inheritdoc/>
    public Stream Open(int index) => File.OpenRead(_paths[index]);

    /// <inheritdoc/>
    public TextReader OpenTextReader(int index) => new StreamReader(Open(index));

    private static string[] Expand(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            return [path];
        }

        string pattern = Path.GetFileName(path);
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        string[] matching = pattern.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];
        if (matching.Length == 0)
        {
            throw new FileNotFoundException(
                $"There is no file '{path}'{(Path.IsPathRooted(path) ? "" : $" in '{Directory.GetCurrentDirectory()}'")}.", path);
        }

        Array.Sort(matching, StringComparer.Ordinal);
        return matching;
    }
}
