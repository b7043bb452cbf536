// A web API that classifies uploaded photographs:
//   dotnet run -c Release --Model flowers.zip
//   curl -F image=@rose.jpg "http://localhost:5000/predict?top=3"
using ResNetMl;
using ResNetMl.Data;
using ResNetMl.Extensions;
using ResNetMl.Images;

const long LargestUpload = 10 << 20; // bytes

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = LargestUpload);
builder.Services.AddProblemDetails();
builder.Services.AddPredictionEnginePool<Photograph, Answer>()
    .FromFile(builder.Configuration["Model"] ?? "model.zip") // watched: a new file replaces the model while requests go on
    .WarmUp();                                               // a model that cannot be loaded stops the start, not the first request
builder.Services.AddHealthChecks().AddPredictionEnginePool<Photograph, Answer>();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapHealthChecks("/health");
app.MapPost("/predict", PredictAsync).DisableAntiforgery(); // no cookie is looked at, so there is nothing to forge
app.Run();

static async Task<IResult> PredictAsync(
    IFormFile image, int? top, PredictionEnginePool<Photograph, Answer> pool, CancellationToken cancellationToken)
{
    if (top is < 1)
    {
        return Results.Problem($"top: expected a number of labels above 0, got {top}.", statusCode: StatusCodes.Status400BadRequest);
    }

    using var bytes = new MemoryStream();
    await image.CopyToAsync(bytes, cancellationToken);
    try
    {
        var photograph = new Photograph { ImageSource = bytes.ToArray() };
        return Results.Ok(pool.Predict(photograph, (answer, columns) => answer.MostLikely(columns, top ?? 3)));
    }
    catch (ImageFormatException exception)
    {
        // Never a score for a broken image: the caller learns what is wrong with it.
        return Results.Problem(exception.Reason, title: "The image cannot be read.", statusCode: StatusCodes.Status422UnprocessableEntity);
    }
}

/// <summary>What the model reads: the bytes of an image file.</summary>
internal sealed class Photograph
{
    public byte[] ImageSource { get; set; } = [];

    /// <summary>Asked for by pipelines that turn labels into keys for training; predictions do not look at it.</summary>
    public string Label { get; set; } = "";
}

/// <summary>What it answers: the most likely label, and a probability for each.</summary>
internal sealed class Answer
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];

    public LabelScore[] MostLikely(DataViewSchema columns, int count)
    {
        VBuffer<ReadOnlyMemory<char>> labels = default;
        columns["Score"].GetSlotNames(ref labels);
        return [.. labels.DenseValues().Zip(Score, (label, score) => new LabelScore(label.ToString(), score)).OrderByDescending(label => label.Score).Take(count)];
    }
}

/// <summary>One line of the JSON.</summary>
internal sealed record LabelScore(string Label, float Score);
