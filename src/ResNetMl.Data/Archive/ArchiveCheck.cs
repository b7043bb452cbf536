using System.IO.Compression;

namespace ResNetMl.Data;

/// <summary>What is checked when an archive is opened, before any part is read.</summary>
internal static class ArchiveCheck
{
    /// <summary>Reads the manifest and holds the zip's entries against it.</summary>
    /// <param name="zip">The opened zip.</param>
    /// <param name="fileSize">Bytes of the whole file: all parts together must fit in it.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="longestManifest">Bytes a manifest may have.</param>
    public static ModelManifest ReadManifest(ZipArchive zip, long fileSize, string file, int longestManifest)
    {
        ZipArchiveEntry manifestEntry = zip.GetEntry(PartName.Manifest) ?? throw new ModelFormatException(
            ModelFormatError.NotAModel,
            $"'{file}' is not a ResNetMl model: it is a zip without {PartName.Manifest}. Give a file that this product saved.");
        if (manifestEntry.Length > longestManifest)
        {
            throw Unsafe(file, $"its {PartName.Manifest} has {manifestEntry.Length:N0} bytes, expected at most {longestManifest:N0}");
        }

        // Only then is it known whether the file is one of ours, to which the rules for entries apply.
        ModelManifest manifest = ManifestJson.Read(ReadWhole(manifestEntry, file), file);
        CheckEntries(zip, fileSize, file);
        CheckParts(zip, manifest, file);
        return manifest;
    }

    private static void CheckEntries(ZipArchive zip, long fileSize, string file)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long total = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            if (!PartName.IsValid(entry.FullName))
            {
                throw Unsafe(file, $"its entry '{Printable(entry.FullName)}' is not a plain relative path");
            }

            if (!names.Add(entry.FullName))
            {
                throw Unsafe(file, $"it holds the entry '{entry.FullName}' twice");
            }

            if (entry.IsEncrypted || entry.CompressedLength != entry.Length)
            {
                throw Unsafe(
                    file,
                    $"part '{entry.FullName}' is compressed or encrypted, and parts are stored as they are (another program repacked the zip?). " +
                    "Use the original file");
            }

            // Overlapping entries would let a small file give out more than it has.
            if (entry.Length < 0 || (total += entry.Length) > fileSize || total < 0)
            {
                throw Unsafe(file, $"its entries claim more bytes than the file's {fileSize:N0}");
            }
        }
    }

    private static void CheckParts(ZipArchive zip, ModelManifest manifest, string file)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (ModelPartEntry part in manifest.Parts)
        {
            if (!PartName.IsValid(part.Name) || part.Name == PartName.Manifest)
            {
                throw Unsafe(file, $"its manifest lists '{Printable(part.Name)}', which is not a plain relative path");
            }

            if (!listed.Add(part.Name))
            {
                throw Unsafe(file, $"its manifest lists part '{part.Name}' twice");
            }

            ZipArchiveEntry entry = zip.GetEntry(part.Name)
                ?? throw Damaged(file, $"part '{part.Name}', which its manifest lists, is missing");
            if (entry.Length != part.SizeInBytes)
            {
                throw Damaged(file, $"part '{part.Name}' has {entry.Length:N0} bytes, its manifest says {part.SizeInBytes:N0}");
            }
        }

        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            if (entry.FullName != PartName.Manifest && !listed.Contains(entry.FullName))
            {
                throw Unsafe(file, $"it holds '{entry.FullName}', which its manifest does not list");
            }
        }
    }

    private static byte[] ReadWhole(ZipArchiveEntry entry, string file)
    {
        try
        {
            byte[] bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            return Crc32.Of(bytes) == entry.Crc32 ? bytes : throw Damaged(file, $"the checksum of its {PartName.Manifest} is wrong");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(file, $"its {PartName.Manifest} cannot be read ({exception.Message})", exception);
        }
    }

    /// <summary>A name from the file without what could steer a terminal, and not too long to read.</summary>
    private static string Printable(string name)
    {
        string visible = string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
        return visible.Length <= 80 ? visible : visible[..80] + "…";
    }

    private static ModelFormatException Unsafe(string file, string what)
        => new(ModelFormatError.Unsafe, $"'{file}' is refused: {what}.");

    private static ModelFormatException Damaged(string file, string what, Exception? inner = null)
        => new(ModelFormatError.Damaged, $"'{file}' is damaged: {what}. Copy the file again or save the model again.", inner);
}
