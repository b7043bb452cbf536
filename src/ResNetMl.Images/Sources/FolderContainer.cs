using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>A folder on disk. Links are followed; what a name leads to is looked at only when it is read.</summary>
internal sealed class FolderContainer(string root, long maxFileBytes) : DatasetContainer
{
    internal override string Name => root;

    internal override FolderListing List(string folder)
    {
        List<string> folders = [];
        List<string> files = [];
        string path = Path.Combine(root, folder);
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            {
                if (!IsHidden(entry.Name))
                {
                    (entry is DirectoryInfo ? folders : files).Add(entry.Name);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: expected a folder that can be listed, got: {exception.Message} Check its permissions.", exception);
        }

        folders.Sort(StringComparer.Ordinal);
        files.Sort(StringComparer.Ordinal);
        return new FolderListing(folders, files);
    }

    internal override byte[] Read(string file) => RegularFile.ReadAll(Describe(file), maxFileBytes);

    public override void Dispose()
    {
        // Files are opened and closed one by one.
    }
}
