using System.Globalization;
using System.Text.RegularExpressions;
using Compatibility.Support;
using Microsoft.Extensions.DependencyInjection;
using ResNetMl;
using ResNetMl.Trainers;
using Xunit;

namespace Compatibility.Programs;

/// <summary>Programs as someone who knows ML.NET writes them, run on a few photographs with a real backbone.</summary>
public sealed class ProgramTests(ProgramFolder folder) : IClassFixture<ProgramFolder>
{
    [Fact]
    public void The_tutorial_that_tells_two_classes_apart_runs()
    {
        string assets = folder.Photographs("binary", 12, "daisy", "roses");

        string[] printed = Printed(() => DeepLearning_ImageClassification_Binary.Program.Run(
            assets, Directory.CreateDirectory(folder["binary-workspace"]).FullName));

        Assert.Contains(printed, line => Regex.IsMatch(line, @"^Phase: Bottleneck Computation, Dataset used: {6}Train, Image Index: +\d+"));
        Assert.Contains(printed, line => Regex.IsMatch(line, @"^Phase: Bottleneck Computation, Dataset used: Validation, Image Index: +\d+"));
        Assert.Contains(printed, line => Regex.IsMatch(
            line, @"^Phase: Training, Dataset used: Validation, Batch Processed Count: +\d+, Epoch: +\d+, Accuracy: +[\d.]+, Cross-Entropy: +[\d.E-]+$"));
        (string Actual, string Predicted)[] predictions =
        [
            .. printed.Select(line => Regex.Match(line, @"^Image: \S+ \| Actual Value: (\w+) \| Predicted Value: (\w+)$")).Where(match => match.Success)
                .Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
        ];
        Assert.InRange(predictions.Length, 2, 11);
        Assert.True(predictions.Count(pair => pair.Actual == pair.Predicted) >= 0.7 * predictions.Length, string.Join('\n', predictions));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_flowers_sample_trains_evaluates_saves_and_predicts(bool advanced)
    {
        string photographs = folder.Photographs("flowers", 8, "roses", "sunflowers", "tulips");
        string others = folder.PhotographsToPredict("predict", "sunflowers", "roses", "tulips");
        string model = folder[$"flowers-{advanced}.zip"];

        string[] training = Printed(() => ImageClassification.Train.Program.Run(photographs, others, model, advanced));
        string[] predicting = Printed(() => ImageClassification.Predict.Program.Run(model, others));

        Assert.Contains($"Model saved to: {model}", training);
        Assert.True(Accuracy(training) >= 0.5, string.Join('\n', training));
        string single = Assert.Single(training, line => line.StartsWith("Image Filename : [", StringComparison.Ordinal));
        if (advanced)
        {
            Assert.Contains(training, line => line.StartsWith("image 1 of Train", StringComparison.Ordinal));
            Assert.Contains(training, line => line.StartsWith("epoch 0 of Validation", StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains(training, line => line.StartsWith("[Source=ImageClassificationTrainer;", StringComparison.Ordinal));
        }

        Assert.Contains("ImagePath, Label, LabelAsKey, Image", predicting);
        Assert.Contains("Classes: roses sunflowers tulips", predicting);
        Assert.Equal(4, predicting.Count(line => line.StartsWith("Image Filename : [", StringComparison.Ordinal)));
        Match first = Assert.Single(
            predicting.Select(line => Regex.Match(line, @"^Image Filename : \[(\w+)1\.jpg\], Predicted Label : \[(\w+)\], Probability : \[([\d.]+)\]$"))
                .Where(match => match.Success).Take(1));
        Assert.Contains($"Predicted Label : {first.Groups[2].Value}", single, StringComparison.Ordinal);
        Assert.InRange(double.Parse(first.Groups[3].Value, CultureInfo.InvariantCulture), 1 / 3.0, 1);
    }

    [Theory]
    [InlineData("exponential")]
    [InlineData("polynomial")]
    [InlineData("stepwise")]
    [InlineData("none")]
    public void The_example_with_a_learning_rate_scheduler_predicts_by_key(string schedule)
    {
        LearningRateScheduler? scheduler = schedule switch
        {
            "exponential" => new ExponentialLRDecay(learningRate: 0.02f),
            "polynomial" => new PolynomialLRDecay(),
            "stepwise" => new LsrDecay(),
            _ => null,
        };
        string photographs = folder.Photographs("scheduled", 6, "dandelion", "sunflowers");
        string workspace = Directory.CreateDirectory(folder["scheduled-workspace"]).FullName;

        string[] printed = Printed(() => Samples.Dynamic.ResnetV2101TransferLearningTrainTestSplit.Example(photographs, workspace, scheduler!));

        Assert.Contains("Keys: dandelion sunflowers", printed.Select(line => line == "Keys: sunflowers dandelion" ? "Keys: dandelion sunflowers" : line));
        Match match = Assert.Single(printed.Select(line => Regex.Match(line, @"^Scores : \[([^\]]+)\], Predicted Label : (\w+)$")), match => match.Success);
        Assert.Equal("dandelion", match.Groups[2].Value);
        Assert.Equal(1, match.Groups[1].Value.Split(',').Sum(score => float.Parse(score, CultureInfo.InvariantCulture)), 1e-4);

        // 30 epochs, since early stopping is off.
        Assert.Equal(30, printed.Count(line => line.StartsWith("Phase: Training, Dataset used:      Train", StringComparison.Ordinal)));
    }

    [Fact]
    public void Generated_code_trains_and_tells_all_labels()
    {
        string photographs = folder.Photographs("generated", 8, "daisy", "sunflowers", "tulips");
        string directory = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(Directory.CreateDirectory(folder["generated-project"]).FullName);
        try
        {
            SampleImageClassification.FlowersModel.Train("FlowersModel.mlnet", photographs);
            string[] paths = [.. Directory.GetDirectories(photographs).SelectMany(flower => Directory.GetFiles(flower).Order(StringComparer.Ordinal).Take(2))];
            var input = new SampleImageClassification.FlowersModel.ModelInput { ImageSource = File.ReadAllBytes(paths[0]) };

            SampleImageClassification.FlowersModel.ModelOutput output = SampleImageClassification.FlowersModel.Predict(input);
            KeyValuePair<string, float>[] all = [.. SampleImageClassification.FlowersModel.PredictAllLabels(input)];

            // The generated code gives no seed, so that every run trains another model: nearly all photographs are right, whichever they are.
            Assert.InRange(
                paths.Count(path => SampleImageClassification.FlowersModel.Predict(new() { ImageSource = File.ReadAllBytes(path) }).PredictedLabel
                    == Path.GetFileName(Path.GetDirectoryName(path))),
                4, 6);
            Assert.Equal(["daisy", "sunflowers", "tulips"], all.Select(pair => pair.Key).Order(StringComparer.Ordinal));
            Assert.Equal((output.PredictedLabel, output.Score.Max()), (all[0].Key, all[0].Value));
            Assert.Equal(input.ImageSource, output.ImageSource);
        }
        finally
        {
            Directory.SetCurrentDirectory(directory);
        }
    }

    [Fact]
    public async Task A_web_application_predicts_from_a_pool_on_many_threads()
    {
        string photographs = folder.Photographs("pooled", 6, "daisy", "tulips");
        string model = folder["pooled.zip"];
        SampleImageClassification.FlowersModel.Train(model, photographs);
        var services = new ServiceCollection();
        FlowersWebApp.Startup.ConfigureServices(services, model);
        await using ServiceProvider provider = services.BuildServiceProvider();
        string[] paths = Directory.GetFiles(photographs, "*.jpg", SearchOption.AllDirectories);

        string[] answers = await Task.WhenAll(paths.Select(path => Task.Run(
            () => provider.GetRequiredService<FlowersWebApp.PredictController>().Post(File.ReadAllBytes(path)))));

        // The photographs it was trained on: an engine of one's own says the same, and nearly all are right.
        var context = new MLContext();
        using PredictionEngine<SampleImageClassification.FlowersModel.ModelInput, SampleImageClassification.FlowersModel.ModelOutput> engine =
            context.Model.CreatePredictionEngine<SampleImageClassification.FlowersModel.ModelInput, SampleImageClassification.FlowersModel.ModelOutput>(
                context.Model.Load(model, out _));
        Assert.Equal(paths.Select(path => engine.Predict(new() { ImageSource = File.ReadAllBytes(path) }).PredictedLabel), answers);
        Assert.InRange(paths.Zip(answers).Count(pair => pair.First.Contains($"/{pair.Second}/", StringComparison.Ordinal)), 9, 12);
        FlowersWebApp.PredictController controller = provider.GetRequiredService<FlowersWebApp.PredictController>();
        Assert.Equal("400", controller.Post([]));
        Assert.InRange(controller.Confidence(File.ReadAllBytes(paths[0])), 0.5f, 1);
        Assert.True(controller.HasModel());
    }

    [Fact]
    public void The_ONNX_tutorial_scores_a_folder_of_images()
    {
        string photographs = Path.Combine(folder.Photographs("scored", 3, "roses"), "roses");

        using var capture = new ConsoleCapture();
        float[][] features = [.. new OnnxScoring.OnnxModelScorer(photographs, ResNetMl.TestSupport.SampleData.Backbone, new MLContext()).Score("input", "features")];

        Assert.Equal(3, features.Length);
        Assert.All(features, row => Assert.Equal(1024, row.Length));
        Assert.All(features, row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
        Assert.NotEqual(features[0], features[1]);
    }

    [Fact]
    public void Linear_classifiers_on_the_features_of_a_network_are_trained_from_a_list_of_images_and_cross_validated()
    {
        string photographs = folder.Photographs("listed", 10, "roses", "sunflowers");
        string[] lines =
        [
            .. Directory.GetFiles(photographs, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => $"{Path.GetRelativePath(photographs, path)}\t{Path.GetFileName(Path.GetDirectoryName(path))}"),
        ];
        File.WriteAllLines(folder["tags.tsv"], lines.Where((_, index) => index % 5 != 0));
        File.WriteAllLines(folder["test-tags.tsv"], lines.Where((_, index) => index % 5 == 0));

        string[] printed = Printed(() => TransferLearning.Program.Run(
            photographs, folder["tags.tsv"], folder["test-tags.tsv"], ResNetMl.TestSupport.SampleData.Backbone,
            Directory.GetFiles(Path.Combine(photographs, "sunflowers")).Order(StringComparer.Ordinal).Last()));

        Assert.Equal(5, printed.Count(line => line.StartsWith("Image: ", StringComparison.Ordinal)));
        Assert.Contains(printed, line => line.Contains(" predicted as: sunflowers with score: 0.", StringComparison.Ordinal));
        Assert.Contains("Confusion table", printed);
        Assert.Contains(printed, line => line.StartsWith("LogLoss is: 0.", StringComparison.Ordinal) || line.StartsWith("LogLoss is: 1.", StringComparison.Ordinal));
        Assert.Contains(printed, line => line.StartsWith("*       Average MicroAccuracy:", StringComparison.Ordinal));
    }

    private static double Accuracy(string[] printed) => double.Parse(
        Assert.Single(printed.Select(line => Regex.Match(line, "AccuracyMicro = ([0-9.]+)")), match => match.Success).Groups[1].Value,
        CultureInfo.InvariantCulture);

    private static string[] Printed(Action program)
    {
        using var capture = new ConsoleCapture();
        program();
        return capture.Lines;
    }
}
