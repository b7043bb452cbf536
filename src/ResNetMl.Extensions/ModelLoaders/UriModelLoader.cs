using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions;

/// <summary>Loads a model from an address, and asks now and then whether it is another.</summary>
internal sealed class UriModelLoader : ChangingModelLoader
{
    private readonly ModelDownload _download;
    private readonly TimeSpan _period;
    private readonly CancellationTokenSource _end = new();
    private DownloadedModel? _next;
    private Task _polling = Task.CompletedTask;
    private string? _lastReport;

    internal UriModelLoader(MLContext context, Uri address, UriModelOptions options, ILogger logger)
        : base(context, logger)
    {
        Location = address.ToString();
        _period = options.Period;
        _download = new ModelDownload(address, options, context.TempFilePath);
    }

    internal override string Location { get; }

    public override ITransformer GetModel()
    {
        // The pool asks on a thread that may wait: while it is made, or after this loader's own signal.
        using DownloadedModel file = Interlocked.Exchange(ref _next, null) ??
            Task.Run(() => _download.FetchAsync(_end.Token)).GetAwaiter().GetResult()
            ?? throw new InvalidOperationException($"{Location}: the server says that the model has not changed, but none has been loaded.");
        ITransformer model = Context.Model.Load(file.Path, out _);
        return model;
    }

    internal override void Start(Action<Exception> failed)
    {
        if (_period != Timeout.InfiniteTimeSpan)
        {
            _polling = Task.Run(() => PollAsync(failed));
        }
    }

    public override void Dispose()
    {
        _end.Cancel();
        _polling.Wait();
        _download.Dispose();
        Interlocked.Exchange(ref _next, null)?.Dispose();
        _end.Dispose();
    }

    private async Task PollAsync(Action<Exception> failed)
    {
        using var timer = new PeriodicTimer(_period);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                try
                {
                    if (await _download.FetchAsync(_end.Token).ConfigureAwait(false) is { } file)
                    {
                        Interlocked.Exchange(ref _next, file)?.Dispose();
                        SignalChange();
                    }
                }
                catch (ModelDownloadException exception)
                {
                    Report(exception, failed);
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            Logger.LogDebug("{Address} is no longer asked for changes.", Location);
        }
    }

    /// <summary>The same failure every few minutes is said once.</summary>
    private void Report(ModelDownloadException exception, Action<Exception> failed)
    {
        if (exception.Message != _lastReport)
        {
            _lastReport = exception.Message;
            failed(exception);
        }
    }
}
