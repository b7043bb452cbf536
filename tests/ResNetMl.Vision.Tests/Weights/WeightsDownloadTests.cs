namespace ResNetMl.Vision.Tests.Weights;

/// <summary>Downloads from a server on loopback: what arrives has the published bytes, or nothing arrives.</summary>
public sealed class WeightsDownloadTests : IDisposable
{
    private const string Whole = "GET /models/weights.onnx HTTP/1.1";

    private readonly WeightsFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task The_published_file_arrives_in_the_cache_and_is_asked_for_once()
    {
        using var server = new FileServer(request => request.SendAsync(_folders.Content));
        var reports = new Reports();

        WeightsFile first = await _folders.Store(server.Address).GetAsync("small-v2", progress: reports, cancellationToken: Token);
        WeightsFile second = await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal((_folders.InCache, WeightsOrigin.Download, true), (first.Path, first.Origin, first.IsVerified));
        Assert.Equal((_folders.InCache, WeightsOrigin.Cache, true), (second.Path, second.Origin, second.IsVerified));
        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.False(File.Exists(_folders.Partial));
        Assert.Equal([Whole], server.Requests);
        Assert.All(reports.All, report => Assert.Equal(300_000, report.TotalBytes));
        Assert.Equal(300_000, reports.All[^1].DoneBytes);
        Assert.Equal(reports.All.Select(report => report.DoneBytes).Order(), reports.All.Select(report => report.DoneBytes));
    }

    [Fact]
    public async Task Other_bytes_of_the_same_size_are_refused_by_their_hash_and_not_kept()
    {
        byte[] other = [.. _folders.Content];
        other[299_999] ^= 1;
        using var server = new FileServer(request => request.SendAsync(other));

        var exception = await Assert.ThrowsAsync<WeightsException>(() => _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token));

        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(other));
        Assert.Contains($"got a file of SHA-256 {hash}, which is not the published one. ", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folders.InCache));
        Assert.Equal(0, new FileInfo(_folders.Partial).Length);
        Assert.Equal([Whole], server.Requests);
    }

    [Theory]
    [InlineData(300_001, true, "a file of 300,001 bytes")]
    [InlineData(1_000, true, "a file of 1,000 bytes")]
    [InlineData(300_001, false, "a file of more than 300,000 bytes")]
    public async Task A_file_of_another_size_is_refused(int size, bool tellsLength, string got)
    {
        using var server = new FileServer(request => request.SendAsync(new byte[size], tellsLength: tellsLength));

        var exception = await Assert.ThrowsAsync<WeightsException>(() => _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token));

        Assert.Contains($"got {got}, which is not the published one. ", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folders.InCache));
    }

    [Fact]
    public async Task A_download_that_is_cut_goes_on_where_it_was_cut()
    {
        using var server = new FileServer(request => request.SendAsync(_folders.Content, most: request.Number == 1 ? 100_000 : request.Number == 2 ? 50_000 : int.MaxValue));

        await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Equal([Whole, $"{Whole} from 100000", $"{Whole} from 150000"], server.Requests);
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_continued()
    {
        _folders.Put(_folders.Partial, _folders.Content[..123_456]);
        using var server = new FileServer(request => request.SendAsync(_folders.Content));
        var reports = new Reports();

        await _folders.Store(server.Address).GetAsync("small-v2", progress: reports, cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Equal([$"{Whole} from 123456"], server.Requests);
        Assert.Equal(123_456, reports.All[0].DoneBytes);
    }

    [Fact]
    public async Task A_partial_file_that_is_whole_needs_no_request()
    {
        _folders.Put(_folders.Partial, _folders.Content);
        using var server = new FileServer(request => request.RefuseAsync("500 Internal Server Error"));

        await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_partial_file_of_other_bytes_is_thrown_away_and_all_is_fetched()
    {
        _folders.Put(_folders.Partial, new byte[123_456]);
        using var server = new FileServer(request => request.SendAsync(_folders.Content));

        await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Equal([$"{Whole} from 123456", Whole], server.Requests);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_file_from_its_start()
    {
        using var server = new FileServer(request => request.SendAsync(_folders.Content, most: request.Number == 1 ? 100_000 : int.MaxValue, hasRanges: false));

        await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Equal([Whole, $"{Whole} from 100000"], server.Requests);
    }

    [Fact]
    public async Task A_server_that_refuses_the_range_is_asked_for_the_whole()
    {
        _folders.Put(_folders.Partial, _folders.Content[..1000]);
        using var server = new FileServer(request => request.Start is null ? request.SendAsync(_folders.Content) : request.RefuseAsync("416 Range Not Satisfiable"));

        await _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
    }

    [Fact]
    public async Task What_is_absent_at_the_server_is_an_error_at_once_that_says_where_to_get_and_put_the_file()
    {
        using var server = new FileServer(request => request.RefuseAsync("404 Not Found"));

        var exception = await Assert.ThrowsAsync<WeightsException>(() => _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token));

        PublishedWeights published = _folders.Publish();
        Assert.Equal(
            $"small-v2: expected small-v2-7.onnx (300,000 bytes, SHA-256 {published.Sha256}) in the folder {_folders.Folder}, in {_folders.Cache}, or from {server.Address}, " +
            $"got the answer 404 Not Found. Fetch it from that address on a machine that reaches it and put it into {_folders.Cache}, " +
            "or into a folder that RESNETML_WEIGHTS names; a proxy is named by https_proxy.",
            exception.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_and_then_serves()
    {
        using var server = new FileServer(request => request.Number < 3 ? request.RefuseAsync("503 Service Unavailable") : request.SendAsync(_folders.Content));
        var reports = new Reports();

        await _folders.Store(server.Address).GetAsync("small-v2", progress: reports, cancellationToken: Token);

        Assert.Equal(3, server.Requests.Length);
        Assert.Equal(
            ["got the answer 503 Service Unavailable; again in 0 s", "got the answer 503 Service Unavailable; again in 0 s"],
            reports.All.Select(report => report.Detail).Where(detail => detail.Length > 0));
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up_and_what_has_come_is_kept()
    {
        using var server = new FileServer(request => request.Number == 1 ? request.SendAsync(_folders.Content, most: 100_000) : request.RefuseAsync("503 Service Unavailable"));

        var exception = await Assert.ThrowsAsync<WeightsException>(() => _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token));

        Assert.Contains("got the answer 503 Service Unavailable (3 tries). ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Length);
        Assert.Equal(_folders.Content[..100_000], File.ReadAllBytes(_folders.Partial));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_the_time_out()
    {
        using var server = new FileServer(request => request.StallAsync());

        var exception = await Assert.ThrowsAsync<WeightsException>(
            () => _folders.Store(server.Address, attempts: 2, timeOutSeconds: 0.25).GetAsync("small-v2", cancellationToken: Token));

        Assert.Contains("got no answer within 0.25 s (2 tries). ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_stands_still_is_continued_by_another_try()
    {
        using var server = new FileServer(async request =>
        {
            await request.SendAsync(_folders.Content, most: request.Number == 1 ? 100_000 : int.MaxValue);
            if (request.Number == 1)
            {
                await request.StallAsync();
            }
        });

        await _folders.Store(server.Address, timeOutSeconds: 1).GetAsync("small-v2", cancellationToken: Token);

        Assert.Equal(_folders.Content, File.ReadAllBytes(_folders.InCache));
        Assert.Equal([Whole, $"{Whole} from 100000"], server.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_download_and_keeps_what_has_come()
    {
        using var server = new FileServer(async request =>
        {
            await request.SendAsync(_folders.Content, most: 100_000);
            await request.StallAsync();
        });
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var progress = new CancellingProgress(100_000, cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folders.Store(server.Address).GetAsync("small-v2", progress: progress, cancellationToken: cancellation.Token));

        Assert.Equal(_folders.Content[..100_000], File.ReadAllBytes(_folders.Partial));
        Assert.False(File.Exists(_folders.InCache));
    }

    [Fact]
    public async Task Of_two_that_want_the_file_at_once_one_downloads_it()
    {
        using var server = new FileServer(async request =>
        {
            await Task.Delay(300, request.End);
            await request.SendAsync(_folders.Content);
        });
        var reports = new Reports();

        WeightsFile[] both = await Task.WhenAll(
            _folders.Store(server.Address).GetAsync("small-v2", progress: reports, cancellationToken: Token),
            _folders.Store(server.Address).GetAsync("small-v2", progress: reports, cancellationToken: Token));

        Assert.All(both, file => Assert.Equal(_folders.Content, File.ReadAllBytes(file.Path)));
        Assert.Equal([Whole], server.Requests);
        Assert.Contains(reports.All, report => report.Detail == "another process is downloading it");
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_to_is_named()
    {
        using var server = new FileServer(request => request.SendAsync(_folders.Content));
        _folders.Put(_folders.Cache, []);

        var exception = await Assert.ThrowsAsync<WeightsException>(() => _folders.Store(server.Address).GetAsync("small-v2", cancellationToken: Token));

        Assert.StartsWith($"{_folders.Cache}: expected a folder that small-v2-7.onnx (300,000 bytes) can be written to, got: ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Free space, or name another folder in RESNETML_WEIGHTS_CACHE.", exception.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Cancels once so many bytes have come.</summary>
    private sealed class CancellingProgress(long bytes, CancellationTokenSource cancellation) : IProgress<WeightsProgress>
    {
        public void Report(WeightsProgress value)
        {
            if (value.DoneBytes >= bytes)
            {
                cancellation.Cancel();
            }
        }
    }
}
