using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>Opens datasets.</summary>
public static class ExampleSource
{
    /// <summary>Opens a dataset, recognising its form; nothing is guessed from content.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>a folder whose sub-folders are labels; one folder that everything else lies in is looked through;</item>
    /// <item>a <c>.csv</c> or <c>.tsv</c> of path and label, paths relative to the file;</item>
    /// <item>a <c>.zip</c> of either; <c>set.zip/train</c> names a folder inside;</item>
    /// <item>IDX images, <c>…-images-idx3-ubyte</c> or <c>.gz</c>, with the <c>…-labels-idx1-ubyte</c> beside it;</item>
    /// <item>CIFAR-10's binary version: one <c>.bin</c> batch, or the folder of <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>
    /// (<c>test_batch.bin</c> is opened by its own path).</item>
    /// </list>
    /// </remarks>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">Bounds on the files read; null for <see cref="DecodingOptions.Default"/>.</param>
    /// <exception cref="DatasetException">Not found, empty, of no known form, or ambiguous; the message says which.</exception>
    public static IExampleSource Open(string path, DecodingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= DecodingOptions.Default;
        string trimmed = Path.TrimEndingDirectorySeparator(path);
        if (Directory.Exists(trimmed))
        {
            return CifarBinarySource.HoldsTrainingBatches(trimmed)
                ? CifarBinarySource.OpenFolder(trimmed)
                : ContainerSources.Open(new FolderContainer(trimmed, options.MaxEncodedBytes));
        }

        if (RegularFile.Exists(trimmed))
        {
            return OpenFile(trimmed, options);
        }

        if (ZipContainer.SplitInnerPath(trimmed) is var (zip, folder))
        {
            return ContainerSources.Open(new ZipContainer(zip, folder, options.MaxEncodedBytes));
        }

        throw new DatasetException($"{path}: expected a dataset (a folder of label folders, CSV, TSV, zip, IDX or CIFAR .bin), got {WhatIs(trimmed)}.");
    }

    private static IExampleSource OpenFile(string path, DecodingOptions options)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension switch
        {
            ".csv" or ".tsv" => ListSource.OpenFile(path, options.MaxEncodedBytes),
            ".zip" => ContainerSources.Open(new ZipContainer(path, innerFolder: string.Empty, options.MaxEncodedBytes)),
            ".bin" => CifarBinarySource.OpenFile(path),
            _ when IdxSource.IsImageFileName(path) => IdxSource.Open(path),
            _ => throw new DatasetException(
                $"{path}: expected a dataset file named .csv, .tsv, .zip, .bin (CIFAR) or *-images-idx3-ubyte (IDX), got '{Path.GetFileName(path)}'. " +
                "Give the folder that holds the label folders, or one of these files."),
        };
    }

    private static string WhatIs(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is { } target ? $"a link to '{target}', which does not exist: mend the link"
            : file.Exists ? "a pipe, socket or device: give a plain file or folder"
            : "nothing: no such file or folder. Check the path";
    }
}
