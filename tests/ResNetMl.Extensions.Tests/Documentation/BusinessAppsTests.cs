using Microsoft.Extensions.DependencyInjection;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Extensions.Tests.Documentation;

/// <summary>The programs of docs/business-apps.md.</summary>
public sealed class BusinessAppsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-docs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pool_is_added_to_the_services_and_predicts()
    {
        string modelPath = Path.Combine(_folder, "model.zip");
        GreyModel.Save(modelPath, "a");
        byte[] imageFile = GreyModel.Grey(255).ImageSource;
        var services = new ServiceCollection();
        services.AddLogging();

        #region snippet: pool-services
        services.AddPredictionEnginePool<Picture, Answer>()
            .FromFile(modelPath)
            .WarmUp();
        services.AddHealthChecks().AddPredictionEnginePool<Picture, Answer>();
        #endregion

        using ServiceProvider provider = services.BuildServiceProvider();
        var pool = provider.GetRequiredService<PredictionEnginePool<Picture, Answer>>();
        string said = "";

        #region snippet: pool-predict
        try
        {
            Answer answer = pool.Predict(new Picture { ImageSource = imageFile });
            said = $"{answer.PredictedLabel} ({answer.Score.Max():P0})";
        }
        catch (ImageFormatException exception)
        {
            said = $"This is no image that can be read: {exception.Reason}";
        }
        #endregion

        Assert.Equal("bright-a (98 %)", said);
    }

    [Fact]
    public void Executor_threads_and_batching_are_said_to_the_context()
    {
        string modelPath = Path.Combine(_folder, "model.zip");
        GreyModel.Save(modelPath, "a");
        var services = new ServiceCollection();
        services.AddPredictionEnginePool<Picture, Answer>().FromFile(modelPath);

        #region snippet: pool-scoring-options
        services.Configure<MLOptions>(options => options.MLContext.SetScoringOptions(new ScoringOptions
        {
            Executor = new BackendExecutor(Backends.Managed),
            Predictor = new PredictorOptions { Threads = 2, CombinesConcurrentCalls = false },
        }));
        #endregion

        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("dark-a", provider.GetRequiredService<PredictionEnginePool<Picture, Answer>>().Predict(GreyModel.Grey(0)).PredictedLabel);
    }
}
