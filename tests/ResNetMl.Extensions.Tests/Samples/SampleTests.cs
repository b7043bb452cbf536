using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ResNetMl.Extensions.Tests.Samples;

/// <summary>The samples do what their page says.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-sample-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_web_API_answers_uploads_with_labels_or_problems_and_goes_over_to_a_new_model()
    {
        string model = Path.Combine(_folder, "m.zip");
        GreyModel.Save(model, "a");
        using SampleProcess sample = SampleProcess.Start("WebApi", _folder, "--Model", model, "--urls", "http://127.0.0.1:0");
        string line = await sample.LineWithAsync("Now listening on: ");
        _client.BaseAddress = new Uri(line[(line.IndexOf("http://", StringComparison.Ordinal))..].Trim());
        byte[] picture = GreyModel.Grey(204).ImageSource;

        // Both labels, the likelier first, with the scores worked out by hand.
        JsonElement answer = await (await UploadAsync(picture, "?top=5")).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(["bright-a", "dark-a"], answer.EnumerateArray().Select(label => label.GetProperty("label").GetString()));
        Assert.Equal(GreyModel.BrightScore(204), answer[0].GetProperty("score").GetDouble(), 1e-6);

        JsonElement one = await (await UploadAsync(picture, "?top=1")).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(1, one.GetArrayLength());

        await AssertProblemAsync(await UploadAsync("no image"u8.ToArray()), HttpStatusCode.UnprocessableEntity, "The image cannot be read.");
        await AssertProblemAsync(await UploadAsync(picture[..60]), HttpStatusCode.UnprocessableEntity, "The image cannot be read.");
        await AssertProblemAsync(await UploadAsync(picture, "?top=0"), HttpStatusCode.BadRequest, "Bad Request");
        await AssertProblemAsync(await UploadAsync(picture, "?top=many"), HttpStatusCode.BadRequest, "Bad Request");
        await AssertProblemAsync(
            await _client.PostAsync("/predict", new MultipartFormDataContent { { new StringContent("x"), "other" } }, TestContext.Current.CancellationToken),
            HttpStatusCode.BadRequest, "Bad Request");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await UploadAsync(new byte[11 << 20])).StatusCode);

        Assert.Equal("Healthy", await _client.GetStringAsync("/health", TestContext.Current.CancellationToken));
        GreyModel.Save(model, "b");
        for (string label = "bright-a"; label != "bright-b"; label = answer[0].GetProperty("label").GetString()!)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(50, TestContext.Current.CancellationToken);
            answer = await (await UploadAsync(picture)).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_web_API_does_not_start_without_its_model()
    {
        using SampleProcess sample = SampleProcess.Start("WebApi", _folder, "--Model", Path.Combine(_folder, "absent.zip"), "--urls", "http://127.0.0.1:0");

        Assert.NotEqual(0, await sample.ExitCodeAsync());
        Assert.Contains(sample.Lines, line => line.Contains("FromFile: expected a model file at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_worker_sorts_photographs_by_label_and_sets_what_is_no_image_apart()
    {
        string model = Path.Combine(_folder, "m.zip");
        string inbox = Directory.CreateDirectory(Path.Combine(_folder, "inbox")).FullName;
        GreyModel.Save(model, "a");
        using SampleProcess sample = SampleProcess.Start("Worker", _folder, "--Model", model, "--Folder", inbox);
        await sample.LineWithAsync("Photographs are awaited in ");

        await File.WriteAllBytesAsync(Path.Combine(inbox, "light.bmp"), GreyModel.Grey(250).ImageSource, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(inbox, "black.bmp"), GreyModel.Grey(0).ImageSource, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(inbox, "half.bmp"), GreyModel.Grey(0).ImageSource[..70], TestContext.Current.CancellationToken);

        await Application.EventuallyAsync(() => Directory.GetFiles(inbox).Length == 0);
        Assert.Equal(
            ["bright-a/light.bmp", "dark-a/black.bmp", "unreadable/half.bmp"],
            Directory.GetFiles(inbox, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(inbox, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_program_in_one_file_trains_predicts_and_saves()
    {
        // It reads data/ of the folder it is started in and writes its model there.
        string root = TestSupport.TestData.RepositoryRoot;
        Directory.CreateSymbolicLink(Path.Combine(_folder, "data"), Path.Combine(root, "data"));
        foreach (string label in new[] { "roses", "sunflowers" })
        {
            string few = Directory.CreateDirectory(Path.Combine(_folder, "few", label)).FullName;
            foreach (string file in Directory.GetFiles(Path.Combine(root, "data", "flowers", label), "*.jpg").Order(StringComparer.Ordinal).Take(10))
            {
                File.Copy(file, Path.Combine(few, Path.GetFileName(file)));
            }
        }

        using SampleProcess sample = SampleProcess.StartDotnet(
            _folder, "run", "-c", "Release", "--file", Path.Combine(root, "src", "samples", "flowers.cs"), "few");
        int exitCode = await sample.ExitCodeAsync();

        string said = string.Join('\n', sample.Lines);
        Assert.True(exitCode == 0, said);
        Assert.Matches("Right on (75|100) % of the others", said); // 4 photographs of 20: two classes that differ in colour
        Assert.Matches("roses, \\d+ % sure; saved as flowers.zip", said);
        new MLContext().Model.Load(Path.Combine(_folder, "flowers.zip"), out DataViewSchema? schema);
        Assert.NotNull(schema?.GetColumnOrNull("ImageSource"));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string title)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(title, problem.GetProperty("title").GetString());
    }

    private async Task<HttpResponseMessage> UploadAsync(byte[] image, string query = "")
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(image), "image", "image.bmp" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/predict{query}") { Content = form };
        request.Headers.ExpectContinue = true; // a refusal comes before the upload, not in the middle of it
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
