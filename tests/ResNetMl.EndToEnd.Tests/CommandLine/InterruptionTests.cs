using System.Diagnostics;
using ResNetMl.Data;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Signals sent to a real process. A wait that has no end fails the test instead of hanging it.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;

    public InterruptionTests() => _pictures = _folder.WriteWarmAndCold("pictures");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_ends_the_training_keeps_the_work_and_resume_completes_it(string signal)
    {
        const int Epochs = 60;
        Resnetml.Run(Train("whole.zip", Epochs)).Expect(0);
        using ResnetmlProcess process = ResnetmlProcess.Start(Train("m.zip", Epochs));
        process.WaitForOutput("\n 2/60 ");

        process.Send(signal);

        CommandResult interrupted = process.WaitForEnd().Expect(130);
        Assert.Equal("\nStopping; what is done so far is kept. Press Ctrl-C again to end at once.\n", interrupted.Error);
        Assert.Equal($"Model: {_folder["m.zip"]}", interrupted.OutputLines[^2]);
        Model.Load(_folder["m.zip"]);
        Resnetml.Run([.. Train("m.zip", Epochs), "--resume"]).Expect(0);
        Assert.Equal(Model.Load(_folder["whole.zip"]).WeightsSha256(), Model.Load(_folder["m.zip"]).WeightsSha256());
    }

    [Fact]
    public void A_second_Ctrl_C_ends_at_once_and_the_last_checkpoint_is_whole()
    {
        // A step of resnet56 on ten pictures of 3×96×96 takes seconds on one thread, far longer than two signals.
        string[] slow =
        [
            "train", "--dataset", _pictures, "--network", "resnet56", "--input", "3,96,96", "--batch-size", "10", "--epochs", "100", "--validation-fraction", "0",
            "--checkpoint-steps", "1", "--output", _folder["m.zip"], .. Resnetml.Steady,
        ];
        using ResnetmlProcess process = ResnetmlProcess.Start(slow);
        process.WaitForOutput("\n  1/100 ");
        string checkpoint = Checkpoints.PathIn(_folder["m.zip.checkpoint"]);
        while (!File.Exists(checkpoint))
        {
            Thread.Sleep(5);
        }

        process.Send("INT");
        process.WaitForError("Press Ctrl-C again to end at once.");
        long start = Stopwatch.GetTimestamp();
        process.Send("INT");

        CommandResult result = process.WaitForEnd().Expect(130);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        Assert.EndsWith("Ended at once. Every file is whole as it was last written; train --resume goes on from the last checkpoint.\n", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["m.zip"]));
        using ModelArchive archive = ModelArchive.Open(checkpoint);
        archive.Verify();
    }

    [Fact]
    public void Ctrl_C_while_images_are_decoded_ends_without_a_model()
    {
        string many = _folder.WriteWarmAndCold("many", picturesPerLabel: 1);
        string large = _folder.Write("large.png", Png.Speckled(1500, 1200, seed: 1, 100, 100, 100));
        for (int i = 0; i < 60; i++)
        {
            File.CreateSymbolicLink(_folder[$"many/warm/large-{i}.png"], large);
        }

        using ResnetmlProcess process = ResnetmlProcess.Start(["train", "--dataset", many, "--output", _folder["m.zip"], .. Resnetml.Tiny]);
        process.WaitForOutput("resnet8: ");

        process.Send("INT");

        CommandResult result = process.WaitForEnd().Expect(130);
        Assert.EndsWith("Cancelled.\n", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["m.zip"]));
    }

    private string[] Train(string output, int epochs) =>
        ["train", "--dataset", _pictures, "--epochs", $"{epochs}", "--output", _folder[output], .. Resnetml.Tiny];
}
