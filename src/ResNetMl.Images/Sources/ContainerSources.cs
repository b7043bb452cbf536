namespace ResNetMl.Images;

/// <summary>Recognises what a folder or zip holds: label folders, or (in a zip) a list of path and label.</summary>
internal static class ContainerSources
{
    internal static IExampleSource Open(DatasetContainer container)
    {
        try
        {
            string root = LookThrough(container);
            FolderListing listing = container.List(root);
            string[] lists = [.. listing.Files.Where(ListSource.IsListName)];
            if (container is ZipContainer && lists.Length > 0 && !HasSeveralImageFolders(container, root, listing))
            {
                return lists.Length == 1
                    ? ListSource.OpenInContainer(container, DatasetContainer.Join(root, lists[0]))
                    : throw new DatasetException(
                        $"{container.Describe(root)}: expected one list of path and label, got {lists.Length}: {string.Join(", ", lists)}. Keep one in the zip.");
            }

            return LabelFolderSource.Open(container, root, listing);
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>Goes down while one folder holds everything and holds folders (or a list) itself.</summary>
    private static string LookThrough(DatasetContainer container)
    {
        string root = string.Empty;
        while (true)
        {
            FolderListing listing = container.List(root);
            if (listing.Folders is not [string only]
                || listing.Files.Any(file => ImageDecoder.HasImageExtension(file) || ListSource.IsListName(file)))
            {
                return root;
            }

            string inner = DatasetContainer.Join(root, only);
            FolderListing below = container.List(inner);
            bool holdsList = container is ZipContainer && below.Files.Any(ListSource.IsListName);
            if (below.Folders.Count == 0 && !holdsList)
            {
                return root;
            }

            root = inner;
        }
    }

    private static bool HasSeveralImageFolders(DatasetContainer container, string root, FolderListing listing) =>
        listing.Folders.Count(folder => container.List(DatasetContainer.Join(root, folder)).Files.Any(ImageDecoder.HasImageExtension)) > 1;
}
