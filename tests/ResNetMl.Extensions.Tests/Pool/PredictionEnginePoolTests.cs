using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Extensions.Tests.Pool;

public sealed class PredictionEnginePoolTests : IDisposable
{
    private readonly Application _application = new();

    public void Dispose() => _application.Dispose();

    [Fact]
    public void Predictions_are_those_of_the_model()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));

        Answer answer = _application.Pool.Predict(GreyModel.Grey(204));

        Assert.Equal("bright-a", answer.PredictedLabel);
        Assert.Equal([(float)GreyModel.BrightScore(204), 1 - (float)GreyModel.BrightScore(204)], answer.Score, new NearFloat());
    }

    [Fact]
    public void A_result_is_used_together_with_the_labels_of_its_scores()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));

        string[] labels = _application.Pool.Predict(GreyModel.Grey(0), (answer, schema) =>
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            schema["Score"].GetSlotNames(ref names);
            return names.DenseValues().Select(name => name.ToString()).ToArray();
        });

        Assert.Equal(["bright-a", "dark-a"], labels);
    }

    [Fact]
    public void Named_models_are_loaded_when_they_are_first_asked_for_and_the_one_without_a_name_with_the_pool()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"), watchForChanges: false).FromFile("second", _application.PathOf("later.zip"));
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;
        GreyModel.Save(_application.PathOf("later.zip"), "b");

        Assert.Equal("bright-b", pool.Predict("second", GreyModel.Grey(255)).PredictedLabel);
        Assert.Equal("bright-a", pool.Predict(GreyModel.Grey(255)).PredictedLabel);
        Assert.Equal("bright-a", pool.Predict("", GreyModel.Grey(255)).PredictedLabel);
    }

    [Fact]
    public void can_load_namedmodel()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(modelName: "model1", filePath: _application.PathOf("m.zip"), watchForChanges: false);

        Assert.NotNull(_application.Pool.GetModel("model1"));
    }

    [Fact]
    public void pooled_engines_do_not_dispose_the_shared_model()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;

        using (PredictionEngine<Picture, Answer> engine = pool.GetPredictionEngine())
        {
            Assert.Equal("dark-a", engine.Predict(GreyModel.Grey(3)).PredictedLabel);
        }

        Assert.Equal("dark-a", pool.Predict(GreyModel.Grey(3)).PredictedLabel);
    }

    [Fact]
    public void disposing_pool_releases_loader_resources()
    {
        string path = _application.PathOf("m.zip");
        GreyModel.Save(path, "a");
        _application.Builder.FromFile(path).FromFile("second", path);
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;
        PredictionEngine<Picture, Answer> rented = pool.GetPredictionEngine("second");
        ITransformer model = rented.OutputSchema is null ? throw new InvalidOperationException() : pool.GetModel("second");

        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Predict(GreyModel.Grey(1)));
        Assert.Throws<ObjectDisposedException>(pool.GetPredictionEngine);
        // What is out goes on, and so does a model that the application has.
        Assert.Equal("dark-a", rented.Predict(GreyModel.Grey(1)).PredictedLabel);
        pool.ReturnPredictionEngine("second", rented);
        Assert.Throws<ObjectDisposedException>(() => rented.Predict(GreyModel.Grey(1)));
        Assert.NotNull(model);
        // Nothing holds or watches the file: a change of it is not noticed by anybody.
        int lines = _application.Log.Count;
        GreyModel.Save(path, "b");
        Thread.Sleep(700);
        Assert.Equal(lines, _application.Log.Count);
    }

    [Fact]
    public void An_engine_is_one_callers_alone_and_is_used_again_when_it_is_back()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;

        PredictionEngine<Picture, Answer> first = pool.GetPredictionEngine();
        PredictionEngine<Picture, Answer> second = pool.GetPredictionEngine();
        Assert.NotSame(first, second);
        pool.ReturnPredictionEngine(first);

        Assert.Same(first, pool.GetPredictionEngine());
        pool.ReturnPredictionEngine(second);
        var twice = Assert.Throws<ArgumentException>(() => pool.ReturnPredictionEngine(second));
        Assert.Equal(
            "ReturnPredictionEngine: expected an engine that GetPredictionEngine of this pool gave out, got another one, or one that is back already. " +
            "Give each engine back once, in a finally block, or call Predict of the pool. (Parameter 'engine')",
            twice.Message);
    }

    [Fact]
    public void An_absent_file_is_named_with_what_to_give()
    {
        _application.Builder.FromFile(_application.PathOf("absent.zip"));

        var absent = Assert.Throws<FileNotFoundException>(() => _application.Pool);

        Assert.Equal(
            $"FromFile: expected a model file at '{_application.PathOf("absent.zip")}', there is none. " +
            "Give the path of a file that mlContext.Model.Save or resnetml train wrote.",
            absent.Message);
    }

    [Fact]
    public void A_file_that_was_absent_is_loaded_once_it_is_there()
    {
        _application.Builder.FromFile("late", _application.PathOf("late.zip"));
        PredictionEnginePool<Picture, Answer> pool = _application.Pool;
        Assert.Throws<FileNotFoundException>(() => pool.Predict("late", GreyModel.Grey(1)));

        GreyModel.Save(_application.PathOf("late.zip"), "a");

        Assert.Equal("dark-a", pool.Predict("late", GreyModel.Grey(1)).PredictedLabel);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_that_are_loaded()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile("flowers", _application.PathOf("m.zip"));
        _application.Pool.Predict("flowers", GreyModel.Grey(1));

        var unknown = Assert.Throws<ArgumentException>(() => _application.Pool.Predict("flower", GreyModel.Grey(1)));
        var unnamed = Assert.Throws<ArgumentException>(() => _application.Pool.Predict(GreyModel.Grey(1)));

        Assert.Equal(
            "PredictionEnginePool<Picture, Answer>: expected a model of the name 'flower', there is none (loaded are 'flowers'). " +
            "Add FromFile(\"flower\", path) or FromUri(\"flower\", address) after AddPredictionEnginePool. (Parameter 'modelName')",
            unknown.Message);
        Assert.Equal(
            "PredictionEnginePool<Picture, Answer>: expected a model without a name, there is none (loaded are 'flowers'). " +
            "Add FromFile(path) or FromUri(address) after AddPredictionEnginePool, or give the model's name. (Parameter 'modelName')",
            unnamed.Message);
    }

    [Fact]
    public void A_model_of_another_task_is_refused_when_it_is_loaded()
    {
        GreyModel.SaveModelOfAnotherTask(_application.PathOf("m.zip"));
        _application.Builder.FromFile(_application.PathOf("m.zip"));

        var refused = Assert.Throws<ArgumentException>(() => _application.Pool);

        Assert.Contains("Text", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ImageSource", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_image_gets_a_typed_error_and_the_next_one_its_own_scores()
    {
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));
        float[] expected = _application.Pool.Predict(GreyModel.Grey(99)).Score;
        byte[] whole = GreyModel.Grey(200).ImageSource;

        foreach (byte[] broken in new[] { [], [1, 2, 3], whole[..60], "not an image at all"u8.ToArray() })
        {
            var failure = Assert.Throws<ImageFormatException>(() => _application.Pool.Predict(new Picture { ImageSource = broken }));
            Assert.Contains("ImageSource", failure.ImageName, StringComparison.Ordinal);
            Assert.Equal(expected, _application.Pool.Predict(GreyModel.Grey(99)).Score);
        }

        Assert.Equal(4, _application.Count("resnetml.prediction.failures", "error.type=ResNetMl.Images.ImageFormatException"));
    }

    [Fact]
    public void Every_broken_file_of_the_suite_gets_a_typed_error()
    {
        string folder = TestData.RequirePath("broken/pngsuite");
        GreyModel.Save(_application.PathOf("m.zip"), "a");
        _application.Builder.FromFile(_application.PathOf("m.zip"));
        string[] files = Directory.GetFiles(folder, "x*.png");

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Throws<ImageFormatException>(
            () => _application.Pool.Predict(new Picture { ImageSource = File.ReadAllBytes(file) })));
    }

    [Fact]
    public void A_loader_of_the_applications_own_is_asked_again_after_its_signal()
    {
        var loader = new SwitchingLoader();
        _application.Services.AddOptions<PredictionEnginePoolOptions<Picture, Answer>>("own").Configure(options => options.ModelLoader = loader);
        Assert.Equal("bright-0", _application.Pool.Predict("own", GreyModel.Grey(255)).PredictedLabel);

        loader.Switch();

        Assert.Equal("bright-1", _application.Pool.Predict("own", GreyModel.Grey(255)).PredictedLabel);
    }

    [Fact]
    public void A_relative_path_is_also_looked_for_beside_the_application()
    {
        string name = $"resnetml-{Guid.NewGuid():N}.zip";
        string path = Path.Combine(AppContext.BaseDirectory, name);
        GreyModel.Save(path, "a");
        try
        {
            _application.Builder.FromFile(name);

            Assert.Equal("dark-a", _application.Pool.Predict(GreyModel.Grey(1)).PredictedLabel);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class SwitchingLoader : ModelLoader
    {
        private CancellationTokenSource _source = new();
        private int _version;

        public override ITransformer GetModel() => new MLContext().Model.Load(new MemoryStream(GreyModel.Bytes($"{_version++}")), out _);

        public override IChangeToken GetReloadToken() => new CancellationChangeToken(_source.Token);

        internal void Switch() => Interlocked.Exchange(ref _source, new CancellationTokenSource()).Cancel();
    }

    /// <summary>Six digits: softmax in single precision.</summary>
    private sealed class NearFloat : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-6f;

        public int GetHashCode(float value) => 0;
    }
}
