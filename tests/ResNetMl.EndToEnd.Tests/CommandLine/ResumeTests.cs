using System.Text.Json.Nodes;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>A training that Ctrl-C ended goes on with --resume and ends in the weights of one that was never stopped.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;

    public ResumeTests() => _pictures = _folder.WriteWarmAndCold("pictures");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("managed")]
    [InlineData("onednn")]
    public void Cancelled_and_resumed_twice_it_ends_in_the_same_weights(string executor)
    {
        string[] chosen = Resnetml.Executor(executor);
        Resnetml.Run(Train("whole.zip", chosen)).Expect(0);

        CommandResult first = Resnetml.RunUntilPrinted(" 2/8 ", Train("m.zip", chosen)).Expect(130);
        Assert.Equal($"Model: {_folder["m.zip"]}", first.OutputLines[^2]);
        Assert.Equal("Cancelled. The same command with --resume goes on from here.", first.OutputLines[^1]);
        Assert.Equal("", first.Error);
        Assert.True(Checkpoints.ExistsIn(_folder["m.zip.checkpoint"]));
        Assert.NotEqual(Weights("whole.zip"), Weights("m.zip"));

        CommandResult second = Resnetml.RunUntilPrinted(" 5/8 ", Train("m.zip", [.. chosen, "--resume"])).Expect(130);
        Assert.DoesNotContain(second.OutputLines, line => line.StartsWith("  2/8 ", StringComparison.Ordinal));

        CommandResult third = Resnetml.Run(Train("m.zip", [.. chosen, "--resume"])).Expect(0);
        Assert.Equal("", third.Error);
        Assert.Equal(Weights("whole.zip"), Weights("m.zip"));
        Assert.False(Directory.Exists(_folder["m.zip.checkpoint"]));
    }

    [Fact]
    public void What_was_cancelled_is_a_model_that_predicts()
    {
        Resnetml.RunUntilPrinted(" 3/8 ", Train("m.zip", Resnetml.Steady)).Expect(130);

        JsonNode document = Resnetml.Run(["predict", "--model", _folder["m.zip"], _pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;

        Assert.Equal(10, document["predictions"]!.AsArray().Count);
    }

    [Fact]
    public void The_document_of_a_cancelled_training_says_so()
    {
        CommandResult result = Resnetml.RunUntilPrinted(" 2/8 ", Train("m.zip", [.. Resnetml.Steady, "--json"])).Expect(130);

        Assert.Equal("cancelled", (string)result.Json["outcome"]!);
        Assert.Equal(2, result.Json["history"]!.AsArray().Count);
    }

    [Fact]
    public void Cancelled_before_the_first_step_nothing_is_written()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        CommandResult result = Resnetml.RunUntil(cancellation.Token, Train("m.zip", Resnetml.Steady)).Expect(130);

        Assert.Equal("Cancelled.\n", result.Error);
        Assert.Equal(["pictures"], Directory.GetFileSystemEntries(_folder.Root).Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public void Resuming_with_other_options_or_data_is_refused_and_the_checkpoint_kept()
    {
        Resnetml.RunUntilPrinted(" 2/8 ", Train("m.zip", Resnetml.Steady)).Expect(130);
        byte[] checkpoint = File.ReadAllBytes(Checkpoints.PathIn(_folder["m.zip.checkpoint"]));

        CommandResult otherOption = Resnetml.Run(Train("m.zip", [.. Resnetml.Steady, "--resume", "--label-smoothing", "0.1"])).Expect(1);
        _folder.Write("pictures/warm/5.png", Png.Speckled(8, 8, seed: 9, 1, 2, 3));
        CommandResult otherData = Resnetml.Run(Train("m.zip", [.. Resnetml.Steady, "--resume"])).Expect(1);

        string path = Checkpoints.PathIn(_folder["m.zip.checkpoint"]);
        Assert.Equal(
            $"'{path}' cannot be resumed: it is of another training. label smoothing: 0 in the checkpoint, now 0.1. Ask for what the checkpoint has, or start anew without resuming.\n",
            otherOption.Error);
        Assert.StartsWith($"'{path}' cannot be resumed: it is of another training. ", otherData.Error, StringComparison.Ordinal);
        Assert.Contains("training examples: 8 in the checkpoint, now 9", otherData.Error, StringComparison.Ordinal);
        Assert.Equal(checkpoint, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_checkpoint_about_to_be_replaced_and_one_that_is_missing_are_said()
    {
        Resnetml.RunUntilPrinted(" 2/8 ", Train("m.zip", Resnetml.Steady)).Expect(130);
        string path = Checkpoints.PathIn(_folder["m.zip.checkpoint"]);

        CommandResult anew = Resnetml.Run(Train("m.zip", Resnetml.Steady)).Expect(0);
        CommandResult without = Resnetml.Run(Train("m.zip", [.. Resnetml.Steady, "--resume"])).Expect(0);

        Assert.Equal($"{path} of an unfinished training will be replaced. Stop now and add --resume to go on from it.\n", anew.Error);
        Assert.Equal($"--resume: there is no {path}; the training starts at the beginning.\n", without.Error);
    }

    [Fact]
    public void Resumed_on_another_executor_it_warns_of_the_last_bits_and_goes_on()
    {
        Resnetml.RunUntilPrinted(" 2/8 ", Train("m.zip", Resnetml.Executor("onednn"))).Expect(130);

        CommandResult result = Resnetml.Run(Train("m.zip", [.. Resnetml.Executor("managed"), "--resume"])).Expect(0);

        Assert.Matches(
            @"^'.+checkpoint\.zip' was written in another environment: executor: onednn in the checkpoint, now managed; .+\. Training goes on; its result " +
            @"will differ in the last bits from that of an uninterrupted training\.\n$",
            result.Error);
        Assert.Matches("^  8/8 ", result.OutputLines[^2]);
    }

    private string[] Train(string output, string[] more) =>
    [
        "train", "--dataset", _pictures, "--network", "resnet8", "--input", "3,8,8", "--batch-size", "4", "--epochs", "8", "--validation-fraction", "0.2",
        "--output", _folder[output], .. more,
    ];

    private string Weights(string name) => Model.Load(_folder[name]).WeightsSha256();
}
