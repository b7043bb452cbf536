namespace ResNetMl.Images;

/// <summary>Sub-folder = label; the images directly in it are its examples. In a folder on disk or in a zip.</summary>
internal sealed class LabelFolderSource : IExampleSource
{
    private readonly DatasetContainer _container;
    private readonly string[] _files;
    private readonly int[] _labelIndices;

    private LabelFolderSource(DatasetContainer container, string root, string[] labels, string[] files, int[] labelIndices, BadImage[] leftOut)
    {
        _container = container;
        _files = files;
        _labelIndices = labelIndices;
        Name = container.Describe(root);
        Labels = labels;
        LeftOut = leftOut;
    }

    public string Name { get; }

    public int Count => _files.Length;

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<BadImage> LeftOut { get; }

    internal static LabelFolderSource Open(DatasetContainer container, string root, FolderListing listing)
    {
        List<string> labels = [];
        List<string> files = [];
        List<int> labelIndices = [];
        List<BadImage> leftOut = [];
        foreach (string file in listing.Files.Where(ImageDecoder.HasImageExtension))
        {
            leftOut.Add(new BadImage(
                container.Describe(DatasetContainer.Join(root, file)),
                "expected images inside label folders, got one outside any. Move it into the folder of its label."));
        }

        foreach (string label in listing.Folders)
        {
            int before = files.Count;
            AddLabel(container, DatasetContainer.Join(root, label), files, leftOut);
            if (files.Count > before)
            {
                labelIndices.AddRange(Enumerable.Repeat(labels.Count, files.Count - before));
                labels.Add(label);
            }
        }

        return files.Count > 0
            ? new LabelFolderSource(container, root, [.. labels], [.. files], [.. labelIndices], [.. leftOut])
            : throw new DatasetException($"{container.Describe(root)}: expected sub-folders named after labels with images in them, got {WhatIsThere(container, root, listing)}");
    }

    public int GetLabelIndex(int index) => _labelIndices[index];

    public string GetPath(int index) => _container.Describe(_files[index]);

    public Example Get(int index) => new(_container.Read(_files[index]), _labelIndices[index], GetPath(index));

    public void Dispose() => _container.Dispose();

    private static void AddLabel(DatasetContainer container, string folder, List<string> files, List<BadImage> leftOut)
    {
        FolderListing listing = container.List(folder);
        int before = files.Count;
        foreach (string file in listing.Files)
        {
            string path = DatasetContainer.Join(folder, file);
            if (ImageDecoder.HasImageExtension(file))
            {
                files.Add(path);
            }
            else
            {
                leftOut.Add(new BadImage(
                    container.Describe(path),
                    $"expected an image file ({string.Join(", ", ImageDecoder.FileExtensions)}), got another ending. Rename it if it is an image."));
            }
        }

        foreach (string inner in listing.Folders)
        {
            string path = DatasetContainer.Join(folder, inner);
            leftOut.Add(new BadImage(
                container.Describe(path),
                ImageDecoder.HasImageExtension(inner)
                    ? "expected an image file, got a folder. Rename or move the folder."
                    : "expected images directly in the label folder, got a folder; what it holds is not used. Move its images up, or open a folder further down."));
        }

        if (files.Count == before)
        {
            leftOut.Add(new BadImage(container.Describe(folder), "expected images in the label folder, got none. Add images or remove the folder."));
        }
    }

    private static string WhatIsThere(DatasetContainer container, string root, FolderListing listing)
    {
        string[] deeper =
        [
            .. listing.Folders.Where(folder => container.List(DatasetContainer.Join(root, folder)).Folders.Count > 0)
                .Select(folder => container.Describe(DatasetContainer.Join(root, folder))),
        ];
        if (deeper.Length > 0)
        {
            return $"folders of folders. Open one of them: {string.Join(", ", deeper.Take(4))}.";
        }

        string[] openable = [.. listing.Files.Where(file => ListSource.IsListName(file) || IdxSource.IsImageFileName(file))];
        if (openable.Length > 0)
        {
            return $"no images in any, but {string.Join(", ", openable.Take(4))}. Open one of these files by its path.";
        }

        int images = listing.Files.Count(ImageDecoder.HasImageExtension);
        return images > 0 ? $"{images} images outside any label folder. Move each into the folder of its label."
            : listing.Folders.Count > 0 ? $"{listing.Folders.Count} folders without images. Add images to them."
            : "no folders and no images. Check the path.";
    }
}
