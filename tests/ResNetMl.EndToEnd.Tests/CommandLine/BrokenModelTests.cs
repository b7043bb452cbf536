using System.Text;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Vision;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Files given as models that are none, or not whole: refused with exit code 1, saying which, and left as they are.</summary>
public sealed class BrokenModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;
    private readonly byte[] _whole;

    public BrokenModelTests()
    {
        _pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 2);
        Resnetml.Run(["train", "--dataset", _pictures, "--epochs", "1", "--output", _folder["whole.zip"], .. Resnetml.Tiny]).Expect(0);
        _whole = File.ReadAllBytes(_folder["whole.zip"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_cut_anywhere_is_refused_by_every_command()
    {
        double[] shares = [0.001, 0.1, 0.5, 0.9, 0.99, 0.9999];
        foreach (double share in shares)
        {
            string path = _folder.Write("cut.zip", _whole[..(int)(_whole.Length * share)]);
            foreach (string[] command in Commands(path))
            {
                CommandResult result = Resnetml.Run(command).Expect(1);

                Assert.Equal("", result.Output);
                Assert.Matches($@"^'{path}' is (cut short or damaged|damaged|not a ResNetMl model): .+\n$", result.Error);
            }
        }

        Assert.All(Commands(_folder["whole.zip"]), command => Resnetml.Run(command).Expect(0));
    }

    [Fact]
    public void A_byte_changed_in_the_weights_is_noticed()
    {
        byte[] changed = [.. _whole];
        changed[changed.Length / 2] ^= 0x10;
        string path = _folder.Write("changed.zip", changed);

        CommandResult result = Resnetml.Run(["predict", "--model", path, _pictures, .. Resnetml.Steady]).Expect(1);

        Assert.StartsWith($"'{path}' is damaged: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("I am a text, not a model.")]
    public void A_file_that_is_no_model_is_refused(string content)
    {
        string path = _folder.Write("text.zip", Encoding.UTF8.GetBytes(content));

        CommandResult result = Resnetml.Run(["predict", "--model", path, _pictures, .. Resnetml.Steady]).Expect(1);

        Assert.Matches($@"^'{path}' is not a ResNetMl model: .+\n$", result.Error);
    }

    [Fact]
    public void A_data_set_and_a_checkpoint_are_no_models()
    {
        string dataset = _folder.WriteZip("set.zip", ("warm/0.png", Png.Speckled(8, 8, 1, 2, 3, 4)));
        string output = _folder["cancelled.zip"];
        Resnetml.RunUntilPrinted(" 1/9 ", ["train", "--dataset", _pictures, "--epochs", "9", "--output", output, .. Resnetml.Tiny]).Expect(130);
        string checkpoint = Checkpoints.PathIn(output + ".checkpoint");

        CommandResult ofDataset = Resnetml.Run(["predict", "--model", dataset, _pictures, .. Resnetml.Steady]).Expect(1);
        CommandResult ofCheckpoint = Resnetml.Run(["predict", "--model", checkpoint, _pictures, .. Resnetml.Steady]).Expect(1);

        Assert.Matches($@"^'{dataset}' is not a ResNetMl model: .+\n$", ofDataset.Error);
        Assert.Equal(
            $"'{checkpoint}' is not a model: it holds a TrainingCheckpoint, expected ImageClassificationModel. Give a model that this product saved.\n", ofCheckpoint.Error);
    }

    [Fact]
    public void A_checkpoint_cut_in_half_is_refused_and_kept()
    {
        string output = _folder["m.zip"];
        string[] train = ["train", "--dataset", _pictures, "--epochs", "9", "--output", output, .. Resnetml.Tiny];
        Resnetml.RunUntilPrinted(" 1/9 ", train).Expect(130);
        string checkpoint = Checkpoints.PathIn(output + ".checkpoint");
        byte[] half = File.ReadAllBytes(checkpoint)[..10_000];
        File.WriteAllBytes(checkpoint, half);

        CommandResult result = Resnetml.Run([.. train, "--resume"]).Expect(1);

        Assert.Matches($@"^'{checkpoint}' is (cut short or damaged|damaged|not a ResNetMl model): .+\n$", result.Error);
        Assert.Equal(half, File.ReadAllBytes(checkpoint));
    }

    private IEnumerable<string[]> Commands(string model) =>
    [
        ["predict", "--model", model, $"{_pictures}/warm/0.png", .. Resnetml.Steady],
        ["evaluate", "--model", model, "--dataset", _pictures, .. Resnetml.Steady],
        ["inspect", model],
    ];
}
