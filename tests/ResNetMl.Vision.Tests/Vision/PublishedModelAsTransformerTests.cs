using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>A published ResNet-20, saved as our file and loaded as a pipeline, on the images of a suite in which some are broken on purpose.</summary>
public sealed class PublishedModelAsTransformerTests
{
    [Fact]
    public void Every_image_of_a_suite_is_scored_as_by_the_predictor_and_every_broken_one_refused()
    {
        using var folder = new TemporaryFolder();
        string[] files = Directory.GetFiles(TestData.RequirePath("broken/pngsuite"), "*.png").Order(StringComparer.Ordinal).ToArray();
        ModelReader.Read(TestData.RequirePath("models/cifar-resnet/resnet20-12fca82f.th")).Save(folder.Path("resnet20.zip"));
        using Predictor predictor = Model.Load(folder.Path("resnet20.zip")).CreatePredictor(Backends.Default);
        var context = new MLContext();
        ITransformer model = context.Model.Load(folder.Path("resnet20.zip"), out _);
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        using PredictionEngine<Picture, Answer> engine = context.Model.CreatePredictionEngine<Picture, Answer>(model, options);

        // The suite's own naming: what begins with x cannot be read.
        string[] readable = [.. files.Where(file => !Path.GetFileName(file).StartsWith('x'))];
        float[][] expected = [.. readable.Select(file => predictor.PredictFile(file).Probabilities.ToArray())];
        Assert.All(readable, (file, i) => Assert.Equal(expected[i], engine.Predict(Read(file)).Score));
        Assert.All(files.Except(readable), file => Assert.Throws<ImageFormatException>(() => engine.Predict(Read(file))));
        Assert.NotEmpty(files.Except(readable));

        // Together, a kernel may add in another order: the last bits may differ, the scores do not.
        IDataView view = model.Transform(context.Data.LoadFromEnumerable(readable.Select(Read)));
        float[][] together = [.. context.Data.CreateEnumerable<Answer>(view, reuseRowObject: false).Select(answer => answer.Score)];
        Assert.Equal(readable.Length, together.Length);
        Assert.All(together, (score, row) => Assert.All(score, (value, k) => Assert.Equal(expected[row][k], value, 1e-5f)));
        (model as IDisposable)!.Dispose();
    }

    private static Picture Read(string file) => new() { ImageSource = File.ReadAllBytes(file) };

    private sealed class Picture
    {
        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];
    }
}
