using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ResNetMl.Extensions;

/// <summary>Fetches a file from an address where it is another than the one fetched before (RFC 9110, conditional requests).</summary>
internal sealed partial class ModelDownload : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly Uri _address;
    private readonly UriModelOptions _options;
    private readonly string _folder;

    // Connections are renewed so that a changed name resolution is seen.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each step has a time-out of its own
    };

    private EntityTagHeaderValue? _tag;
    private DateTimeOffset? _modified;
    private string? _sha256;

    /// <summary>Makes ready to fetch.</summary>
    /// <param name="address">http or https.</param>
    /// <param name="options">Time-out, size and checksum.</param>
    /// <param name="folder">Where to write files.</param>
    internal ModelDownload(Uri address, UriModelOptions options, string folder)
    {
        _address = address;
        _options = options;
        _folder = folder;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Fetches the file.</summary>
    /// <returns>A temporary file, complete and checked; null where it is the one that the call before gave.</returns>
    /// <exception cref="ModelDownloadException">It could not be fetched whole, or has another checksum or size than it should.</exception>
    internal async Task<DownloadedModel?> FetchAsync(CancellationToken token)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        try
        {
            patience.CancelAfter(_options.TimeOut);
            using HttpRequestMessage request = Request();
            using HttpResponseMessage response =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.NotModified ? null : await ReceiveAsync(response, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!token.IsCancellationRequested)
        {
            throw new ModelDownloadException(
                _address, $"nothing came for {_options.TimeOut.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s. Is the server up? UriModelOptions.TimeOut sets the time.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException and not ModelDownloadException)
        {
            throw new ModelDownloadException(_address, $"the download failed: {exception.Message} Is the address right, and the server up?", exception);
        }
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _address);
        if (_tag is not null)
        {
            request.Headers.IfNoneMatch.Add(_tag);
        }

        request.Headers.IfModifiedSince = _modified;
        return request;
    }

    private async Task<DownloadedModel?> ReceiveAsync(HttpResponseMessage response, CancellationTokenSource patience)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new ModelDownloadException(
                _address, $"expected the answer 200 OK with a model, got {(int)response.StatusCode} {response.ReasonPhrase}. Is the address right?");
        }

        CheckSize(response.Content.Headers.ContentLength ?? 0);
        var file = new DownloadedModel(Path.Combine(_folder, $"resnetml-model-{Guid.NewGuid():N}.zip"));
        try
        {
            string sha256 = await WriteAsync(response, file.Path, patience).ConfigureAwait(false);
            CheckDigest(response, sha256);
            bool isNew = sha256 != _sha256;
            (_sha256, _tag, _modified) = (sha256, response.Headers.ETag, response.Content.Headers.LastModified);
            if (isNew)
            {
                return file;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    private async Task<string> WriteAsync(HttpResponseMessage response, string path, CancellationTokenSource patience)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            long written = 0;
            while (true)
            {
                patience.CancelAfter(_options.TimeOut);
                int count = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                CheckSize(written += count);
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), patience.Token).ConfigureAwait(false);
            }

            // HTTP/1.0 servers end a body by closing, so that one cut short looks whole.
            if (response.Content.Headers.ContentLength is { } expected && expected != written)
            {
                throw new ModelDownloadException(_address, $"expected {expected:N0} bytes, got {written:N0}. The download ended early; it is tried again.");
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CheckSize(long bytes)
    {
        if (bytes > _options.MaximumBytes)
        {
            throw new ModelDownloadException(
                _address, $"expected at most {_options.MaximumBytes:N0} bytes, got {bytes:N0} or more. UriModelOptions.MaximumBytes sets the bound.");
        }
    }

    private void CheckDigest(HttpResponseMessage response, string sha256)
    {
        if (_options.Sha256 is { } expected && !string.Equals(expected, sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new ModelDownloadException(_address, $"expected SHA-256 {expected.ToLowerInvariant()}, got {sha256}. It is another file, or was damaged on its way.");
        }

        foreach (string header in new[] { "Repr-Digest", "Content-Digest" })
        {
            if ((response.Headers.TryGetValues(header, out IEnumerable<string>? values) || response.Content.Headers.TryGetValues(header, out values))
                && Sha256Field().Match(string.Join(',', values)) is { Success: true } match
                && !match.Groups[1].Value.Equals(Convert.ToBase64String(Convert.FromHexString(sha256)), StringComparison.Ordinal))
            {
                throw new ModelDownloadException(
                    _address, $"its {header} says SHA-256 {match.Groups[1].Value} (base 64), got {sha256}. The download was damaged; it is tried again.");
            }
        }
    }

    // A dictionary of structured fields, its values byte sequences: sha-256=:…:, sha-512=:…:
    [GeneratedRegex(@"(?:^|[,\s])sha-256=:([A-Za-z0-9+/=]+):")]
    private static partial Regex Sha256Field();
}

/// <summary>A temporary file, deleted with this object.</summary>
internal sealed record DownloadedModel(string Path) : IDisposable
{
    public void Dispose() => File.Delete(Path);
}
