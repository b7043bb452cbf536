using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions;

/// <summary>Loads a model from a file, and says when the file is another.</summary>
/// <remarks>
/// The folder's notifications only say when to look: what counts is the file's size, time of writing and, for a link, its target. So a file
/// written in place, one moved over it, and a folder whose link is switched (as mounted configuration does) are all seen, and as not every
/// file system notifies, the file is also looked at now and then. It is loaded once it has stayed the same for a moment.
/// </remarks>
internal sealed class FileModelLoader : ChangingModelLoader
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PollingPeriod = TimeSpan.FromSeconds(5);

    private readonly string _givenPath;
    private readonly string _path;
    private readonly bool _watches;
    private readonly object _gate = new();
    private FileSystemWatcher? _watcher;
    private Timer? _timer;
    private Action<Exception> _failed = _ => { };
    private FileState? _tried;
    private FileState? _seen;
    private bool _isDisposed;

    internal FileModelLoader(MLContext context, string path, bool watches, ILogger logger)
        : base(context, logger)
    {
        _givenPath = path;
        _path = Locate(path);
        _watches = watches;
    }

    internal override string Location => _path;

    public override ITransformer GetModel()
    {
        FileState? state = FileState.Of(_path);
        lock (_gate)
        {
            _tried = state;
            _seen = state;
        }

        if (state is null)
        {
            string alsoBeside = Path.IsPathRooted(_givenPath) ? "" : $", nor '{Path.Combine(AppContext.BaseDirectory, _givenPath)}'";
            throw new FileNotFoundException(
                $"FromFile: expected a model file at '{_path}', there is none{alsoBeside}. Give the path of a file that mlContext.Model.Save or resnetml train wrote.", _path);
        }

        return Context.Model.Load(_path, out _);
    }

    internal override void Start(Action<Exception> failed)
    {
        if (!_watches)
        {
            return;
        }

        _failed = failed;
        lock (_gate)
        {
            _timer = new Timer(_ => Look(), null, PollingPeriod, PollingPeriod);
            _watcher = TryWatch();
        }

        // A change between loading and watching gave no notification.
        LookSoon();
    }

    public override void Dispose()
    {
        FileSystemWatcher? watcher;
        lock (_gate)
        {
            _isDisposed = true;
            watcher = _watcher;
            _timer?.Dispose();
        }

        watcher?.Dispose();
    }

    private static string Locate(string path)
    {
        string full = Path.GetFullPath(path);
        string beside = Path.GetFullPath(path, AppContext.BaseDirectory);
        return !File.Exists(full) && File.Exists(beside) ? beside : full;
    }

    private FileSystemWatcher? TryWatch()
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(_path)!);
            watcher.Changed += (_, _) => LookSoon();
            watcher.Created += (_, _) => LookSoon();
            watcher.Deleted += (_, _) => LookSoon();
            watcher.Renamed += (_, _) => LookSoon();
            watcher.Error += (_, _) => LookSoon();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentException)
        {
            Logger.LogWarning(
                "'{Path}' is looked at every {Seconds} s, because its folder's notifications are not to be had: {Reason}",
                _path, PollingPeriod.TotalSeconds, exception.Message);
            return null;
        }
    }

    private void LookSoon()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _timer?.Change(QuietTime, PollingPeriod);
            }
        }
    }

    /// <summary>A file that is not the one tried last is tried when two looks in a row see the same.</summary>
    private void Look()
    {
        try
        {
            FileState? state = FileState.Of(_path);
            lock (_gate)
            {
                // A file taken away leaves the model that was loaded from it.
                if (_isDisposed || state is null || state == _tried)
                {
                    return;
                }

                if (state != _seen)
                {
                    _seen = state;
                    _timer?.Change(QuietTime, PollingPeriod);
                    return;
                }

                _tried = state;
            }

            SignalChange();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failed(exception);
        }
    }

    /// <summary>What changes when a file does.</summary>
    private sealed record FileState(long Length, DateTime Written, string Target)
    {
        internal static FileState? Of(string path)
        {
            try
            {
                var file = new FileInfo(path);
                return file.Exists ? Of(new FileInfo(WithoutLinks(path))) : null;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // It went away between two questions, which is as if it had not been there.
                return null;
            }
        }

        private static FileState? Of(FileInfo file) => file.Exists ? new FileState(file.Length, file.LastWriteTimeUtc, file.FullName) : null;

        /// <summary>The path with every link in it followed, those to folders too. The file exists, so there is no circle of links.</summary>
        private static string WithoutLinks(string path)
        {
            if (Path.GetDirectoryName(path) is not { } folder)
            {
                return path;
            }

            string file = Path.Combine(WithoutLinks(folder), Path.GetFileName(path));
            return File.ResolveLinkTarget(file, returnFinalTarget: false) is { } target ? WithoutLinks(target.FullName) : file;
        }
    }
}
