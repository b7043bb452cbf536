using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace ResNetMl.Vision;

/// <summary>One file's way into the cache.</summary>
/// <remarks>
/// Bytes go to <c>FILE.partial</c> and through SHA-256 as they come; the file gets its name once they are all there and are the published ones, so that
/// what has the name is whole. A partial file that an earlier download left is read into the hash and continued (HTTP Range, RFC 9110 section 14). One
/// download at a time writes it: the one that holds <c>.FILE.lock</c>; others wait, then find the file. The proxy is the one of HttpClient's
/// defaults: https_proxy, http_proxy, all_proxy and no_proxy.
/// </remarks>
internal sealed class WeightsDownload(PublishedWeights weights, string target, WeightsStoreOptions options, IProgress<WeightsProgress>? progress)
{
    /// <summary>A try that brought so many bytes is no sign of a server that does not serve.</summary>
    private const long BytesThatCount = 1 << 20;

    private const int BufferBytes = 1 << 17;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    private long _done;
    private bool _isContinued;

    /// <summary>Downloads the file, unless another process did so meanwhile.</summary>
    /// <exception cref="TransferException">The tries failed, or the server has another file.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await using FileStream claim = await ClaimAsync(cancellationToken).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (IsThere(hash, cancellationToken))
        {
            return;
        }

        string partialPath = $"{target}.partial";
        await using (var partial = new FileStream(partialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferBytes))
        {
            Continue(partial, hash, cancellationToken);
            await FetchAsync(partial, hash, cancellationToken).ConfigureAwait(false);
            partial.Flush(flushToDisk: true);
        }

        File.Move(partialPath, target, overwrite: true);
    }

    /// <summary>Reads a stream from where it stands to its end into a hash.</summary>
    internal static void HashFrom(Stream stream, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (stream.Read(buffer) is > 0 and int read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }
    }

    private async Task<FileStream> ClaimAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.lock");
        while (true)
        {
            try
            {
                // The lock file stays: deleting it would let a third process lock a new file of that name while the second holds the old one.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeldByAnother(exception))
            {
                Report("another process is downloading it");
                await Task.Delay(LockInterval, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeldByAnother(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    // Whoever held the lock before may have finished the download.
    private bool IsThere(IncrementalHash hash, CancellationToken cancellationToken)
    {
        if (!File.Exists(target))
        {
            return false;
        }

        using FileStream file = File.OpenRead(target);
        if (file.Length != weights.SizeBytes)
        {
            return false;
        }

        HashFrom(file, hash, cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == weights.Sha256;
    }

    private void Continue(FileStream partial, IncrementalHash hash, CancellationToken cancellationToken)
    {
        if (partial.Length > weights.SizeBytes)
        {
            partial.SetLength(0);
        }

        HashFrom(partial, hash, cancellationToken);
        _done = partial.Position;
        _isContinued = _done > 0;
    }

    private async Task FetchAsync(FileStream partial, IncrementalHash hash, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = options.TimeOut }) { Timeout = Timeout.InfiniteTimeSpan };
        int failures = 0;
        while (true)
        {
            long before = _done;
            try
            {
                Report("");
                if (_done < weights.SizeBytes)
                {
                    await TransferAsync(client, partial, hash, cancellationToken).ConfigureAwait(false);
                }

                CheckHash(partial, hash);
                return;
            }
            catch (TransferException exception) when (exception.IsPassing)
            {
                failures = _done - before >= BytesThatCount ? 1 : failures + 1;
                if (failures >= options.Attempts)
                {
                    throw new TransferException($"{exception.Message} ({failures} tries)", isPassing: false, exception);
                }

                await PauseAsync(failures, exception.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task TransferAsync(HttpClient client, FileStream partial, IncrementalHash hash, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, weights.Source);
        if (_done > 0)
        {
            request.Headers.Range = new RangeHeaderValue(_done, null);
        }

        using HttpResponseMessage response = await InTimeAsync(
            token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), "answer", cancellationToken).ConfigureAwait(false);
        TakeAnswer(response, partial, hash);
        await using Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (await InTimeAsync(token => content.ReadAsync(buffer, token).AsTask(), "bytes", cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            if (_done + read > weights.SizeBytes)
            {
                Restart(partial, hash);
                throw new TransferException($"a file of more than {Bytes(weights.SizeBytes)} bytes, which is not the published one", isPassing: false);
            }

            await partial.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            hash.AppendData(buffer, 0, read);
            _done += read;
            Report("");
        }

        if (_done < weights.SizeBytes)
        {
            throw new TransferException($"{Bytes(_done)} of {Bytes(weights.SizeBytes)} bytes, then the connection's end", isPassing: true);
        }
    }

    private void TakeAnswer(HttpResponseMessage response, FileStream partial, IncrementalHash hash)
    {
        long? total;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                // A server without ranges sends the file from its start.
                Restart(partial, hash);
                total = response.Content.Headers.ContentLength;
                break;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange is { } range && range.From == _done:
                total = range.Length;
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when _done > 0:
                Restart(partial, hash);
                throw new TransferException("another part of the file than was asked for", isPassing: true);
            default:
                int code = (int)response.StatusCode;
                throw new TransferException($"the answer {code} {response.ReasonPhrase}".TrimEnd(), isPassing: code is 408 or 429 or >= 500);
        }

        if (total is { } length && length != weights.SizeBytes)
        {
            Restart(partial, hash);
            throw new TransferException($"a file of {Bytes(length)} bytes, which is not the published one", isPassing: false);
        }
    }

    private void CheckHash(FileStream partial, IncrementalHash hash)
    {
        string sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (sha256 == weights.Sha256)
        {
            return;
        }

        // What an earlier download left may be at fault: once more, all of it.
        bool wasContinued = _isContinued;
        Restart(partial, hash);
        throw new TransferException($"a file of SHA-256 {sha256}, which is not the published one", isPassing: wasContinued);
    }

    private void Restart(FileStream partial, IncrementalHash hash)
    {
        partial.SetLength(0);
        hash.GetHashAndReset();
        _done = 0;
        _isContinued = false;
    }

    /// <summary>Runs one wait on the network within the time-out, and tells its failures from those of the disk.</summary>
    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> wait, string awaited, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.TimeOut);
        try
        {
            return await wait(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            string seconds = options.TimeOut.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture);
            throw new TransferException($"no {awaited} within {seconds} s", isPassing: true, exception);
        }
        catch (HttpRequestException exception)
        {
            // A name that is not known and a proxy that refuses stay so: who is offline is told at once.
            bool isPassing = exception.HttpRequestError is not (HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError);
            throw new TransferException($"no connection ({exception.Message.TrimEnd('.')})", isPassing, exception);
        }
        catch (IOException exception)
        {
            throw new TransferException($"{Bytes(_done)} of {Bytes(weights.SizeBytes)} bytes, then a broken connection ({exception.Message.TrimEnd('.')})", isPassing: true, exception);
        }
    }

    private async Task PauseAsync(int failures, string reason, CancellationToken cancellationToken)
    {
        double seconds = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, failures - 1), LongestDelay.TotalSeconds);
        Report(string.Create(CultureInfo.InvariantCulture, $"got {reason}; again in {seconds:0.##} s"));
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken).ConfigureAwait(false);
    }

    private void Report(string detail) => progress?.Report(new WeightsProgress(weights, _done, detail));

    private static string Bytes(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
