using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>A disk that is full while checkpoints and the model are written: nothing that was whole is lost.</summary>
public sealed class FullDiskTests : IDisposable
{
    // A checkpoint of resnet8 holds weights and momentum (2 × 0.3 MB); a new one lies beside the old until it is whole.
    private const int DiskKibibytes = 3000;
    private const int RoomForNone = 100;
    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;

    public FullDiskTests() => _pictures = _folder.WriteWarmAndCold("pictures");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_earlier_checkpoint_is_kept_the_failure_is_said_and_resume_completes_the_training_once_there_is_space()
    {
        Resnetml.Run(Train(_folder["whole.zip"])).Expect(0);
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"], DiskKibibytes);
        string output = Path.Combine(disk.Root, "m.zip");
        string checkpoint = Checkpoints.PathIn(output + ".checkpoint");

        Resnetml.RunUntilPrinted(" 2/6 ", Train(output)).Expect(130);
        byte[] before = File.ReadAllBytes(checkpoint);
        File.Delete(output);
        string filler = disk.FillUpTo(RoomForNone);

        CommandResult full = Resnetml.Run([.. Train(output), "--resume"]).Expect(1);

        Assert.Equal(before, File.ReadAllBytes(checkpoint));
        Assert.False(File.Exists(output));
        Assert.Matches(
            $@"^The checkpoint at epoch 4, step 0 could not be written: Cannot write '{checkpoint}': No space left on device : '.+' " +
            @"The earlier file, if any, is unchanged\. Training goes on and will try again\.$",
            full.ErrorLines[0]);
        Assert.Matches(
            $@"^Cannot write '{output}': No space left on device : '.+' The earlier file, if any, is unchanged\. " +
            @"Once it can be written, the same command with --resume goes on from the last checkpoint\.$",
            full.ErrorLines[^1]);
        Assert.Equal(["checkpoint.zip"], Directory.GetFileSystemEntries(output + ".checkpoint").Select(path => Path.GetFileName(path)!));

        File.Delete(filler);
        Resnetml.Run([.. Train(output), "--resume"]).Expect(0);

        Assert.Equal(Model.Load(_folder["whole.zip"]).WeightsSha256(), Model.Load(output).WeightsSha256());
    }

    [Fact]
    public void An_earlier_model_is_kept_when_there_is_no_space_for_the_new_one()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"], DiskKibibytes);
        string output = Path.Combine(disk.Root, "m.zip");
        Resnetml.Run(Train(output)).Expect(0);
        byte[] before = File.ReadAllBytes(output);
        disk.FillUpTo(RoomForNone);

        CommandResult full = Resnetml.Run([.. Train(output), "--seed", "2"]).Expect(1);

        Assert.Matches($@"^Cannot write '{output}': No space left on device", full.ErrorLines[^1]);
        Assert.Equal(before, File.ReadAllBytes(output));
    }

    private string[] Train(string output) => ["train", "--dataset", _pictures, "--epochs", "6", "--output", output, .. Resnetml.Tiny];
}
