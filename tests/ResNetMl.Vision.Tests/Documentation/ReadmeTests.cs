using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Evaluation;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.TestSupport;
using ResNetMl.Vision;

namespace ResNetMl.Vision.Tests.Documentation;

/// <summary>Runs the library example that README.md shows.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-readme-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_library_example_learns_to_tell_clothes_apart()
    {
        string samples = Path.Combine(TestData.RepositoryRoot, "data", "fashion-mnist-sample");
        string modelFile = Path.Combine(_folder, "clothes.zip");

        MulticlassClassificationMetrics metrics = TrainAndMeasure(Path.Combine(samples, "train.zip"), Path.Combine(samples, "test.zip"), modelFile, epochs: 2);

        // Ten equally frequent classes: guessing is right once in ten. A network that has seen 2,700 images twice is far above that.
        Assert.Equal(1000, metrics.ExampleCount);
        Assert.InRange(metrics.MicroAccuracy, 0.4, 1.0);
        Assert.Equal(10, Model.Load(modelFile).Labels.Count);
    }

    [Fact]
    public void The_pipeline_example_learns_flowers()
    {
        string modelFile = Path.Combine(_folder, "flowers.zip");

        string answer = LearnFlowers(SampleData.Flowers, SampleData.Backbone, modelFile);

        Assert.Contains(answer, new[] { "daisy", "dandelion", "roses", "sunflowers", "tulips" });
        Assert.True(File.Exists(modelFile));
    }

    #region snippet: learn-flowers
    private sealed class Picture
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Answer
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private static string LearnFlowers(string folder, string backbone, string modelFile)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView pictures = mlContext.Data.LoadFromEnumerable(Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories)
            .Select(path => new Picture { ImagePath = path, Label = Path.GetFileName(Path.GetDirectoryName(path)!) }).ToArray());
        DataOperationsCatalog.TrainTestData parts = mlContext.Data.TrainTestSplit(pictures, testFraction: 0.2);

        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
            .Append(mlContext.Transforms.LoadRawImageBytes("Image", imageFolder: null, inputColumnName: "ImagePath"))
            .Append(mlContext.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
            {
                FeatureColumnName = "Image",
                WeightsPath = backbone,
                MetricsCallback = metrics => Console.WriteLine(metrics),
            }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        ITransformer model = pipeline.Fit(parts.TrainSet);
        MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(parts.TestSet));
        Console.WriteLine($"accuracy {metrics.MicroAccuracy:P1}");
        mlContext.Model.Save(model, pictures.Schema, modelFile);

        using PredictionEngine<Picture, Answer> engine = mlContext.Model.CreatePredictionEngine<Picture, Answer>(model);
        return engine.Predict(new Picture { ImagePath = Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).First() }).PredictedLabel;
    }
    #endregion

    #region snippet: train-and-measure
    private static MulticlassClassificationMetrics TrainAndMeasure(string trainingData, string testData, string modelFile, int epochs)
    {
        // oneDNN where it can be loaded, else the C# kernels.
        IBackend backend = Backends.Default;

        // A folder of label folders, a zip of one, a CSV of path and label, or IDX files.
        using IExampleSource training = ExampleSource.Open(trainingData);
        using IExampleSource test = ExampleSource.Open(testData);

        NetworkDefinition network = NetworkCatalog.Define("resnet8", training.Labels.Count, inputShape: [1, 28, 28]);
        var trainer = new Trainer(new TrainerOptions
        {
            Backend = backend,
            Preprocessing = Preprocessing.FashionMnist,
            Augmentations = [new HorizontalFlip()],
            Epochs = epochs,
        });
        TrainingResult result = trainer.Train(network, training);
        result.Model.Save(modelFile);

        // The file knows labels and preprocessing: nothing has to be remembered to use it.
        using Predictor predictor = Model.Load(modelFile).CreatePredictor(backend);
        var evaluator = new ClassificationEvaluator(predictor.Model.Labels);
        foreach (ScoredExample example in predictor.Score(test.WithLabels(predictor.Model.Labels)))
        {
            if (example.Prediction is { } prediction)
            {
                evaluator.Add(example.LabelIndex, prediction.Probabilities.Span);
            }
            else
            {
                Console.WriteLine(example.BadImage);
                evaluator.LeaveOut(LeftOutReason.UnreadableImage);
            }
        }

        return evaluator.ToMetrics();
    }
    #endregion
}
