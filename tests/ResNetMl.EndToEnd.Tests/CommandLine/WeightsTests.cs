using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ResNetMl.Cli.Commands;
using ResNetMl.Cli.Shell;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Networks;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>The commands that list, download and check published weights.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_tells_every_published_file_and_whether_it_is_here()
    {
        string present = _folder.Write("cache/resnet50-v2-7.onnx", "anything");

        CommandResult text = Resnetml.Run("weights", "list", "--cache", _folder["cache"]).Expect(0);
        JsonNode document = Resnetml.Run("weights", "list", "--cache", _folder["cache"], "--json").Expect(0).Json;

        int line = Array.IndexOf(text.OutputLines, "resnet50-v2: resnet50-v2-7.onnx, 102 MB, top-1 75.81 %, top-5 92.82 %, Apache-2.0");
        Assert.True(line >= 0, text.Output);
        Assert.Equal($"  present: {present}", text.OutputLines[line + 1]);
        Assert.Contains("  absent: resnetml weights pull resnet18-v1\n", text.Output, StringComparison.Ordinal);
        JsonArray weights = document["weights"]!.AsArray();
        Assert.Equal(12, weights.Count);
        JsonObject entry = weights.Single(each => (string)each!["name"]! == "resnet50-v2")!.AsObject();
        Assert.Equal(
            ["name", "architecture", "file", "sha256", "sizeBytes", "top1", "top5", "isQuantised", "license", "source", "path", "ownFile"],
            entry.Select(each => each.Key));
        Assert.Equal(present, (string)entry["path"]!);
        Assert.Equal(102_442_452, (long)entry["sizeBytes"]!);
        Assert.Equal(_folder["cache"], (string)document["cacheFolder"]!);
    }

    [Fact]
    public void Verify_fails_for_a_file_that_differs_and_for_a_named_one_that_is_absent()
    {
        string damaged = _folder.Write("cache/resnet18-v1-7.onnx", "cut");

        CommandResult text = Resnetml.Run("weights", "verify", "--cache", _folder["cache"]).Expect(1);
        JsonNode document = Resnetml.Run("weights", "verify", "resnet18", "resnet34-v2", "--cache", _folder["cache"], "--json").Expect(1).Json;

        Assert.Equal(
            $"resnet18-v1: DIFFERENT: {damaged}: expected 46,820,737 bytes of SHA-256 4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c, " +
            "got 3 bytes. Remove it and pull it again.\n",
            text.Output);
        Assert.Equal(["different", "absent"], document["weights"]!.AsArray().Select(each => (string)each!["state"]!));
        Assert.Equal(["resnet18-v1", "resnet34-v2"], document["weights"]!.AsArray().Select(each => (string)each!["name"]!));
    }

    [Fact]
    public void Verify_without_any_weights_says_so_and_is_no_failure()
    {
        CommandResult result = Resnetml.Run("weights", "verify", "--cache", _folder["cache"]).Expect(0);

        Assert.StartsWith($"No published weights in {_folder["cache"]}", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weights pull", "Required argument missing for command: 'pull'.\nSee: resnetml weights pull --help\n")]
    [InlineData("weights pull resnet18-v1 resnet50", "'resnet50': expected one of the weights resnet18-v1, resnet34-v1, ")]
    [InlineData("weights verify nosuch", "'nosuch': expected one of the weights resnet18-v1, resnet34-v1, ")]
    public void A_name_that_is_missing_or_unknown_is_wrong_usage(string line, string message)
    {
        CommandResult result = Resnetml.Run([.. line.Split(' '), "--cache", _folder["cache"]]).Expect(2);

        Assert.StartsWith(message, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    // The variables are read when a process starts to use the network, so the command runs in one of its own. Nothing leaves this machine.
    [Fact]
    public void Pull_asks_the_proxy_of_the_environment_and_names_file_hash_address_and_folder_where_it_refuses()
    {
        using var proxy = new RefusingProxy();
        using ResnetmlProcess process = ResnetmlProcess.Start(
            ["weights", "pull", "resnet50-v2", "--json"],
            new() { ["https_proxy"] = proxy.Address, ["HTTPS_PROXY"] = proxy.Address, ["no_proxy"] = "", ["NO_PROXY"] = "", ["RESNETML_WEIGHTS_CACHE"] = _folder["cache"], ["RESNETML_WEIGHTS"] = "" });

        CommandResult result = process.WaitForEnd().Expect(1);

        Assert.Equal("CONNECT media.githubusercontent.com:443 HTTP/1.1", Assert.Single(proxy.Requests));
        string error = (string)result.Json["error"]!;
        Assert.StartsWith(
            "resnet50-v2: expected resnet50-v2-7.onnx (102,442,452 bytes, SHA-256 79102261eb6e5fd7af5d27f41316293e388c5cb691e5d25bfb035c4f64fefe31) " +
            $"in the folder RESNETML_WEIGHTS (not set), in {_folder["cache"]}, or from https://media.githubusercontent.com/",
            error, StringComparison.Ordinal);
        Assert.Contains("403", error, StringComparison.Ordinal);
        Assert.EndsWith($"put it into {_folder["cache"]}, or into a folder that RESNETML_WEIGHTS names; a proxy is named by https_proxy.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_and_verify_of_a_file_that_is_here_need_no_network()
    {
        byte[] content = [1, 2, 3, 4];
        string path = _folder.Write("cache/small.onnx", content);
        WeightsStore store = new(new WeightsStoreOptions { Folder = null, CacheFolder = _folder["cache"], AllowsDownload = false, Catalogue = [Small(content)] });

        CommandResult pulled = Show(terminal => WeightsPullCommand.Run(terminal, store, ["small"], TestContext.Current.CancellationToken)).Expect(0);
        CommandResult verified = Show(terminal => WeightsVerifyCommand.Run(terminal, store, [], TestContext.Current.CancellationToken)).Expect(0);

        JsonNode entry = pulled.Json["weights"]![0]!;
        Assert.Equal((path, "cache", true), ((string)entry["path"]!, (string)entry["origin"]!, (bool)entry["isVerified"]!));
        Assert.Equal($"small: {path} (was here, SHA-256 as published)\n", pulled.Error);
        Assert.Equal("verified", (string)verified.Json["weights"]![0]!["state"]!);
        Assert.Equal($"small: as published: {path}\n", verified.Error);
    }

    private static CommandResult Show(Func<ITerminal, int> run)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = run(new SystemTerminal(json: true, output, error, isInteractive: false, width: 80, TimeProvider.System));
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }

    private static PublishedWeights Small(byte[] content) => new()
    {
        Name = "small",
        Architecture = "resnet18-v2",
        Depth = 18,
        Order = ActivationOrder.FullPreActivation,
        File = "small.onnx",
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        SizeBytes = content.Length,
        Top1 = 0.7,
        Top5 = 0.9,
        License = "Apache-2.0",
        Source = new Uri("http://weights.invalid/small.onnx"),
    };

    [Fact]
    public void Training_starts_from_published_weights_by_name_and_says_that_nobody_vouches_for_ones_own_file()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "1", "--output", model, .. Resnetml.Tiny]).Expect(0);
        string own = _folder["weights/resnet18-v1.onnx"];
        Directory.CreateDirectory(_folder["weights"]);
        Resnetml.Run("export", "--model", model, "--output", own).Expect(0);

        using ResnetmlProcess train = ResnetmlProcess.Start(
            ["train", "--dataset", pictures, "--backbone", "resnet18-v1", "--epochs", "1", "--batch-size", "2", "--validation-fraction", "0",
            "--output", _folder["tuned.zip"], .. Resnetml.Steady],
            new() { ["RESNETML_WEIGHTS"] = _folder["weights"] });
        CommandResult result = train.WaitForEnd().Expect(0);

        Assert.Contains($"--backbone resnet18-v1: {own}, your own file: not compared with what was published\n", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("resnet8: 74,770 parameters", result.OutputLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_backbone_that_is_neither_a_file_nor_published_is_wrong_usage_naming_what_is()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);

        CommandResult result = Resnetml.Run("train", "--dataset", pictures, "--backbone", "resnet51", "--output", _folder["m.zip"]).Expect(2);

        Assert.StartsWith("--backbone 'resnet51': expected a model file (.zip, ", result.Error, StringComparison.Ordinal);
        Assert.Contains("resnet50-v2", result.Error, StringComparison.Ordinal);
    }
}
