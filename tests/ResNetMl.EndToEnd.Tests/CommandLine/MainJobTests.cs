using System.Text.Json.Nodes;
using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Ten pictures → a trained model → predictions and metrics, through the command line alone.</summary>
public sealed class MainJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("managed")]
    [InlineData("onednn")]
    public void Ten_pictures_become_a_model_that_tells_new_ones_apart(string executor)
    {
        string[] chosen = Resnetml.Executor(executor);
        string pictures = _folder.WriteWarmAndCold("pictures");
        string unseen = _folder.Write("unseen/warm/new.png", Png.Speckled(12, 10, seed: 77, red: 190, green: 90, blue: 60));
        _folder.Write("unseen/cold/new.png", Png.Speckled(12, 10, seed: 78, red: 60, green: 90, blue: 190));
        string model = _folder["model.zip"];

        CommandResult train = Resnetml.Run(
            ["train", "--dataset", pictures, "--network", "resnet8", "--input", "3,8,8", "--epochs", "8", "--batch-size", "5", "--augmentation", "none",
            "--validation-fraction", "0", "--output", model, .. chosen]).Expect(0);

        Assert.Equal("resnet8: 74,770 parameters, 0.8 M multiply-adds an image", train.OutputLines[0]);
        Assert.StartsWith($"10 images of 2 classes; executor {executor} (", train.OutputLines[1]);
        Assert.Equal("epoch  training loss     top-1  images/s", train.OutputLines[2]);
        for (int epoch = 1; epoch <= 8; epoch++)
        {
            Assert.Matches($@"^  {epoch}/8 {{9}}\d\.\d{{4}}  [ \d]{{3}}\.\d\d %  [ ,\d]{{8}}$", train.OutputLines[epoch + 2]);
        }

        Assert.Equal($"Model: {model}", train.OutputLines[^1]);
        Assert.Equal(12, train.OutputLines.Length);
        Assert.Equal("", train.Error);
        Assert.Equal(["model.zip"], Directory.GetFileSystemEntries(_folder.Root, "model*").Select(path => Path.GetFileName(path)!));

        JsonNode metrics = Resnetml.Run(["evaluate", "--model", model, "--dataset", _folder["unseen"], "--json", .. chosen]).Expect(0).Json["metrics"]!;
        Assert.Equal(1.0, (double)metrics["microAccuracy"]!);
        Assert.Equal("[[1,0],[0,1]]", metrics["confusionMatrix"]!["counts"]!.ToJsonString());

        CommandResult predict = Resnetml.Run(["predict", "--model", model, unseen, "--top", "1", .. chosen]).Expect(0);
        Assert.Matches($@"^{unseen}: warm \d+\.\d %$", Assert.Single(predict.OutputLines));
    }

    [Fact]
    public void The_model_is_measured_on_a_test_set_and_watched_with_a_validation_set()
    {
        string training = _folder.WriteWarmAndCold("training");
        string other = _folder.WriteWarmAndCold("other", picturesPerLabel: 2);

        CommandResult result = Resnetml.Run(
            ["train", "--dataset", training, "--validation-dataset", other, "--test-dataset", other, "--epochs", "2", "--output", _folder["m.zip"], .. Resnetml.Tiny])
            .Expect(0);

        Assert.Equal("epoch  training loss     top-1  validation loss     top-1  images/s", result.OutputLines[2]);
        Assert.Matches(@"^  1/2 {9}\d\.\d{4}  [ \d]{3}\.\d\d % {11}\d\.\d{4}  [ \d]{3}\.\d\d %  [ ,\d]{8}$", result.OutputLines[3]);
        Assert.Contains("Metrics of 4 examples in 2 classes", result.OutputLines);
        Assert.Contains("Confusion matrix: rows actual, columns predicted (. is 0)", result.OutputLines);
        Assert.All(result.OutputLines.Where(line => !line.StartsWith("Model: ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void ONNX_Runtime_gives_a_trained_model_the_answers_that_the_backend_gave()
    {
        string[] onnxRuntime = Resnetml.Executor("onnxruntime");
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 2);
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "2", "--output", model, .. Resnetml.Tiny]).Expect(0);

        (string Label, double Probability)[] expected = Scores(Resnetml.Steady);
        (string Label, double Probability)[] actual = Scores(onnxRuntime);
        JsonNode metrics = Resnetml.Run(["evaluate", "--model", model, "--dataset", pictures, "--json", .. onnxRuntime]).Expect(0).Json["metrics"]!;
        JsonNode expectedMetrics = Resnetml.Run(["evaluate", "--model", model, "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["metrics"]!;

        Assert.Equal(8, expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            // Both compute in single precision, in another order.
            Assert.Equal(expected[i].Label, actual[i].Label);
            Assert.Equal(expected[i].Probability, actual[i].Probability, 1e-5);
        }

        Assert.Equal(expectedMetrics["confusionMatrix"]!.ToJsonString(), metrics["confusionMatrix"]!.ToJsonString());

        (string Label, double Probability)[] Scores(string[] executor)
        {
            JsonNode document = Resnetml.Run(["predict", "--model", model, pictures, "--json", .. executor]).Expect(0).Json;
            return
            [
                .. document["predictions"]!.AsArray().SelectMany(prediction => prediction!["scores"]!.AsArray())
                    .Select(score => ((string)score!["label"]!, (double)score["probability"]!)),
            ];
        }
    }

    [Fact]
    public void Predictions_of_a_folder_come_in_order_with_the_best_labels_first()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 2);
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "1", "--output", model, .. Resnetml.Tiny]).Expect(0);

        JsonNode document = Resnetml.Run(["predict", "--model", model, pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;

        JsonArray predictions = document["predictions"]!.AsArray();
        Assert.Equal(
            [$"{pictures}/cold/0.png", $"{pictures}/cold/1.png", $"{pictures}/warm/0.png", $"{pictures}/warm/1.png"],
            predictions.Select(prediction => (string)prediction!["path"]!));
        foreach (JsonNode? prediction in predictions)
        {
            float[] probabilities = [.. prediction!["scores"]!.AsArray().Select(score => (float)score!["probability"]!)];
            Assert.Equal(2, probabilities.Length);
            Assert.True(probabilities[0] >= probabilities[1]);
            Assert.Equal(1, probabilities.Sum(), 1e-5f);
        }
    }

    [Fact]
    public void The_same_command_gives_the_same_weights_and_another_seed_gives_others()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");

        Assert.Equal(Weights("one.zip"), Weights("two.zip"));
        Assert.NotEqual(Weights("one.zip"), Weights("three.zip", "--seed", "2"));

        string Weights(string name, params string[] more)
        {
            Resnetml.Run(["train", "--dataset", pictures, "--epochs", "2", "--output", _folder[name], .. Resnetml.Tiny, .. more]).Expect(0);
            return Vision.Model.Load(_folder[name]).WeightsSha256();
        }
    }

    [Fact]
    public void A_zip_a_list_and_a_folder_of_the_same_pictures_give_the_same_weights()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string[] files = [.. Directory.GetFiles(pictures, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string zip = _folder.WriteZip("set.zip", [.. files.Select(file => ("set/" + Path.GetRelativePath(pictures, file), File.ReadAllBytes(file)))]);
        string list = _folder.Write(
            "list.csv", "path,label\n" + string.Concat(files.Select(file => $"{Path.GetRelativePath(_folder.Root, file)},{Path.GetFileName(Path.GetDirectoryName(file))}\n")));

        string[] weights = [.. new[] { pictures, zip, list }.Select((dataset, i) =>
        {
            Resnetml.Run(["train", "--dataset", dataset, "--epochs", "1", "--output", _folder[$"{i}.zip"], .. Resnetml.Tiny]).Expect(0);
            return Vision.Model.Load(_folder[$"{i}.zip"]).WeightsSha256();
        })];

        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);
    }

    [Fact]
    public void Inspect_counts_a_network_by_name_and_a_model_by_file_alike()
    {
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", _folder.WriteWarmAndCold("pictures"), "--epochs", "1", "--output", model, .. Resnetml.Tiny]).Expect(0);

        CommandResult byName = Resnetml.Run("inspect", "resnet8", "--input", "3,8,8", "--classes", "2").Expect(0);
        CommandResult byFile = Resnetml.Run("inspect", model).Expect(0);

        Assert.Equal(byName.Output, byFile.Output);
        Assert.All(byName.OutputLines, line => Assert.InRange(line.Length, 0, 80));

        // He et al. 2015, section 4.2, option A: 16 + 2·(16·16) + … 3×3 convolutions without bias, batch norms of 2 a channel, 64·2 + 2.
        int convolutions = 9 * ((3 * 16) + (2 * 16 * 16) + (16 * 32) + (32 * 32) + (32 * 64) + (64 * 64));
        int batchNorms = 2 * ((3 * 16) + (2 * 32) + (2 * 64));
        JsonNode document = Resnetml.Run("inspect", model, "--json").Expect(0).Json;
        Assert.Equal(convolutions + batchNorms + (64 * 2) + 2, (int)document["parameters"]!);
    }
}
