using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Transforms;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Programs in the shape of those that are published for ML.NET: what they call compiles and does what they expect.</summary>
public sealed class ProgramTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void A_flowers_program_with_callback_early_stopping_and_scheduler_trains_measures_saves_and_predicts()
    {
        using var folder = new Vision.TemporaryFolder();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, e) => _lines.AddRange(e.Message.StartsWith("[Source=ImageClassificationTrainer;", StringComparison.Ordinal) ? [e.Message] : []);
        IDataView files = mlContext.Data.ShuffleRows(mlContext.Data.LoadFromEnumerable(LoadImagesFromDirectory(SampleData.Flowers, perLabel: 8)));
        IDataView images = mlContext.Transforms.Conversion.MapValueToKey(
                outputColumnName: "LabelAsKey", inputColumnName: "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(mlContext.Transforms.LoadRawImageBytes(outputColumnName: "Image", imageFolder: SampleData.Flowers, inputColumnName: "ImagePath"))
            .Fit(files).Transform(files);
        DataOperationsCatalog.TrainTestData split = mlContext.Data.TrainTestSplit(images, testFraction: 0.25);
        IDataView testSet = split.TestSet;
        var options = new ImageClassificationTrainer.Options()
        {
            FeatureColumnName = "Image",
            LabelColumnName = "LabelAsKey",
            Arch = ImageClassificationTrainer.Architecture.ResnetV250,
            Epoch = 50,
            BatchSize = 10,
            LearningRate = 0.01f,
            EarlyStoppingCriteria = new ImageClassificationTrainer.EarlyStopping(minDelta: 0.001f, patience: 20, metric: ImageClassificationTrainer.EarlyStoppingMetric.Loss),
            LearningRateScheduler = new Trainers.ExponentialLRDecay(),
            MetricsCallback = metrics => _lines.Add(metrics.ToString()),
            ValidationSet = testSet,
            WeightsPath = SampleData.Backbone,
            ImageSize = new ImageSize(96, 96),
            WorkspacePath = folder.Path("workspace"),
            ReuseTrainSetBottleneckCachedValues = true,
            ReuseValidationSetBottleneckCachedValues = true,
        };
        var pipeline = mlContext.MulticlassClassification.Trainers.ImageClassification(options)
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: "PredictedLabel", inputColumnName: "PredictedLabel"));

        ITransformer trainedModel = pipeline.Fit(split.TrainSet);
        IDataView predictions = trainedModel.Transform(testSet);
        MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(
            predictions, labelColumnName: "LabelAsKey", predictedLabelColumnName: "PredictedLabel");
        mlContext.Model.Save(trainedModel, split.TrainSet.Schema, folder.Path("imageClassifier.zip"));
        ITransformer loadedModel = mlContext.Model.Load(folder.Path("imageClassifier.zip"), out _);
        PredictionEngine<InMemoryImageData, ImagePrediction> engine = mlContext.Model.CreatePredictionEngine<InMemoryImageData, ImagePrediction>(loadedModel);
        string file = Directory.GetFiles(Path.Combine(SampleData.Flowers, "roses"), "*.jpg").Order(StringComparer.Ordinal).First();
        ImagePrediction prediction = engine.Predict(new InMemoryImageData(File.ReadAllBytes(file), "roses", Path.GetFileName(file)));

        // By chance a fifth would be right.
        Assert.InRange(metrics.MicroAccuracy, 0.4, 1);
        Assert.Contains(prediction.PredictedLabel, new[] { "daisy", "dandelion", "roses", "sunflowers", "tulips" });
        Assert.Equal(1, prediction.Score.Sum(), 1e-5f);
        Assert.Contains(_lines, line => line.StartsWith("Phase: Bottleneck Computation, Dataset used: Validation, Image Index:   1", StringComparison.Ordinal));
        Assert.Contains(_lines, line => line.StartsWith("Phase: Training, Dataset used:      Train, Batch Processed Count:", StringComparison.Ordinal));
        engine.Dispose();
    }

    [Fact]
    public void The_program_of_the_page_on_transfer_learning_runs()
    {
        using var folder = new Vision.TemporaryFolder();
        string photographs = SampleData.Flowers;
        string backbone = SampleData.Backbone;
        string saved = folder.Path("flowers.zip");

        #region snippet: transfer-learning
        var context = new MLContext(seed: 1);
        IDataView images = context.Data.LoadFromEnumerable(
            from label in Directory.GetDirectories(photographs)
            from file in Directory.GetFiles(label, "*.jpg").Take(6)
            select new Photograph { ImagePath = file, Label = Path.GetFileName(label) });

        var pipeline = context.Transforms.Conversion.MapValueToKey("LabelAsKey", "Label")
            .Append(context.Transforms.LoadRawImageBytes("Image", imageFolder: null, "ImagePath"))
            .Append(context.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                LabelColumnName = "LabelAsKey",
                FeatureColumnName = "Image",
                WeightsPath = backbone,          // leave it out to take the published ResNet-50 v2
                ImageSize = new ImageSize(96, 96), // leave it out for 299×299
            }))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using var model = pipeline.Fit(images);
        context.Model.Save(model, images.Schema, saved);

        using var engine = context.Model.CreatePredictionEngine<Photograph, Guess>(model);
        Guess guess = engine.Predict(new Photograph { ImagePath = Directory.GetFiles(Path.Combine(photographs, "tulips")).First() });
        #endregion

        Assert.Contains(guess.PredictedLabel, Directory.GetDirectories(photographs).Select(Path.GetFileName));
        Assert.Equal(5, guess.Score.Length);
        Assert.True(File.Exists(saved));
    }

    private static IEnumerable<ImageData> LoadImagesFromDirectory(string folder, int perLabel)
    {
        foreach (string label in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (string file in Directory.GetFiles(label, "*.jpg").Order(StringComparer.Ordinal).Take(perLabel))
            {
                yield return new ImageData { ImagePath = file, Label = Directory.GetParent(file)!.Name };
            }
        }
    }

    private sealed class ImageData
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class InMemoryImageData(byte[] image, string label, string imageFileName)
    {
        public readonly byte[] Image = image;
        public readonly string Label = label;
        public readonly string ImageFileName = imageFileName;
    }

    private sealed class ImagePrediction
    {
        [ColumnName("Score")]
        public float[] Score = [];

        [ColumnName("PredictedLabel")]
        public string PredictedLabel = "";
    }

    private sealed class Photograph
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Guess
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
