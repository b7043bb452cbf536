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
