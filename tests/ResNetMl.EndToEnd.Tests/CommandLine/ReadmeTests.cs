using System.Diagnostics;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.TestSupport;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>The commands that the README tells a newcomer to type.</summary>
public sealed class ReadmeTests
{
    private const string DemoCommand = "dotnet run -c Release --project src/ResNetMl.Cli -- demo";
    private const string TestCommand = "dotnet test -c Release";

    [Fact]
    public void The_readme_names_the_two_commands_that_do_everything()
    {
        string[] lines = File.ReadAllLines(Path.Combine(TestData.RepositoryRoot, "README.md"));

        Assert.Contains($"    {DemoCommand}", lines);
        Assert.Contains($"    {TestCommand}", lines);
        Assert.Single(Directory.GetFiles(TestData.RepositoryRoot, "*.sln")); // what dotnet test takes where no project is named
    }

    [Fact]
    public void The_commands_for_pictures_of_ones_own_run_as_they_are_printed()
    {
        using var folder = new TemporaryFolder();
        folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        folder.WriteWarmAndCold("other-pictures", picturesPerLabel: 1);
        folder.Write("new.jpg", Png.Speckled(12, 10, seed: 1, red: 190, green: 90, blue: 60));
        string[][] commands = CommandsOf("## With pictures of one's own");

        Assert.Equal(["train", "evaluate", "predict"], commands.Select(words => words[0]));
        foreach (string[] words in commands)
        {
            // The names in the README lie in this test's folder; one epoch is enough to see that the command is right.
            string[] placed = [.. words.Select(word => word is "pictures" or "other-pictures" or "model.zip" or "new.jpg" ? folder[word] : word)];
            Resnetml.Run([.. placed, .. Resnetml.Steady, .. words[0] == "train" ? ["--epochs", "1"] : Array.Empty<string>()]).Expect(0);
        }
    }

    [Fact]
    public void The_commands_for_models_of_others_run_as_they_are_printed()
    {
        using var folder = new TemporaryFolder();
        var files = new Dictionary<string, string>
        {
            ["resnet20-12fca82f.th"] = TestData.RequirePath("models/cifar-resnet/resnet20-12fca82f.th"),
            ["squeezenet1.1.onnx"] = TestData.RequirePath("models/imagenet/squeezenet1.1.onnx"),
            ["synset.txt"] = TestData.RequirePath("imagenet/synset.txt"),
            ["frog.png"] = folder.Write("frog.png", Png.Speckled(32, 32, seed: 1, red: 60, green: 150, blue: 60)),
            ["pictures"] = folder.WriteWarmAndCold("pictures", picturesPerLabel: 3),
            ["photographs"] = folder["photographs"],
        };
        string pizza = File.ReadLines(files["synset.txt"]).Single(label => label.Contains("pizza", StringComparison.Ordinal));
        folder.Write($"photographs/{pizza}/pizza.jpg", File.ReadAllBytes(TestData.RequirePath("imagenet/mlnet_samples/pizza.jpg")));
        string[][] commands = CommandsOf("## Networks and models of others");

        Assert.Equal(["inspect", "predict", "evaluate", "train", "export"], commands.Select(words => words[0]));
        foreach (string[] words in commands)
        {
            bool isOutput(string word) => word is "resnet164.svg" or "model.zip" or "model.onnx";
            string[] placed = [.. words.Select(word => files.TryGetValue(word, out string? path) ? path : isOutput(word) ? folder[word] : word)];
            string[] brief = words[0] == "train" ? ["--epochs", "1", "--batch-size", "2"] : [];
            CommandResult result = Resnetml.Run([.. placed, .. Resnetml.Steady, .. brief]).Expect(0);
            if (words[0] == "evaluate")
            {
                Assert.Contains(result.OutputLines, line => line.StartsWith("  top-1 accuracy (micro)     1.0000", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task The_first_command_reaches_the_demo()
    {
        string built = Path.Combine(TestData.RepositoryRoot, "src", "ResNetMl.Cli", "bin", "Release", "net10.0", "resnetml.dll");
        Assert.SkipUnless(File.Exists(built), "Needs the command built in Release: dotnet build -c Release src/ResNetMl.Cli.");

        // As the README has it, but built already, and asking the demo what it is in place of running it: DemoTests does that.
        string[] words = [.. DemoCommand.Split(' ')[1..], "--help"];
        var start = new ProcessStartInfo("dotnet", [words[0], "--no-build", .. words[1..]])
        {
            WorkingDirectory = TestData.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (process.ExitCode, await error));
        Assert.Contains("\n  resnetml demo [options]\n", output, StringComparison.Ordinal);
    }

    /// <summary>The command lines of a section, without the program's name.</summary>
    private static string[][] CommandsOf(string heading) =>
    [
        .. File.ReadAllLines(Path.Combine(TestData.RepositoryRoot, "README.md"))
            .SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("    resnetml ", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ')[1..]),
    ];
}
