using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace ResNetMl.Data;

/// <summary>The container of saved pipelines, models and checkpoints: a zip of named parts with a manifest.</summary>
/// <remarks>
/// <para>Parts are stored as they are, not compressed: what can be read from a file is never more than the file's own size. The
/// manifest, <c>manifest.json</c>, is the last entry; it lists each part with size and SHA-256 and names the loader that understands them.</para>
/// <para>A file is untrusted. Opening checks names, sizes and that entries and manifest agree; reading a part checks its hash before
/// its last bytes are given out. Nothing in the file names a type or is executed.</para>
/// <para>The same parts give the same bytes: entries carry no time of writing.</para>
/// <para>One thread at a time: the parts' streams share one file.</para>
/// </remarks>
public sealed partial class ModelArchive : IDisposable
{
    /// <summary>The newest version of the container that this product reads, and the one it writes.</summary>
    public const int NewestFormatVersion = 1;

    private const int LongestManifest = 16 << 20;

    // The earliest time a zip can say.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _zip;
    private readonly Stream? _owned;
    private readonly string _file;
    private readonly Dictionary<string, ModelPartEntry> _parts = new(StringComparer.Ordinal);

    private ModelArchive(ZipArchive zip, Stream? owned, string file, ModelManifest manifest)
    {
        _zip = zip;
        _owned = owned;
        _file = file;
        Manifest = manifest;
        foreach (ModelPartEntry part in manifest.Parts)
        {
            _parts.Add(part.Name, part);
        }
    }

    /// <summary>What the archive says of itself, checked against its entries.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The file's path, or "stream"; for messages.</summary>
    public string Name => _file;

    /// <summary>This product's version as written into manifests, for example 0.1.0.</summary>
    public static string ProductVersion { get; } =
        typeof(ModelArchive).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Writes an archive, replacing a file of that name only when all is on disk (see <see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="loader">Name of the loader that understands the parts: letters, digits, <c>.</c>, <c>_</c>, <c>-</c>; at most 100.</param>
    /// <param name="loaderVersion">Version of its layout of parts, from 1; raise it when older loaders would misread.</param>
    /// <param name="parts">The parts in order, each name once; enumerated once while writing.</param>
    /// <exception cref="ArgumentException">A name is taken twice or not a name.</exception>
    /// <exception cref="IOException">Writing failed; the earlier file is unchanged.</exception>
    public static void Write(string path, string loader, int loaderVersion, IEnumerable<ModelPart> parts)
    {
        CheckLoader(loader, loaderVersion);
        ArgumentNullException.ThrowIfNull(parts);
        AtomicFile.Write(path, stream => WriteZip(stream, loader, loaderVersion, parts));
    }

    /// <summary>Writes an archive into a stream at its present position, by way of a temporary file: the stream need not seek.</summary>
    /// <param name="stream">Left open.</param>
    /// <param name="loader"><inheritdoc cref="Write(string, string, int, IEnumerable{ModelPart})" path="/param[@name='loader']"/></param>
    /// <param name="loaderVersion"><inheritdoc cref="Write(string, string, int, IEnumerable{ModelPart})" path="/param[@name='loaderVersion']"/></param>
    /// <param name="parts"><inheritdoc cref="Write(string, string, int, IEnumerable{ModelPart})" path="/param[@name='parts']"/></param>
    public static void Write(Stream stream, string loader, int loaderVersion, IEnumerable<ModelPart> parts)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckLoader(loader, loaderVersion);
        ArgumentNullException.ThrowIfNull(parts);
        using FileStream spool = OpenSpool();
        WriteZip(spool, loader, loaderVersion, parts);
        spool.Position = 0;
        spool.CopyTo(stream);
    }

    /// <summary>Opens an archive and checks all but the parts' hashes, which are checked as they are read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is not a model, damaged, too new or unsafe; the message says which.</exception>
    public static ModelArchive Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new ModelFormatException(ModelFormatError.NotAModel, $"'{path}' is not a ResNetMl model: it is a folder. Give the model's file.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no model '{path}'. Check the path, or train and save one there.", path);
        }

        // Asked before opening: opening a pipe would wait for a writer for ever. Pipes and devices have no length.
        var file = (FileInfo)(File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path));
        if (file.Length == 0)
        {
            throw new ModelFormatException(
                ModelFormatError.NotAModel, $"'{path}' is not a ResNetMl model: it is empty, or a pipe or device. Give a file that this product saved.");
        }

        return Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16), path);
    }

    /// <summary>Opens an archive from a stream. It is read from its present position into a temporary file, so it may be closed at once.</summary>
    /// <param name="stream">Left open; read to its end.</param>
    /// <exception cref="ModelFormatException"><inheritdoc cref="Open(string)"/></exception>
    public static ModelArchive Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        FileStream spool = OpenSpool();
        try
        {
            stream.CopyTo(spool);
        }
        catch
        {
            spool.Dispose();
            throw;
        }

        return Open(spool, "stream");
    }

    /// <summary>Whether the archive has a part of that name.</summary>
    /// <param name="name">Relative path as in the manifest.</param>
    public bool Contains(string name) => _parts.ContainsKey(name);

    /// <summary>Opens a part for reading from front to back; its <see cref="Stream.Length"/> is known.</summary>
    /// <remarks>The last bytes come only after the hash has been found right, so what was read to its end is what was written.</remarks>
    /// <param name="name">Relative path as in the manifest.</param>
    /// <exception cref="ModelFormatException">The archive has no such part, or, while reading, the part is damaged.</exception>
    public Stream OpenPart(string name)
    {
        if (!_parts.TryGetValue(name, out ModelPartEntry? part))
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{_file}' has no part '{name}'; it holds {(_parts.Count == 0 ? "none" : string.Join(", ", _parts.Keys))}. " +
                "It was not written whole, or by something else.");
        }

        try
        {
            return new CheckedPartStream(_zip.GetEntry(name)!.Open(), part, _file);
        }
        catch (InvalidDataException exception)
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{_file}' is damaged: part '{name}' cannot be read ({exception.Message}). Copy the file again or save the model again.",
                exception);
        }
    }

    /// <summary>All bytes of a part, its hash checked.</summary>
    /// <param name="name">Relative path as in the manifest.</param>
    /// <param name="largestSize">Refuse more bytes than this, before memory is taken.</param>
    /// <exception cref="ModelFormatException">No such part, damaged, or larger than allowed.</exception>
    public byte[] ReadBytes(string name, int largestSize = 64 << 20)
    {
        using Stream stream = OpenPart(name);
        if (stream.Length > largestSize)
        {
            throw new ModelFormatException(
                ModelFormatError.Unsafe,
                $"'{_file}' is refused: part '{name}' has {stream.Length:N0} bytes, expected at most {largestSize:N0}.");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);

        // Reading at the end checks the hash of an empty part, which no read above did.
        _ = stream.ReadByte();
        return bytes;
    }

    /// <summary>A part's text in UTF-8, its hash checked.</summary>
    /// <param name="name">Relative path as in the manifest.</param>
    /// <param name="largestSize">Refuse more bytes than this, before memory is taken.</param>
    public string ReadText(string name, int largestSize = 64 << 20)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ReadBytes(name, largestSize));
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged, $"'{_file}' is damaged: part '{name}' is not text in UTF-8. Save the model again.", exception);
        }
    }

    /// <summary>Reads every part and checks its hash.</summary>
    /// <exception cref="ModelFormatException">A part is damaged; the message names it.</exception>
    public void Verify()
    {
        foreach (ModelPartEntry part in Manifest.Parts)
        {
            using Stream stream = OpenPart(part.Name);
            stream.CopyTo(Stream.Null);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _zip.Dispose();
        _owned?.Dispose();
    }

    private static ModelArchive Open(Stream stream, string file)
    {
        ZipArchive? zip = null;
        try
        {
            if (!CutShort.StartsAsZip(stream))
            {
                throw new ModelFormatException(
                    ModelFormatError.NotAModel,
                    $"'{file}' is not a ResNetMl model: {(stream.Length == 0 ? "it is empty" : "it is not a zip file")}. " +
                    "Give a file that this product saved.");
            }

            zip = OpenZip(stream, file);
            return new ModelArchive(zip, stream, file, ArchiveCheck.ReadManifest(zip, stream.Length, file, LongestManifest));
        }
        catch
        {
            zip?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    private static ZipArchive OpenZip(Stream stream, string file)
    {
        try
        {
            stream.Position = 0;
            var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8);
            try
            {
                // The list of entries is read on first use.
                _ = zip.Entries.Count;
                return zip;
            }
            catch
            {
                zip.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException or IOException)
        {
            throw new ModelFormatException(
                ModelFormatError.Damaged,
                $"'{file}' is cut short or damaged: {CutShort.Describe(stream)}. Copy the file again or save the model again.",
                exception);
        }
    }

    private static FileStream OpenSpool() => new(
        Path.Combine(Path.GetTempPath(), $"resnetml-{Guid.NewGuid():N}.tmp"),
        FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose);

    private static void WriteZip(Stream stream, string loader, int loaderVersion, IEnumerable<ModelPart> parts)
    {
        Debug.Assert(stream.CanSeek, "An entry's header is completed after its bytes are written.");
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
        var written = new List<ModelPartEntry>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ModelPart part in parts)
        {
            if (!names.Add(part.Name))
            {
                throw new ArgumentException(
                    $"Two parts are named '{part.Name}' (letter case apart). Each part of a model has its own name.", nameof(parts));
            }

            using Stream entry = NewEntry(zip, part.Name).Open();
            written.Add(HashingWriteStream.Write(entry, part));
        }

        byte[] manifest = ManifestJson.Write(new ModelManifest(NewestFormatVersion, ProductVersion, loader, loaderVersion, written));
        using Stream manifestEntry = NewEntry(zip, PartName.Manifest).Open();
        manifestEntry.Write(manifest);
    }

    private static ZipArchiveEntry NewEntry(ZipArchive zip, string name)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = EntryTime;
        return entry;
    }

    private static void CheckLoader(string loader, int loaderVersion)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentOutOfRangeException.ThrowIfLessThan(loaderVersion, 1);
        if (!LoaderName().IsMatch(loader))
        {
            throw new ArgumentException(
                $"'{loader}' cannot name a loader. Use 1 to 100 letters, digits, '.', '_' and '-'.", nameof(loader));
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex LoaderName();
}
