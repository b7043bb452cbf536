using System.Collections.Concurrent;
using System.IO.Compression;
using ResNetMl.Images.Native;

namespace ResNetMl.Images;

/// <summary>A zip file, or a folder inside one, read in place: nothing is unpacked to disk.</summary>
internal sealed class ZipContainer : DatasetContainer
{
    // Deflate never expands more than 1032 times; an entry that claims more lies about its size.
    private const long MaxExpansion = 1032;
    private const long ExpansionSlack = 1024;

    private readonly string _path;
    private readonly string _prefix;
    private readonly long _maxFileBytes;
    private readonly Dictionary<string, FolderListing> _folders = new(StringComparer.Ordinal);

    // ZipArchive serves one thread at a time; each reader borrows one of its own.
    private readonly ConcurrentBag<ZipArchive> _archives = [];

    internal ZipContainer(string path, string innerFolder, long maxFileBytes)
    {
        _path = path;
        _prefix = innerFolder.Length == 0 ? string.Empty : $"{innerFolder}/";
        _maxFileBytes = maxFileBytes;
        try
        {
            ZipArchive archive = ZipFile.OpenRead(path);
            _archives.Add(archive);
            Index(archive);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new DatasetException($"{path}: expected a whole zip file, got one that cannot be read ({exception.Message}) Make or fetch it again.", exception);
        }
        catch
        {
            Dispose();
            throw;
        }

        if (innerFolder.Length > 0 && !_folders.ContainsKey(string.Empty))
        {
            Dispose();
            throw new DatasetException($"{path}: expected a folder '{innerFolder}' inside, got none of that name. List the zip's folders and name one.");
        }
    }

    internal override string Name => _prefix.Length == 0 ? _path : $"{_path}/{_prefix.TrimEnd('/')}";

    /// <summary>Takes <c>a/set.zip/train</c> apart where <c>a/set.zip</c> is a file; null where no part is a zip file.</summary>
    internal static (string Zip, string Folder)? SplitInnerPath(string path)
    {
        for (string? head = Path.GetDirectoryName(path); !string.IsNullOrEmpty(head); head = Path.GetDirectoryName(head))
        {
            if (head.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && RegularFile.Exists(head))
            {
                string folder = path[head.Length..].Replace(Path.DirectorySeparatorChar, '/').Trim('/');
                return (head, folder);
            }
        }

        return null;
    }

    internal override FolderListing List(string folder) =>
        _folders.TryGetValue(folder, out FolderListing? listing) ? listing : new FolderListing([], []);

    internal override byte[] Read(string file)
    {
        if (!_archives.TryTake(out ZipArchive? archive))
        {
            archive = ZipFile.OpenRead(_path);
        }

        try
        {
            ZipArchiveEntry entry = archive.GetEntry(_prefix + file)
                ?? throw new ImageFormatException(Describe(file), "expected an image file, got nothing: the zip has no such entry. Check the path.");
            return Read(entry, file);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new ImageFormatException(
                Describe(file), $"expected a readable zip entry, got: {exception.Message} Make or fetch the zip again.", exception);
        }
        finally
        {
            _archives.Add(archive);
        }
    }

    public override void Dispose()
    {
        while (_archives.TryTake(out ZipArchive? archive))
        {
            archive.Dispose();
        }
    }

    private byte[] Read(ZipArchiveEntry entry, string file)
    {
        if (entry.IsEncrypted)
        {
            throw new ImageFormatException(Describe(file), "expected a readable zip entry, got an encrypted one. Make the zip without a password.");
        }

        if (entry.Length == 0)
        {
            throw new ImageFormatException(Describe(file), "expected an image, got an empty file (0 bytes). Replace the file or leave it out.");
        }

        if (entry.Length > _maxFileBytes)
        {
            throw new ImageFormatException(
                Describe(file), $"expected at most {_maxFileBytes:N0} encoded bytes, got {entry.Length:N0}. Raise the limit (MaxEncodedBytes) or leave the file out.");
        }

        if (entry.Length > (entry.CompressedLength * MaxExpansion) + ExpansionSlack)
        {
            throw new InvalidDataException($"{entry.CompressedLength:N0} stored bytes cannot hold the {entry.Length:N0} that the entry claims.");
        }

        var bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException($"the entry holds more than the {entry.Length:N0} bytes that it claims.");
        }

        if (Crc32.Of(bytes) != entry.Crc32)
        {
            throw new InvalidDataException("its checksum (CRC-32) is wrong.");
        }

        return bytes;
    }

    private void Index(ZipArchive archive)
    {
        var folders = new Dictionary<string, (SortedSet<string> Folders, SortedSet<string> Files)>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            CheckName(entry.FullName);
            if (entry.FullName.StartsWith(_prefix, StringComparison.Ordinal) && entry.FullName.Length > _prefix.Length)
            {
                AddEntry(folders, entry.FullName[_prefix.Length..]);
            }
        }

        foreach ((string folder, (SortedSet<string> subFolders, SortedSet<string> files)) in folders)
        {
            _folders.Add(folder, new FolderListing([.. subFolders], [.. files]));
        }
    }

    private void AddEntry(Dictionary<string, (SortedSet<string> Folders, SortedSet<string> Files)> folders, string path)
    {
        string[] parts = path.TrimEnd('/').Split('/');
        if (parts.Any(IsHidden))
        {
            return;
        }

        string folder = string.Empty;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!folders.TryGetValue(folder, out (SortedSet<string> Folders, SortedSet<string> Files) listing))
            {
                listing = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
                folders.Add(folder, listing);
            }

            bool isFile = i == parts.Length - 1 && !path.EndsWith('/');
            if (isFile && !listing.Files.Add(parts[i]))
            {
                throw new DatasetException($"{_path}: expected each entry once, got '{_prefix}{path}' twice. Make the zip again.");
            }

            if (!isFile)
            {
                listing.Folders.Add(parts[i]);
            }

            folder = Join(folder, parts[i]);
        }
    }

    /// <summary>Refuses names that would leave the folder a zip is unpacked into. Nothing is unpacked here, but such a zip is not to be trusted.</summary>
    private void CheckName(string name)
    {
        bool absolute = name.StartsWith('/') || name.StartsWith('\\') || (name.Length > 1 && name[1] == ':');
        if (absolute || name.Split('/', '\\').Contains(".."))
        {
            throw new DatasetException($"{_path}: expected entries inside the zip's own folder, got '{name}', which climbs out of it. Do not use this zip; fetch it from its origin again.");
        }
    }
}
