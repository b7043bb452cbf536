using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions.Tests.Pool;

/// <summary>A pool whose model is at an address: a server on loopback that answers as each test says.</summary>
public sealed class UriModelTests : IAsyncLifetime
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    private readonly Application _application = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private WebApplication? _server;
    private volatile RequestDelegate _answer = context => Task.CompletedTask;

    private Uri Address => new($"{_server!.Urls.Single()}/model.zip");

    public async ValueTask InitializeAsync()
    {
        _application.Services.Configure<MLOptions>(options => options.MLContext.TempFilePath = _application.Folder);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            _asked.Enqueue($"{context.Request.Headers.IfNoneMatch}");
            return _answer(context);
        });
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _application.Dispose();
        await _server!.DisposeAsync();
    }

    [Fact]
    public async Task A_model_that_changes_at_its_address_replaces_the_old_one_and_an_unchanged_one_is_not_sent_again()
    {
        _answer = Serve(GreyModel.Bytes("a"), "\"1\"");
        _application.Builder.FromUri("", Address, new UriModelOptions { Period = Often });
        Assert.Equal("bright-a", Predict());

        await Application.EventuallyAsync(() => _asked.Count > 3);
        Assert.Equal(["", "\"1\"", "\"1\""], _asked.Take(3));
        Assert.Equal(0, _application.Count("resnetml.model.reloads"));

        _answer = Serve(GreyModel.Bytes("b"), "\"2\"");
        await Application.EventuallyAsync(() => Predict() == "bright-b");
        Assert.Equal(1, _application.Count("resnetml.model.reloads"));
        Assert.Equal(HealthStatus.Healthy, (await _application.HealthAsync()).Status);
    }

    [Fact]
    public async Task A_server_without_validators_does_not_cause_reloads_of_the_same_bytes()
    {
        byte[] model = GreyModel.Bytes("a");
        _answer = context => context.Response.Body.WriteAsync(model).AsTask();
        _application.Builder.FromUri("", Address, new UriModelOptions { Period = Often });
        Assert.Equal("bright-a", Predict());

        await Application.EventuallyAsync(() => _asked.Count > 4);

        Assert.Equal(0, _application.Count("resnetml.model.reloads"));
    }

    [Fact]
    public async Task A_download_that_ends_early_keeps_the_old_model()
    {
        _answer = Serve(GreyModel.Bytes("a"), "\"1\"");
        _application.Builder.FromUri("", Address, new UriModelOptions { Period = Often });
        Assert.Equal("bright-a", Predict());
        byte[] next = GreyModel.Bytes("b");

        _answer = async context =>
        {
            context.Response.ContentLength = next.Length;
            await context.Response.Body.WriteAsync(next.AsMemory(0, next.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await Application.EventuallyAsync(() => _application.Count("resnetml.model.reloads", "error.type=ResNetMl.Extensions.ModelDownloadException") > 0);
        Assert.Equal("bright-a", Predict());
        Assert.Equal(HealthStatus.Degraded, (await _application.HealthAsync()).Status);

        _answer = Serve(next, "\"2\"");
        await Application.EventuallyAsync(() => Predict() == "bright-b");
        Assert.Empty(Directory.GetFiles(_application.Folder));
    }

    [Fact]
    public async Task A_page_instead_of_a_model_keeps_the_old_model()
    {
        _answer = Serve(GreyModel.Bytes("a"), "\"1\"");
        _application.Builder.FromUri("", Address, new UriModelOptions { Period = Often });
        Assert.Equal("bright-a", Predict());

        _answer = Serve("<html>Please sign in</html>"u8.ToArray(), "\"2\"");
        await Application.EventuallyAsync(() => _application.Count("resnetml.model.reloads", "error.type=ResNetMl.Data.ModelFormatException") > 0);

        Assert.Equal("bright-a", Predict());
    }

    [Fact]
    public void An_address_without_a_model_says_what_came()
    {
        _answer = context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return Task.CompletedTask;
        };
        _application.Builder.FromUri(Address);

        var absent = Assert.Throws<ModelDownloadException>(() => _application.Pool);

        Assert.Equal($"{Address}: expected the answer 200 OK with a model, got 404 Not Found. Is the address right?", absent.Message);
    }

    [Fact]
    public void A_checksum_that_is_known_is_checked()
    {
        byte[] model = GreyModel.Bytes("a");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(model));
        _answer = Serve(model, "\"1\"");
        _application.Builder
            .FromUri("right", Address, new UriModelOptions { Sha256 = sha256.ToUpperInvariant() })
            .FromUri("wrong", Address, new UriModelOptions { Sha256 = new string('0', 64) });

        Assert.Equal("bright-a", _application.Pool.Predict("right", GreyModel.Grey(255)).PredictedLabel);
        var wrong = Assert.Throws<ModelDownloadException>(() => _application.Pool.Predict("wrong", GreyModel.Grey(255)));
        Assert.Equal(
            $"{Address}: expected SHA-256 {new string('0', 64)}, got {sha256}. It is another file, or was damaged on its way.", wrong.Message);
    }

    [Theory, InlineData("Repr-Digest"), InlineData("Content-Digest")]
    public void A_digest_that_the_server_sends_is_checked(string header)
    {
        byte[] model = GreyModel.Bytes("a");
        string digest = Convert.ToBase64String(SHA256.HashData([1, 2, 3]));
        _answer = context =>
        {
            context.Response.Headers[header] = $"sha-512=:AAAA:, sha-256=:{digest}:";
            return context.Response.Body.WriteAsync(model).AsTask();
        };
        _application.Builder.FromUri(Address.ToString());

        var damaged = Assert.Throws<ModelDownloadException>(() => _application.Pool);

        Assert.StartsWith($"{Address}: its {header} says SHA-256 {digest} (base 64), got ", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_says_nothing_is_given_up_on_in_time()
    {
        _answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        _application.Builder.FromUri("", Address, new UriModelOptions { TimeOut = TimeSpan.FromMilliseconds(300) });

        var late = Assert.Throws<ModelDownloadException>(() => _application.Pool);

        Assert.Equal($"{Address}: nothing came for 0.3 s. Is the server up? UriModelOptions.TimeOut sets the time.", late.Message);
    }

    [Fact]
    public void A_file_over_the_bound_is_refused()
    {
        _answer = Serve(GreyModel.Bytes("a"), "\"1\"");
        _application.Builder.FromUri("", Address, new UriModelOptions { MaximumBytes = 100 });

        var large = Assert.Throws<ModelDownloadException>(() => _application.Pool);

        Assert.StartsWith($"{Address}: expected at most 100 bytes, got ", large.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("model.zip"), InlineData("ftp://example.org/model.zip"), InlineData("file:///model.zip")]
    public void Only_http_addresses_are_taken(string address)
    {
        var refused = Assert.Throws<ArgumentException>(() => _application.Builder.FromUri(address));

        Assert.StartsWith(
            $"FromUri: expected an absolute address that begins with http:// or https://, got '{new Uri(address, UriKind.RelativeOrAbsolute)}'. Use FromFile for a file.",
            refused.Message, StringComparison.Ordinal);
    }

    private static RequestDelegate Serve(byte[] model, string tag) => async context =>
    {
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotModified;
            return;
        }

        context.Response.Headers.ETag = tag;
        context.Response.ContentLength = model.Length;
        await context.Response.Body.WriteAsync(model);
    };

    private string Predict() => _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel;
}
