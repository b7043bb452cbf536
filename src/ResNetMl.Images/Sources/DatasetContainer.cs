namespace ResNetMl.Images;

/// <summary>Folders and files below one root, on disk or in a zip; paths are relative, with '/', and the root is the empty path.</summary>
internal abstract class DatasetContainer : IDisposable
{
    /// <summary>The root, for messages.</summary>
    internal abstract string Name { get; }

    /// <summary>What lies directly in a folder: names in ordinal order, hidden ones left out.</summary>
    internal abstract FolderListing List(string folder);

    /// <summary>All bytes of a file; safe for many threads at once.</summary>
    /// <exception cref="ImageFormatException">The file cannot be read.</exception>
    internal abstract byte[] Read(string file);

    /// <summary>A file or folder as messages and reports name it.</summary>
    internal string Describe(string relative) => relative.Length == 0 ? Name : $"{Name}/{relative}";

    public abstract void Dispose();

    /// <summary>Two relative paths as one.</summary>
    internal static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    /// <summary>Hidden by Unix custom, or the resource forks that macOS adds to a zip.</summary>
    protected static bool IsHidden(string name) => name.StartsWith('.') || name == "__MACOSX";
}

/// <summary>Names of the folders and files that lie directly in a folder.</summary>
internal sealed record FolderListing(IReadOnlyList<string> Folders, IReadOnlyList<string> Files);
