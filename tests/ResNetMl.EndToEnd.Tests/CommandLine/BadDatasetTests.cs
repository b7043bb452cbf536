using System.Diagnostics;
using ResNetMl.EndToEnd.Tests.Support;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>Data sets that cannot be used as they are: exit code 1, one line that says where, expected, got and what next, and no model.</summary>
public sealed class BadDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_folder() => AssertRefused(
        Directory.CreateDirectory(_folder["empty"]).FullName,
        "expected sub-folders named after labels with images in them, got no folders and no images. Check the path.");

    [Fact]
    public void A_path_that_does_not_exist() => AssertRefused(
        _folder["absent"],
        "expected a dataset (a folder of label folders, CSV, TSV, zip, IDX or CIFAR .bin), got nothing: no such file or folder. Check the path.");

    [Fact]
    public void One_class_only()
    {
        _folder.Write("one/warm/0.png", Png.Speckled(8, 8, 1, 2, 3, 4));
        AssertRefused(
            _folder["one"], "expected examples of at least two labels to train a classifier, got only 'warm'. Add a folder (or rows) of another label.");
    }

    [Fact]
    public void One_class_only_once_the_unreadable_images_are_left_out()
    {
        _folder.Write("one/warm/0.png", Png.Speckled(8, 8, 1, 2, 3, 4));
        string text = _folder.Write("one/cold/0.png", "text");

        CommandResult result = Train(_folder["one"]).Expect(1);

        Assert.Equal(
            $"{_folder["one"]}: expected images of at least two labels that can be read, got only 'warm'; 1 image cannot be read. The first: {text}: expected a JPEG, PNG, " +
            "WebP, GIF, TIFF or BMP image, got text that starts \"text\". Replace the file or leave it out.\n",
            result.Error);
        Assert.False(File.Exists(_folder["m.zip"]));
    }

    [Fact]
    public void Pictures_without_label_folders()
    {
        string picture = _folder.Write("flat/0.png", Png.Speckled(8, 8, 1, 2, 3, 4));
        Assert.True(File.Exists(picture));
        AssertRefused(
            _folder["flat"],
            "expected sub-folders named after labels with images in them, got 1 images outside any label folder. Move each into the folder of its label.");
    }

    [Fact]
    public void A_zip_whose_entry_climbs_out() => AssertRefused(
        _folder.WriteZip("climbing.zip", ("warm/0.png", Png.Speckled(8, 8, 1, 2, 3, 4)), ("../../outside.png", Png.Speckled(8, 8, 1, 2, 3, 4))),
        "expected entries inside the zip's own folder, got '../../outside.png', which climbs out of it. Do not use this zip; fetch it from its origin again.");

    [Fact]
    public void A_zip_cut_in_half()
    {
        byte[] whole = File.ReadAllBytes(_folder.WriteZip("whole.zip", ("warm/0.png", Png.Speckled(30, 30, 1, 2, 3, 4)), ("cold/0.png", Png.Speckled(30, 30, 1, 2, 3, 4))));
        string half = _folder.Write("half.zip", whole[..(whole.Length / 2)]);

        CommandResult result = Train(half).Expect(1);

        Assert.Matches($@"^{half}: expected a whole zip file, got one that cannot be read \(.+\) Make or fetch it again\.\n$", result.Error);
    }

    [Fact]
    public void A_list_whose_every_path_is_missing()
    {
        string list = _folder.Write("list.csv", "path,label\na.png,warm\nb.png,cold\n");

        AssertRefused(
            list,
            $"expected at least one image that can be read, got none of 2. The first: {_folder["a.png"]}: expected an image file, got nothing: no such file. Check the path.");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pipe_in_place_of_a_data_set_or_a_model()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "Needs the command mkfifo (Debian: coreutils).");
        string pipe = _folder["pipe.zip"];
        using (Process make = Process.Start("/usr/bin/mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await Task.Run(
            () =>
            {
                AssertRefused(
                    pipe, "expected a dataset (a folder of label folders, CSV, TSV, zip, IDX or CIFAR .bin), got a pipe, socket or device: give a plain file or folder.");
                CommandResult model = Resnetml.Run(["predict", "--model", pipe, "x.png", .. Resnetml.Steady]).Expect(1);
                Assert.Equal($"'{pipe}' is not a ResNetMl model: it is empty, or a pipe or device. Give a file that this product saved.\n", model.Error);
            },
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_label_with_one_image_is_trained_on_and_said()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");
        _folder.Write("pictures/rare/0.png", Png.Speckled(8, 8, 1, 2, 250, 4));

        CommandResult result = Resnetml.Run(
            ["train", "--dataset", pictures, "--epochs", "1", "--output", _folder["m.zip"], "--network", "resnet8", "--input", "3,8,8", "--batch-size", "4", "--json", .. Resnetml.Steady]).Expect(0);

        const string Note = "Label 'rare' has one example to learn from: expect it to be told apart badly.";
        Assert.Equal([Note], result.Json["warnings"]!.AsArray().Select(warning => (string)warning!));
        Assert.Contains(Note, result.ErrorLines);
        Assert.Equal(["cold", "rare", "warm"], Vision.Model.Load(_folder["m.zip"]).Labels);
    }

    [Fact]
    public void Labels_that_the_model_does_not_know_are_counted_as_wrong()
    {
        string pictures = _folder.WriteWarmAndCold("pictures");
        Train(pictures).Expect(0);
        _folder.Write("pictures/new/0.png", Png.Speckled(8, 8, 1, 2, 250, 4));

        CommandResult result = Resnetml.Run(["evaluate", "--model", _folder["m.zip"], "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0);

        Assert.Equal(11, (int)result.Json["metrics"]!["exampleCount"]!);
        Assert.Equal(1, (int)result.Json["metrics"]!["unseenLabelCount"]!);
        Assert.True((double)result.Json["metrics"]!["microAccuracy"]! <= 10.0 / 11);
    }

    private void AssertRefused(string dataset, string message)
    {
        CommandResult result = Train(dataset).Expect(1);

        Assert.Equal($"{dataset}: {message}\n", result.Error);
        Assert.False(File.Exists(_folder["m.zip"]));
    }

    private CommandResult Train(string dataset) =>
        Resnetml.Run(["train", "--dataset", dataset, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny]);
}
