using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ResNetMl.Engine;
using ResNetMl.Vision;

namespace ResNetMl.Extensions.Tests.Pool;

/// <summary>What the pool is to the rest of an application: start, log, health and metrics.</summary>
public sealed class ApplicationServicesTests : IDisposable
{
    private readonly Application _application = new();

    public void Dispose() => _application.Dispose();

    [Fact]
    public async Task A_model_to_be_warmed_up_is_loaded_when_the_application_starts()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile("named", _application.PathOf("m.zip")).WarmUp("named", GreyModel.Grey(1));

        await StartAsync();
        File.Delete(_application.PathOf("m.zip"));

        Assert.Equal("dark-a", _application.Pool.Predict("named", GreyModel.Grey(1)).PredictedLabel);
    }

    [Fact]
    public async Task An_application_whose_model_cannot_be_loaded_does_not_start()
    {
        _application.Builder.FromFile(_application.PathOf("absent.zip")).WarmUp();

        await Assert.ThrowsAsync<FileNotFoundException>(StartAsync);
    }

    [Fact]
    public async Task Without_a_model_the_application_is_unhealthy_and_the_report_says_why()
    {
        _application.Builder.FromFile(_application.PathOf("absent.zip"));

        HealthReportEntry entry = await _application.HealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("There is no model. FromFile: expected a model file at ", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_context_says_is_in_the_applications_log_under_its_source()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile("one", _application.PathOf("m.zip")).FromFile("two", _application.PathOf("m.zip"));
        _application.Services.AddPredictionEnginePool<Picture, Answer>();

        _application.Pool.Predict("one", GreyModel.Grey(1));

        (LogLevel level, string category, string message) = Assert.Single(_application.Log, line => line.Category != "ResNetMl.Extensions.PredictionEnginePool");
        Assert.Equal((LogLevel.Information, "ResNetMl.ImageClassificationTransformer"), (level, category));
        Assert.Contains("is scored by", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_contexts_scoring_options_choose_what_computes()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Services.Configure<MLOptions>(
            options => options.MLContext.SetScoringOptions(new ScoringOptions { Executor = new BackendExecutor(Backends.Managed) }));
        _application.Builder.FromFile(_application.PathOf("m.zip"));

        Assert.Equal("dark-a", _application.Pool.Predict(GreyModel.Grey(1)).PredictedLabel);

        Assert.Contains(_application.Log, line => line.Message.Contains("is scored by managed: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Predictions_are_counted_and_timed_by_model_and_failures_by_reason()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile("grey", _application.PathOf("m.zip"));
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;

        pool.Predict("grey", GreyModel.Grey(1));
        Assert.Throws<Images.ImageFormatException>(() => pool.Predict("grey", new Picture()));

        Assert.Equal(2, _application.Count("resnetml.predictions", "resnetml.model.name=grey"));
        Assert.Equal(1, _application.Count("resnetml.prediction.failures", "resnetml.model.name=grey error.type=ResNetMl.Images.ImageFormatException"));
        Assert.Equal(0, _application.Measurements.Where(measurement => measurement.Instrument == "resnetml.prediction.active").Sum(measurement => measurement.Value));
        (string, string? Unit, double Seconds, string Tags)[] durations =
            [.. _application.Measurements.Where(measurement => measurement.Instrument == "resnetml.prediction.duration")];
        Assert.Equal(2, durations.Length);
        Assert.All(durations, duration => Assert.InRange(duration.Seconds, 1e-6, 30));
        Assert.All(durations, duration => Assert.Equal("s", duration.Unit));
        Assert.Equal("resnetml.model.name=grey", durations[0].Tags);
    }

    private async Task StartAsync()
    {
        foreach (IHostedService service in _application.Provider.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }
}
