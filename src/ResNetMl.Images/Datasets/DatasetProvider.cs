using System.IO.Compression;
using System.Security.Cryptography;
using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>Brings the files of one dataset into one folder, each checked by its content.</summary>
internal sealed class DatasetProvider(CatalogueEntry entry, string target, IProgress<string>? progress, CancellationToken cancellationToken)
{
    /// <summary>Written last: the folder is complete. Holds where the files came from.</summary>
    private const string CompleteMark = "source.txt";

    private const string LabelsFile = "labels.txt";

    internal static ProvidedDataset? FindProvided(CatalogueEntry entry, string target)
    {
        string mark = Path.Combine(target, CompleteMark);
        return File.Exists(mark) && entry.Recipe.Files.All(file => FindFile(target, file) is not null)
            ? new ProvidedDataset(target, FindFile(target, entry.Recipe.TrainingFile)!, FindFile(target, entry.Recipe.TestFile)!, File.ReadAllText(mark).Trim())
            : null;
    }

    internal ProvidedDataset Provide(string? from)
    {
        if (from is null && FindProvided(entry, target) is { } present)
        {
            return present;
        }

        try
        {
            Directory.CreateDirectory(target);
            if (from is not null)
            {
                CopyAll(from, $"the folder {from}");
            }
            else if (entry.Recipe.Files.All(file => FindFile(entry.Recipe.InstalledFolder, file) is not null))
            {
                CopyAll(entry.Recipe.InstalledFolder, $"the installed Debian package {entry.Recipe.DebianPackage}");
            }
            else
            {
                using var download = new DebianDownload(entry.Recipe.DebianPackage, Path.Combine(target, "download"), progress, cancellationToken);
                CopyAll(download.Unpack() + entry.Recipe.InstalledFolder, $"the Debian package {entry.Recipe.DebianPackage}, downloaded and unpacked");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{target}: expected a folder that can be written to, got: {exception.Message} Free space or name another folder.", exception);
        }

        return FindProvided(entry, target)!;
    }

    private static string? FindFile(string folder, CatalogueFile file) => FindFile(folder, file.Name);

    private static string? FindFile(string folder, string name)
    {
        string plain = Path.Combine(folder, name);
        string gzipped = $"{plain}.gz";
        return RegularFile.Exists(gzipped) ? gzipped : RegularFile.Exists(plain) ? plain : null;
    }

    private void CopyAll(string source, string sourceInWords)
    {
        foreach (CatalogueFile file in entry.Recipe.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = FindFile(source, file)
                ?? throw new DatasetException(
                    $"{source}: expected the file {file.Name} or {file.Name}.gz of {entry.Name}, got none. Name the folder that holds its {entry.Recipe.Files.Count} files.");
            progress?.Report($"checking {path}");
            CheckContent(path, file);
            CopyWhole(path, Path.Combine(target, Path.GetFileName(path)));
        }

        WriteWhole(Path.Combine(target, LabelsFile), string.Join('\n', entry.Labels) + "\n");
        WriteWhole(Path.Combine(target, CompleteMark), sourceInWords + "\n");
    }

    private void CheckContent(string path, CatalogueFile file)
    {
        string found;
        try
        {
            using FileStream stream = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            found = Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException($"{path}: expected a whole gzip file, got: {exception.Message} Fetch {entry.Name} again.", exception);
        }

        if (found != file.Sha256)
        {
            throw new DatasetException(
                $"{path}: expected the published {file.Name} of {entry.Name} (SHA-256 of its content {file.Sha256}), got {found}. Fetch it from its origin again: {entry.Origin}.");
        }
    }

    private static void CopyWhole(string from, string to)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            return;
        }

        string partial = $"{to}.partial";
        File.Copy(from, partial, overwrite: true);
        File.Move(partial, to, overwrite: true);
    }

    private static void WriteWhole(string path, string content)
    {
        string partial = $"{path}.partial";
        File.WriteAllText(partial, content);
        File.Move(partial, path, overwrite: true);
    }
}
