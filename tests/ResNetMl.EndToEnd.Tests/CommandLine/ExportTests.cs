using System.Text.Json.Nodes;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.TestSupport;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Models leave for other formats and come back, through the command line alone.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.safetensors")]
    [InlineData("copy.zip")]
    public void An_exported_model_predicts_as_the_one_it_came_from(string file)
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string model = Train(pictures);

        CommandResult export = Resnetml.Run("export", "--model", model, "--output", _folder[file]).Expect(0);

        Assert.Equal("", export.Error);
        Assert.StartsWith($"resnet8 → {_folder[file]} (", Assert.Single(export.OutputLines));
        (string Label, double Probability)[] expected = Predict(model, pictures);
        (string Label, double Probability)[] actual = Predict(_folder[file], pictures);
        Assert.Equal(6, actual.Length);
        Assert.Equal(expected.Select(best => best.Label), actual.Select(best => best.Label));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Probability, pair.Second.Probability, 1e-5));
    }

    [Fact]
    public void An_exported_model_is_measured_and_inspected_like_its_source()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string model = Train(pictures);
        string onnx = _folder["model.onnx"];
        Resnetml.Run("export", "--model", model, "--output", onnx).Expect(0);

        JsonNode expected = Resnetml.Run(["evaluate", "--model", model, "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["metrics"]!;
        JsonNode actual = Resnetml.Run(["evaluate", "--model", onnx, "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["metrics"]!;
        Assert.Equal((double)expected["microAccuracy"]!, (double)actual["microAccuracy"]!);
        Assert.Equal((double)expected["logLoss"]!, (double)actual["logLoss"]!, 1e-5);

        JsonNode expectedSummary = Resnetml.Run("inspect", model, "--json").Expect(0).Json;
        JsonNode actualSummary = Resnetml.Run("inspect", onnx, "--json").Expect(0).Json;
        Assert.Equal((long)expectedSummary["parameters"]!, (long)actualSummary["parameters"]!);
        Assert.Equal((long)expectedSummary["multiplyAdds"]!, (long)actualSummary["multiplyAdds"]!);
    }

    [Fact]
    public void A_network_by_name_is_exported_untrained_and_tells_what_it_lacks()
    {
        CommandResult export = Resnetml.Run("export", "--network", "resnet8", "--output", _folder["resnet8.onnx"]).Expect(0);

        Assert.Equal("The file carries no labels or preprocessing: the model did not say, and --labels and --preprocessing were not given.\n", export.Error);
        Assert.Equal(75_290, (long)Resnetml.Run("inspect", _folder["resnet8.onnx"], "--json").Expect(0).Json["parameters"]!);
    }

    [Fact]
    public void A_model_that_says_no_labels_needs_them_and_its_preprocessing()
    {
        string onnx = _folder["resnet8.onnx"];
        string picture = _folder.Write("a.png", Png.Speckled(8, 8, seed: 1, red: 10, green: 100, blue: 10));
        Resnetml.Run("export", "--network", "resnet8", "--input", "1,32,32", "--output", onnx).Expect(0);
        string labels = _folder.Write("labels.txt", Bytes(string.Join('\n', Enumerable.Range(0, 10).Select(i => $"class {i}"))));
        string preprocessing = _folder.Write("preprocessing.json", Bytes("""
            {"resize": {"height": 32, "width": 32}, "crop": null, "channelOrder": "Grey", "mean": [0.5], "standardDeviation": [0.5]}
            """));

        CommandResult noLabels = Resnetml.Run("predict", "--model", onnx, picture).Expect(2);
        CommandResult noPreprocessing = Resnetml.Run("predict", "--model", onnx, picture, "--labels", labels).Expect(2);
        CommandResult whole = Resnetml.Run(
            ["predict", "--model", onnx, picture, "--labels", labels, "--preprocessing", preprocessing, "--top", "1", .. Resnetml.Steady]).Expect(0);

        Assert.Equal($"{onnx} does not say the names of its 10 classes: give --labels FILE, one label a line in the order of the outputs.\n", noLabels.Error);
        Assert.Equal(
            $"{onnx} does not say how its images are prepared, and that is never guessed: give --preprocessing imagenet, or --preprocessing FILE.json.\n",
            noPreprocessing.Error);
        Assert.Matches($@"^{picture}: class \d \d+\.\d %$", Assert.Single(whole.OutputLines));
    }

    [Fact]
    public void The_published_CIFAR_networks_are_known_from_ONNX_files_too()
    {
        string picture = _folder.Write("a.png", Png.Speckled(32, 32, seed: 1, red: 10, green: 100, blue: 10));
        string onnx = TestData.RequirePath("models/cifar-resnet/resnet20.onnx");
        string torch = TestData.RequirePath("models/cifar-resnet/resnet20-12fca82f.th");

        CommandResult fromOnnx = Resnetml.Run(["predict", "--model", onnx, picture, .. Resnetml.Steady]).Expect(0);
        CommandResult fromTorch = Resnetml.Run(["predict", "--model", torch, picture, .. Resnetml.Steady]).Expect(0);

        Assert.Equal(fromTorch.Output, fromOnnx.Output);
        Assert.Equal(
            $"{onnx}: its tensors are those of a network of https://github.com/akamaster/pytorch_resnet_cifar10; what is not given is taken from there.\n",
            fromOnnx.Error);
    }

    [Theory]
    [InlineData("export --output x.onnx", "export: expected --model FILE, or --network NAME for an untrained network; got neither.\n")]
    [InlineData("export --network resnet8 --output x.bin", "--output x.bin: its extension does not say the format; give --format onnx, tensorflow, safetensors or model.\n")]
    [InlineData("export --network resnet8 --output x.bin --format caffe", "--format caffe: expected onnx, tensorflow, safetensors or model.\n")]
    [InlineData("export --network resnet8 --output x.pb --opset 13", "--opset and --with-preprocessing go with --format onnx, not tensorflow.\n")]
    [InlineData("export --network resnet8 --output x.onnx --opset 5", "--opset 5: expected 7 to 21.\n")]
    [InlineData("export --network resnet8 --output x.onnx --with-preprocessing", "--with-preprocessing: the model does not say how its images are prepared: give --preprocessing imagenet, or --preprocessing FILE.json.\n")]
    public void Wrong_usage_of_export_says_what_was_expected(string line, string message) =>
        Assert.Equal(message, Resnetml.Run(line.Split(' ')).Expect(2).Error);

    [Fact]
    public void A_definition_file_is_trained()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string definition = _folder.Write("mine.json", Bytes(
            Networks.NetworkJson.Write(new Networks.CifarResNet(8) { Classes = 2, InputShape = [3, 8, 8] }.Define())));

        CommandResult train = Resnetml.Run(
            ["train", "--dataset", pictures, "--network", definition, "--epochs", "1", "--batch-size", "2", "--validation-fraction", "0",
            "--output", _folder["m.zip"], .. Resnetml.Steady]).Expect(0);

        Assert.Equal("resnet8: 74,770 parameters, 0.8 M multiply-adds an image", train.OutputLines[0]);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.safetensors")]
    public void A_model_from_a_file_is_fine_tuned_for_other_classes(string file)
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string model = Train(pictures);
        Resnetml.Run("export", "--model", model, "--output", _folder[file]).Expect(0);
        foreach (string label in new[] { "red", "green", "blue" })
        {
            _folder.Write($"three/{label}/a.png", Png.Speckled(8, 8, 1, label == "red" ? 200 : 50, label == "green" ? 200 : 50, label == "blue" ? 200 : 50));
            _folder.Write($"three/{label}/b.png", Png.Speckled(8, 8, 2, label == "red" ? 200 : 50, label == "green" ? 200 : 50, label == "blue" ? 200 : 50));
        }

        CommandResult train = Resnetml.Run(
            ["train", "--dataset", _folder["three"], "--backbone", _folder[file], "--epochs", "1", "--batch-size", "2", "--validation-fraction", "0",
            "--learning-rate", "1e-12", "--weight-decay", "0", "--output", _folder["tuned.zip"], .. Resnetml.Steady]).Expect(0);

        // A head of three classes in place of two has 65 more parameters; a learning rate of nothing leaves the first convolution as it was.
        Assert.Equal("resnet8: 74,835 parameters, 0.8 M multiply-adds an image", train.OutputLines[0]);
        Vision.Model tuned = Vision.Model.Load(_folder["tuned.zip"]);
        Vision.Model source = Vision.Model.Load(model);
        Assert.Equal(["blue", "green", "red"], tuned.Labels);
        Assert.Equal(source.Preprocessing, tuned.Preprocessing);
        float[] before = source.Weights["conv1.weight"].Span.ToArray();
        Assert.All(before.Zip(tuned.Weights["conv1.weight"].Span.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    private string Train(string pictures)
    {
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "2", "--output", model, .. Resnetml.Tiny]).Expect(0);
        return model;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static (string Label, double Probability)[] Predict(string model, string pictures) =>
    [
        .. Resnetml.Run(["predict", "--model", model, pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["predictions"]!.AsArray()
            .Select(prediction => prediction!["scores"]!.AsArray()[0]!)
            .Select(best => ((string)best["label"]!, (double)best["probability"]!)),
    ];
}
