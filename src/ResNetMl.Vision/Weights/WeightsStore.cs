using System.Globalization;
using System.Security.Cryptography;

namespace ResNetMl.Vision;

/// <summary>Finds weights on this machine, and downloads what it lacks. Threads and processes may use the same folders at once.</summary>
/// <remarks>
/// Looked for in this order: a path given; <c>ARCHITECTURE.onnx</c> in <see cref="WeightsStoreOptions.Folder"/>, the user's own file, whose content nothing
/// vouches for; the published file there; the published file in the cache; the download. A published file is used only where its SHA-256 is the
/// published one.
/// </remarks>
public sealed class WeightsStore
{
    private const string Extension = ".onnx";

    private readonly WeightsStoreOptions _options;

    /// <summary>Makes a store; nothing is read yet.</summary>
    /// <param name="options">Null for the defaults.</param>
    public WeightsStore(WeightsStoreOptions? options = null)
    {
        _options = options ?? new WeightsStoreOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Attempts, 1, "options.Attempts");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.TimeOut, TimeSpan.Zero, "options.TimeOut");
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.RetryDelay, TimeSpan.Zero, "options.RetryDelay");
    }

    /// <summary>What can be downloaded.</summary>
    public IReadOnlyList<PublishedWeights> Catalogue => _options.Catalogue;

    /// <summary>Folder that downloads go to.</summary>
    public string CacheFolder => _options.CacheFolder;

    /// <summary>Folder of weights that the user keeps; null for none.</summary>
    public string? Folder => _options.Folder;

    /// <summary>The published weights of a name, as <see cref="WeightsCatalogue.Find(string)"/> understands it.</summary>
    /// <param name="name">For example <c>resnet50-v2</c>.</param>
    /// <returns>Null where none has that name.</returns>
    public PublishedWeights? FindPublished(string name) => WeightsCatalogue.Find(_options.Catalogue, name);

    /// <summary>The weights of an architecture: found on this machine, else downloaded.</summary>
    /// <param name="architecture">A name of the catalogue, or the architecture after which a file of the user's own is named: <c>ResnetV250</c>, <c>MobilenetV2</c>.</param>
    /// <param name="path">An ONNX file to use instead of looking; null to look.</param>
    /// <param name="progress">Told of a download.</param>
    /// <param name="cancellationToken">Stops a download; what has come stays, and the next download goes on from there.</param>
    /// <exception cref="WeightsException">There are none, or a published file's copy has another content; the message names the file, its hash, where to get it and where to put it.</exception>
    public async Task<WeightsFile> GetAsync(
        string architecture, string? path = null, IProgress<WeightsProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(architecture);
        if (path is not null)
        {
            return File.Exists(path)
                ? new WeightsFile(path, WeightsOrigin.GivenPath, null)
                : throw new WeightsException($"{path}: expected the ONNX file of the weights of {architecture}, got none. Correct the path, or leave it out to look for published weights.");
        }

        PublishedWeights? published = FindPublished(architecture);
        if (FindOwn(architecture, published) is { } own)
        {
            return own;
        }

        return published is not null
            ? await PullAsync(published, progress, cancellationToken).ConfigureAwait(false)
            : throw new WeightsException(
                $"{architecture}: expected {architecture}{Extension} in the folder {FolderInWords()}, got none, and no published weights have that name. " +
                $"Put the file there, give its path, or use one of {string.Join(", ", _options.Catalogue.Select(entry => entry.Name))}.");
    }

    /// <inheritdoc cref="GetAsync"/>
    public WeightsFile Get(
        string architecture, string? path = null, IProgress<WeightsProgress>? progress = null, CancellationToken cancellationToken = default) =>
        GetAsync(architecture, path, progress, cancellationToken).GetAwaiter().GetResult();

    /// <summary>A published file: the copy on this machine, else the download. Files of the user's own are not looked at.</summary>
    /// <param name="published">The file.</param>
    /// <param name="progress">Told of a download.</param>
    /// <param name="cancellationToken">Stops a download; what has come stays, and the next download goes on from there.</param>
    /// <exception cref="WeightsException">It cannot be had, or the copy in the weights folder has another content.</exception>
    public async Task<WeightsFile> PullAsync(
        PublishedWeights published, IProgress<WeightsProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(published);
        WeightsCheck check = Check(published, cancellationToken);
        bool isInFolder = check.Path is not null && check.Path == PathInFolder(published);
        if (check.State == WeightsState.Verified)
        {
            return new WeightsFile(check.Path!, isInFolder ? WeightsOrigin.Folder : WeightsOrigin.Cache, published);
        }

        if (check.State == WeightsState.Different && isInFolder)
        {
            throw new WeightsException(
                $"{check.Path}: expected the published {published.File} ({Described(published)}), got {Found(check)}. " +
                $"Fetch it again from {published.Source}, or rename it to {published.OwnNames.First()}{Extension} if it is a file of your own.");
        }

        if (!_options.AllowsDownload)
        {
            throw Unavailable(published, check.State == WeightsState.Different ? $"{Found(check)} in {check.Path}, and downloads are switched off" : "none, and downloads are switched off", null);
        }

        string target = PathInCache(published);
        try
        {
            await new WeightsDownload(published, target, _options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TransferException exception)
        {
            throw Unavailable(published, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(
                $"{_options.CacheFolder}: expected a folder that {published.File} ({published.SizeBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes) can be written to, " +
                $"got: {exception.Message} Free space, or name another folder in {WeightsStoreOptions.CacheVariable}.",
                exception);
        }

        return new WeightsFile(target, WeightsOrigin.Download, published);
    }

    /// <inheritdoc cref="PullAsync"/>
    public WeightsFile Pull(PublishedWeights published, IProgress<WeightsProgress>? progress = null, CancellationToken cancellationToken = default) =>
        PullAsync(published, progress, cancellationToken).GetAwaiter().GetResult();

    /// <summary>The copy of a published file on this machine, in the weights folder or else the cache; its content is not read.</summary>
    /// <param name="published">The file.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="WeightsException"><see cref="WeightsStoreOptions.Folder"/> is no folder.</exception>
    public string? Locate(PublishedWeights published)
    {
        ArgumentNullException.ThrowIfNull(published);
        return PathInFolder(published) is { } inFolder && File.Exists(inFolder) ? inFolder
            : File.Exists(PathInCache(published)) ? PathInCache(published)
            : null;
    }

    /// <summary>The user's own file for a published one's architecture, which <see cref="GetAsync"/> prefers.</summary>
    /// <param name="published">Weights of the architecture.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="WeightsException"><see cref="WeightsStoreOptions.Folder"/> is no folder.</exception>
    public WeightsFile? LocateOwn(PublishedWeights published)
    {
        ArgumentNullException.ThrowIfNull(published);
        return FindOwn(published.Name, published);
    }

    /// <summary>Reads the copy of a published file on this machine and compares it with what was published.</summary>
    /// <param name="published">The file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="WeightsException">The copy cannot be read, or <see cref="WeightsStoreOptions.Folder"/> is no folder.</exception>
    public WeightsCheck Check(PublishedWeights published, CancellationToken cancellationToken = default)
    {
        if (Locate(published) is not { } path)
        {
            return new WeightsCheck(published, WeightsState.Absent, null, 0, null);
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length != published.SizeBytes)
            {
                return new WeightsCheck(published, WeightsState.Different, path, file.Length, null);
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            WeightsDownload.HashFrom(file, hash, cancellationToken);
            string sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            return new WeightsCheck(published, sha256 == published.Sha256 ? WeightsState.Verified : WeightsState.Different, path, file.Length, sha256);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{path}: expected the weights {published.File}, got: {exception.Message} Make the file readable, or remove it.", exception);
        }
    }

    private static string Described(PublishedWeights published) =>
        $"{published.SizeBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes, SHA-256 {published.Sha256}";

    private static string Found(WeightsCheck check) => check.Sha256 is null
        ? $"{check.SizeBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes"
        : $"SHA-256 {check.Sha256}";

    private WeightsFile? FindOwn(string architecture, PublishedWeights? published)
    {
        // A name with a folder in it names no file of this folder.
        if (ExistingFolder() is not { } folder || Path.GetFileName(architecture) != architecture)
        {
            return null;
        }

        IEnumerable<string> names = published is null ? [architecture] : [architecture, .. published.OwnNames];

        // A published file's own name asks for that file, not for one of the user's.
        return names.Select(name => name + Extension)
            .Where(name => _options.Catalogue.All(entry => entry.File != name))
            .Select(name => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) is { } path
            ? new WeightsFile(path, WeightsOrigin.OwnFile, null)
            : null;
    }

    private string? ExistingFolder() => _options.Folder is not { } folder || Directory.Exists(folder)
        ? _options.Folder
        : throw new WeightsException($"{folder}: expected the folder of weights that {WeightsStoreOptions.FolderVariable} names, got none. Create it, or correct the name.");

    private string FolderInWords() => _options.Folder ?? $"{WeightsStoreOptions.FolderVariable} (not set)";

    private string? PathInFolder(PublishedWeights published) => ExistingFolder() is { } folder ? Path.Combine(folder, published.File) : null;

    private string PathInCache(PublishedWeights published) => Path.Combine(_options.CacheFolder, published.File);

    private WeightsException Unavailable(PublishedWeights published, string got, Exception? exception) => new(
        $"{published.Name}: expected {published.File} ({Described(published)}) in the folder {FolderInWords()}, in {_options.CacheFolder}, or from {published.Source}, got {got}. " +
        $"Fetch it from that address on a machine that reaches it and put it into {_options.CacheFolder}, or into a folder that {WeightsStoreOptions.FolderVariable} names; " +
        "a proxy is named by https_proxy.",
        exception);
}
