using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>With --json standard output is one JSON document in camelCase, and nothing else; people's text goes to standard error.</summary>
public sealed partial class JsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_tells_model_outcome_history_metrics_and_what_was_left_out()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");
        string bad = _folder.Write("pictures/warm/text.png", "no image");

        CommandResult result = Resnetml.Run(
            ["train", "--dataset", pictures, "--test-dataset", pictures, "--epochs", "2", "--output", _folder["m.zip"], "--json", .. Resnetml.Tiny]).Expect(0);

        JsonObject document = AssertOneDocument(result);
        Assert.Equal(["model", "outcome", "bestEpoch", "steps", "history", "metrics", "badImages", "warnings"], document.Select(entry => entry.Key));
        Assert.Equal(_folder["m.zip"], (string)document["model"]!);
        Assert.Equal("completed", (string)document["outcome"]!);
        Assert.Equal(4, (int)document["steps"]!); // steps of four of ten readable images: two full ones in each of two epochs
        Assert.Equal([1, 2], document["history"]!.AsArray().Select(epoch => (int)epoch!["epoch"]!));
        Assert.Equal(
            ["epoch", "trainingLoss", "trainingAccuracy", "validationLoss", "validationAccuracy", "learningRate", "seconds", "imagesPerSecond"],
            document["history"]![0]!.AsObject().Select(entry => entry.Key));
        AssertMetrics(document["metrics"]!, examples: 10, unreadable: 1);
        Assert.All(document["badImages"]!.AsArray(), image => Assert.Equal(bad, (string)image!["path"]!));
        Assert.Equal(2, document["badImages"]!.AsArray().Count); // once of the training set, once of the test set
        Assert.Contains("\n  2/2 ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_tells_the_metrics_under_their_names()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");
        Train(pictures);

        CommandResult result = Resnetml.Run(["evaluate", "--model", _folder["m.zip"], "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0);

        JsonObject document = AssertOneDocument(result);
        Assert.Equal(["model", "metrics", "badImages"], document.Select(entry => entry.Key));
        AssertMetrics(document["metrics"]!, examples: 10, unreadable: 0);
        Assert.Contains("Confusion matrix: rows actual, columns predicted", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_inspect_doctor_and_data_list_write_one_document()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");
        Train(pictures);

        JsonObject predictions = AssertOneDocument(Resnetml.Run(["predict", "--model", _folder["m.zip"], pictures, "--json", .. Resnetml.Steady]).Expect(0));
        JsonObject inspected = AssertOneDocument(Resnetml.Run("inspect", "resnet20", "--json").Expect(0));
        JsonObject found = AssertOneDocument(Resnetml.Run("doctor", "--json").Expect(0));
        JsonObject listed = AssertOneDocument(Resnetml.Run("data", "list", "--json").Expect(0));

        Assert.Equal(["predictions", "badImages"], predictions.Select(entry => entry.Key));
        Assert.Equal(10, predictions["predictions"]!.AsArray().Count);

        // Counts of PyTorch's resnet20 (option A): 269,722 parameters; He et al. 2015, table 6, print 0.27 M.
        Assert.Equal(269_722, (int)inspected["parameters"]!);
        Assert.InRange((long)inspected["multiplyAdds"]!, 40_000_000, 41_000_000);
        Assert.Contains(found["executors"]!.AsArray(), executor => (string)executor!["name"]! == "managed");
        string onnxRuntime = found["executors"]!.AsArray().Concat(found["missing"]!.AsArray()).Select(entry => entry!.ToString()).Single(
            text => text.Contains("ONNX Runtime", StringComparison.Ordinal));
        Assert.Matches(@"""ONNX Runtime \d+\.\d+\.\d+""|^ONNX Runtime: .* Only --executor onnxruntime needs it\.$", onnxRuntime);
        Assert.Single(found["executors"]!.AsArray(), executor => (bool)executor!["isDefault"]!);
        Assert.StartsWith("libvips ", (string)found["images"]!, StringComparison.Ordinal);
        Assert.Equal(["fashion-mnist"], listed["datasets"]!.AsArray().Select(set => (string)set!["name"]!));
    }

    [Theory]
    [InlineData(1, "predict --model absent.zip x.png --json")]
    [InlineData(2, "inspect resnet9 --json")]
    [InlineData(2, "inspect --bogus --json")]
    public void A_command_that_fails_writes_one_document_that_says_why(int exitCode, string line)
    {
        CommandResult result = Resnetml.Run(line.Split(' ')).Expect(exitCode);

        JsonObject document = AssertOneDocument(result);
        Assert.Equal(["error", "exitCode"], document.Select(entry => entry.Key));
        Assert.Equal(result.Error.TrimEnd('\n'), (string)document["error"]!);
        Assert.Equal(exitCode, (int)document["exitCode"]!);
    }

    private static void AssertMetrics(JsonNode metrics, int examples, int unreadable)
    {
        Assert.Equal(examples, (int)metrics["exampleCount"]!);
        Assert.Equal(unreadable, (int)metrics["leftOut"]!["unreadableImage"]!);
        Assert.InRange((double)metrics["microAccuracy"]!, 0, 1);
        Assert.InRange((double)metrics["macroAccuracy"]!, 0, 1);
        Assert.True((double)metrics["logLoss"]! >= 0);
        Assert.Equal("""["cold","warm"]""", metrics["confusionMatrix"]!["classNames"]!.ToJsonString());
        int[] counts = [.. metrics["confusionMatrix"]!["counts"]!.AsArray().SelectMany(row => row!.AsArray()).Select(count => (int)count!)];
        Assert.Equal(examples, counts.Sum());
        Assert.Equal((double)metrics["microAccuracy"]!, (counts[0] + counts[3]) / (double)examples, 1e-12);
    }

    private static JsonObject AssertOneDocument(CommandResult result)
    {
        JsonObject document = result.Json.AsObject();
        foreach (string name in Names(document))
        {
            Assert.Matches(CamelCase(), name);
        }

        return document;
    }

    private static IEnumerable<string> Names(JsonNode? node) => node switch
    {
        JsonObject entries => entries.SelectMany(entry => Names(entry.Value).Prepend(entry.Key)),
        JsonArray items => items.SelectMany(Names),
        _ => [],
    };

    private void Train(string pictures) =>
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny]).Expect(0);

    [GeneratedRegex("^[a-z][a-zA-Z0-9]*$")]
    private static partial Regex CamelCase();
}
