using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ResNetMl.Extensions.Tests.Pool;

/// <summary>A model's file changes while the pool predicts.</summary>
public sealed class HotSwapTests : IDisposable
{
    private readonly Application _application = new();

    private string Path => _application.PathOf("m.zip");

    public void Dispose() => _application.Dispose();

    [Fact]
    public async Task pool_serves_predictions_across_a_hot_swap()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;
        PredictionEngine<Picture, Answer> before = pool.GetPredictionEngine();
        using var stop = new CancellationTokenSource();
        int predictions = 0;
        Task[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.StartsWith("bright-", pool.Predict(GreyModel.Grey(255)).PredictedLabel, StringComparison.Ordinal);
                Interlocked.Increment(ref predictions);
            }
        }))];

        GreyModel.Save(Path, "b");
        await EventuallyAnswersAsync("bright-b");
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        // What was given out before finishes on the old model, which goes with it.
        Assert.Equal("bright-a", before.Predict(GreyModel.Grey(255)).PredictedLabel);
        pool.ReturnPredictionEngine(before);
        Assert.Throws<ObjectDisposedException>(() => before.Predict(GreyModel.Grey(255)));
        Assert.Equal("bright-b", pool.Predict(GreyModel.Grey(255)).PredictedLabel);
        Assert.True(predictions > 0);
        Assert.Equal(1, _application.Count("resnetml.model.reloads"));
        Assert.Contains(_application.Log, line => line.Message == $"Model (without a name) is replaced by a new one from {Path}.");
    }

    [Fact]
    public async Task A_file_moved_over_the_old_one_is_loaded()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);

        GreyModel.Save(_application.PathOf("new.tmp"), "b");
        File.Move(_application.PathOf("new.tmp"), Path, overwrite: true);

        await EventuallyAnswersAsync("bright-b");
    }

    [Fact]
    public async Task A_link_switched_to_another_folder_is_followed()
    {
        // As Kubernetes mounts configuration: m.zip → ..data/m.zip, and ..data is switched from one folder to the next.
        Directory.CreateDirectory(_application.PathOf("v1"));
        Directory.CreateDirectory(_application.PathOf("v2"));
        GreyModel.Save(_application.PathOf("v1/m.zip"), "a");
        GreyModel.Save(_application.PathOf("v2/m.zip"), "b");
        DateTime sameTime = File.GetLastWriteTimeUtc(_application.PathOf("v1/m.zip"));
        File.SetLastWriteTimeUtc(_application.PathOf("v2/m.zip"), sameTime);
        Directory.CreateSymbolicLink(_application.PathOf("data"), _application.PathOf("v1"));
        File.CreateSymbolicLink(Path, "data/m.zip");
        _application.Builder.FromFile(Path);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);

        Directory.CreateSymbolicLink(_application.PathOf("data.new"), _application.PathOf("v2"));
        Directory.Delete(_application.PathOf("data"));
        Directory.Move(_application.PathOf("data.new"), _application.PathOf("data"));

        await EventuallyAnswersAsync("bright-b");
    }

    [Fact]
    public async Task A_half_written_file_keeps_the_old_model_until_it_is_whole()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        Assert.Equal(HealthStatus.Healthy, (await _application.HealthAsync()).Status);
        byte[] next = GreyModel.Bytes("b");

        await using (var file = new FileStream(Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(next.AsSpan(0, next.Length / 2));
            file.Flush();
            await Application.EventuallyAsync(() => _application.Count("resnetml.model.reloads", "error.type=ResNetMl.Data.ModelFormatException") == 1);
            Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);
            HealthReportEntry degraded = await _application.HealthAsync();
            Assert.Equal(HealthStatus.Degraded, degraded.Status);
            Assert.StartsWith("The model loaded before answers, because the changed one cannot be used. ", degraded.Description, StringComparison.Ordinal);
            Assert.IsType<Data.ModelFormatException>(degraded.Exception);
            (LogLevel level, _, string message) = Assert.Single(_application.Log, line => line.Level >= LogLevel.Error);
            Assert.StartsWith(
                $"Model (without a name) was not replaced by what is at {Path} now; the one loaded before goes on answering. ", message, StringComparison.Ordinal);
            file.Write(next.AsSpan(next.Length / 2));
        }

        await EventuallyAnswersAsync("bright-b");
        HealthReportEntry healthy = await _application.HealthAsync();
        Assert.Equal(HealthStatus.Healthy, healthy.Status);
        Assert.Equal(1, healthy.Data["reloads"]);
        Assert.Equal(Path, healthy.Data["location"]);
    }

    [Fact]
    public async Task A_model_of_another_task_does_not_replace_one_that_answers()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);

        GreyModel.SaveModelOfAnotherTask(Path);

        await Application.EventuallyAsync(() => _application.Count("resnetml.model.reloads", "error.type=System.ArgumentException") == 1);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);
    }

    [Fact]
    public async Task A_model_that_cannot_predict_the_warm_up_example_does_not_replace_one_that_answers()
    {
        var loader = new FailingLoader();
        _application.Builder.WarmUp(GreyModel.Grey(7));
        Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<PredictionEnginePoolOptions<Picture, Answer>>(
            _application.Services, options => options.ModelLoader = loader);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);

        loader.Signal();

        await Application.EventuallyAsync(() => _application.Count("resnetml.model.reloads", "error.type=System.ObjectDisposedException") == 1);
        Assert.Equal("bright-a", _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel);
    }

    [Fact]
    public async Task A_deleted_file_leaves_its_model_and_a_new_one_replaces_it()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;

        File.Delete(Path);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal("bright-a", pool.Predict(GreyModel.Grey(255)).PredictedLabel);
        Assert.Equal(0, _application.Count("resnetml.model.reloads"));

        GreyModel.Save(Path, "b");
        await EventuallyAnswersAsync("bright-b");
    }

    [Fact]
    public async Task Without_watching_a_changed_file_changes_nothing()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path, watchForChanges: false);
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;

        GreyModel.Save(Path, "b");
        await Task.Delay(700, TestContext.Current.CancellationToken);

        Assert.Equal("bright-a", pool.Predict(GreyModel.Grey(255)).PredictedLabel);
    }

    [Fact]
    public async Task A_model_that_the_application_holds_outlives_its_replacement()
    {
        GreyModel.Save(Path, "a");
        _application.Builder.FromFile(Path);
        ITransformer held = _application.Pool.GetModel();

        GreyModel.Save(Path, "b");
        await EventuallyAnswersAsync("bright-b");

        var context = new MLContext();
        using PredictionEngine<Picture, Answer> engine = context.Model.CreatePredictionEngine<Picture, Answer>(held);
        Assert.Equal("bright-a", engine.Predict(GreyModel.Grey(255)).PredictedLabel);
    }

    private Task EventuallyAnswersAsync(string label) =>
        Application.EventuallyAsync(() => _application.Pool.Predict(GreyModel.Grey(255)).PredictedLabel == label);

    /// <summary>Gives a model that answers, and then one that does not.</summary>
    private sealed class FailingLoader : ModelLoader
    {
        private CancellationTokenSource _source = new();
        private bool _fails;

        public override ITransformer GetModel()
        {
            ITransformer model = new MLContext().Model.Load(new MemoryStream(GreyModel.Bytes("a")), out _);
            if (_fails)
            {
                ((IDisposable)model).Dispose();
            }

            return model;
        }

        public override Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() =>
            new Microsoft.Extensions.Primitives.CancellationChangeToken(_source.Token);

        internal void Signal()
        {
            _fails = true;
            Interlocked.Exchange(ref _source, new CancellationTokenSource()).Cancel();
        }
    }
}
