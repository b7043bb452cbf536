using System.Text.Json.Nodes;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.TestSupport;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>The demo from end to end, with one pass over its images in place of fifteen.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_trains_measures_predicts_and_says_where_the_model_lies()
    {
        string folder = _folder["demo"];

        CommandResult result = Resnetml.Run("demo", "--epochs", "1", "--output", folder).Expect(0);

        string[] headings = [.. result.OutputLines.Where(line => line.Length > 2 && char.IsAsciiDigit(line[0]) && line[1] == '.')];
        Assert.Equal(
            [
                "1. Train on 3,000 images: Fashion-MNIST, ten kinds of clothes, 28×28 grey pixels",
                "2. Learning curve",
                "3. Evaluate on 1,000 images it has not seen",
                "4. Predict 5 of them",
                "5. Transfer learning on 160 photographs of flowers, from ImageNet's ResNet-50",
                "6. Evaluate on 40 photographs it has not seen",
                "7. Predict 5 of them",
            ],
            headings);
        Assert.Contains("Metrics of 1,000 examples in 10 classes", result.OutputLines);
        Assert.Contains(result.OutputLines, line => line.StartsWith("Confusion matrix: rows actual, columns predicted", StringComparison.Ordinal));
        string[] predictions = [.. result.OutputLines.Where(line => line.Contains(".png", StringComparison.Ordinal))];
        Assert.Equal(5, predictions.Length);
        Assert.All(predictions, line => Assert.Matches(@"^   ([a-z-]+)/\d{5}\.png  (right: \1|wrong: (?!\1 )[a-z-]+) \d+\.\d %, [a-z-]+ \d+\.\d %$", line));
        string[] flowers = [.. result.OutputLines.Where(line => line.Contains(".jpg", StringComparison.Ordinal))];
        Assert.Equal(5, flowers.Length);
        Assert.All(flowers, line => Assert.Matches(@"^   ([a-z]+)/\w+\.jpg  (right: \1|wrong: (?!\1 )[a-z]+) \d+\.\d %$", line));
        Assert.Contains($"Models: {folder}/model.zip", result.OutputLines);
        Assert.Contains($"        {folder}/flowers.zip", result.OutputLines);
        Assert.Equal("", result.Error);
        Assert.All(
            result.OutputLines.Where(line => !line.Contains(folder, StringComparison.Ordinal)),
            line => Assert.True(line.Length <= 80, $"{line.Length} columns: {line}"));
        Assert.Equal(["flowers.zip", "model.zip"], Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

        // What the demo saved is a model for the other commands; ten classes of equal size make 10 % the accuracy of guessing.
        JsonNode document = Resnetml.Run("evaluate", "--model", $"{folder}/model.zip", "--dataset", SampleOfDemo("test.zip"), "--json").Expect(0).Json;
        Assert.InRange((double)document["metrics"]!["microAccuracy"]!, 0.3, 1);
        Assert.Equal(Model.Load($"{folder}/model.zip").Labels, document["metrics"]!["confusionMatrix"]!["classNames"]!.AsArray().Select(name => (string)name!));

        // Five flowers make 20 % the accuracy of guessing; most of these photographs were trained on.
        document = Resnetml.Run("evaluate", "--model", $"{folder}/flowers.zip", "--dataset", SampleData.Flowers, "--json").Expect(0).Json;
        Assert.InRange((double)document["metrics"]!["microAccuracy"]!, 0.8, 1);
    }

    [Fact]
    public void A_cancelled_demo_keeps_its_model_and_writes_one_document()
    {
        string folder = _folder["demo"];

        CommandResult result = Resnetml.RunUntilPrinted(" 1/3 ", "demo", "--epochs", "3", "--output", folder, "--json").Expect(130);

        Assert.Equal(["model", "outcome", "history"], result.Json.AsObject().Select(entry => entry.Key));
        Assert.Equal("cancelled", (string)result.Json["outcome"]!);
        Assert.Equal($"Cancelled; the model so far: {folder}/model.zip", result.ErrorLines[^1]);
        Assert.Equal(10, Model.Load($"{folder}/model.zip").Labels.Count);
    }

    private static string SampleOfDemo(string name) => Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist-sample", name);
}
