using System.Diagnostics;
using System.Text.Json.Nodes;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.TestSupport;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>
/// Each bad file lies among good ones. Training, evaluating and predicting list it by path with its reason, go on without it and say how
/// many were left out; --strict stops. The whole message is read.
/// </summary>
public sealed class BadImageTests : IDisposable
{
    private const string Endings = ".bmp, .dib, .gif, .jfif, .jpe, .jpeg, .jpg, .png, .tif, .tiff, .webp";
    private const string Jpeg = "transfer/deck_crack/UD/7001-100.jpg";

    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;
    private readonly Lazy<string> _model;

    public BadImageTests()
    {
        _pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        _model = new Lazy<string>(() =>
        {
            string good = _folder.WriteWarmAndCold("good", picturesPerLabel: 3);
            Resnetml.Run(["train", "--dataset", good, "--epochs", "1", "--output", _folder["model.zip"], .. Resnetml.Tiny]).Expect(0);
            return _folder["model.zip"];
        });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_file_named_jpg() => AssertLeftOut(
        _folder.Write("pictures/warm/bad.jpg", "hello, I am a text"),
        "expected a JPEG, PNG, WebP, GIF, TIFF or BMP image, got text that starts \"hello, I am a te\". Replace the file or leave it out.");

    [Fact]
    public void A_file_of_zero_bytes() => AssertLeftOut(
        _folder.Write("pictures/warm/bad.png", []),
        "expected an image, got an empty file (0 bytes). Replace the file or leave it out.");

    [Fact]
    public void A_truncated_png()
    {
        byte[] whole = Png.Speckled(40, 30, seed: 1, red: 10, green: 200, blue: 30);
        AssertLeftOut(
            _folder.Write("pictures/warm/bad.png", whole[..(whole.Length / 2)]),
            @"expected a whole PNG image, got a damaged one \([^()]+(\([^()]*\)[^()]*)*\)\. Replace the file or leave it out\.",
            isPattern: true);
    }

    [Fact]
    public void A_truncated_jpeg()
    {
        byte[] whole = File.ReadAllBytes(TestData.RequirePath(Jpeg));
        AssertLeftOut(
            _folder.Write("pictures/warm/bad.jpg", whole[..(whole.Length * 2 / 3)]),
            @"expected a whole JPEG image, got a damaged one \([^()]+(\([^()]*\)[^()]*)*\)\. Replace the file or leave it out\.",
            isPattern: true);
    }

    [Fact]
    public void A_png_of_30000_by_30000_pixels_in_few_kilobytes()
    {
        byte[] huge = Png.Black(30_000, 30_000);
        Assert.InRange(huge.Length, 1, 200_000);
        AssertLeftOut(
            _folder.Write("pictures/warm/bad.png", huge),
            "expected at most 100,000,000 pixels, got 30000×30000 = 900,000,000. Raise the pixel limit (MaxPixels) if the image is wanted, or leave it out.");
    }

    [Fact]
    public void A_dangling_link()
    {
        string path = _folder["pictures/warm/bad.png"];
        File.CreateSymbolicLink(path, "/nowhere/at-all.png");
        AssertLeftOut(path, "expected an image file, got a link to '/nowhere/at-all.png', which is no file. Mend or remove the link.");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pipe_is_never_opened()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "Needs the command mkfifo (Debian: coreutils).");
        string path = _folder["pictures/warm/bad.png"];
        using (Process make = Process.Start("/usr/bin/mkfifo", [path]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await Task.Run(
            () => AssertLeftOut(path, "expected an image file, got a pipe, socket or device. Remove it from the data."),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_folder_named_like_an_image()
    {
        string path = _folder["pictures/warm/x.png"];
        Directory.CreateDirectory(path);
        const string Reason = "expected an image file, got a folder. Rename or move the folder.";

        AssertTrainAndEvaluateList(path, Reason);

        // A folder given to predict stands for the images in it and below; an empty one below adds none.
        JsonNode document = Resnetml.Run(["predict", "--model", _model.Value, _pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;
        Assert.Equal(6, document["predictions"]!.AsArray().Count);
    }

    [Fact]
    public void Pngsuites_fourteen_corrupt_files()
    {
        string[] corrupt = [.. Directory.GetFiles(TestData.RequirePath("broken/pngsuite"), "x*.png").Order(StringComparer.Ordinal)];
        Assert.Equal(14, corrupt.Length);
        foreach (string file in corrupt)
        {
            File.Copy(file, _folder[$"pictures/warm/{Path.GetFileName(file)}"]);
        }

        CommandResult result = Resnetml.Run(["train", "--dataset", _pictures, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny]).Expect(0);

        Assert.Equal("14 images could not be read and were left out.", result.ErrorLines[0]);
        Assert.Equal("Left out: 14, with path and reason:", result.ErrorLines[1]);
        Assert.Equal(corrupt.Select(file => _folder[$"pictures/warm/{Path.GetFileName(file)}"]), result.ErrorLines[2..].Select(line => line.Trim().Split(": ")[0]));
        Assert.All(result.ErrorLines[2..], line => Assert.Matches(@": expected .+, got .+\. .+\.$", line));
    }

    [Fact]
    public void A_list_with_a_missing_path()
    {
        string list = _folder.Write("list.csv", "path,label\npictures/warm/0.png,warm\npictures/warm/1.png,warm\npictures/cold/0.png,cold\npictures/cold/1.png,cold\npictures/warm/gone.png,warm\n");

        CommandResult result = Resnetml.Run(["train", "--dataset", list, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny]).Expect(0);

        Assert.Equal(
            "1 image could not be read and was left out.\nLeft out: 1, with path and reason:\n" +
            $"  {_folder["pictures/warm/gone.png"]}: expected an image file, got nothing: no such file. Check the path.\n",
            result.Error);
    }

    [Fact]
    public void Files_that_are_no_images_and_images_outside_any_label()
    {
        string text = _folder.Write("pictures/warm/notes.txt", "some notes");
        string outside = _folder.Write("pictures/outside.png", Png.Speckled(8, 8, 1, 2, 3, 4));

        CommandResult result = Resnetml.Run(["train", "--dataset", _pictures, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny]).Expect(0);

        Assert.Equal(
            "Left out: 2, with path and reason:\n" +
            $"  {outside}: expected images inside label folders, got one outside any. Move it into the folder of its label.\n" +
            $"  {text}: expected an image file ({Endings}), got another ending. Rename it if it is an image.\n",
            result.Error);
    }

    [Fact]
    public void More_than_twenty_are_counted_and_json_lists_them_all()
    {
        for (int i = 0; i < 25; i++)
        {
            _folder.Write($"pictures/warm/bad{i:D2}.png", "text");
        }

        string[] arguments = ["evaluate", "--dataset", _pictures, "--model", _model.Value, .. Resnetml.Steady];
        CommandResult plain = Resnetml.Run(arguments).Expect(0);
        CommandResult json = Resnetml.Run([.. arguments, "--json"]).Expect(0);

        Assert.Equal("Left out: 25, with path and reason:", plain.ErrorLines[0]);
        Assert.Equal(22, plain.ErrorLines.Length);
        Assert.Equal("  and 5 more; --json lists all.", plain.ErrorLines[^1]);
        Assert.Equal(25, json.Json["badImages"]!.AsArray().Count);
    }

    [Fact]
    public void Predict_reports_a_path_that_does_not_exist_and_goes_on()
    {
        string absent = _folder["absent.png"];
        string good = _folder["pictures/warm/0.png"];

        CommandResult result = Resnetml.Run(["predict", "--model", _model.Value, absent, good, .. Resnetml.Steady]).Expect(1);

        Assert.StartsWith($"{good}: ", Assert.Single(result.OutputLines), StringComparison.Ordinal);
        Assert.Equal($"Left out: 1, with path and reason:\n  {absent}: expected an image file, got nothing: no such file. Check the path.\n", result.Error);
    }

    [Fact]
    public void Predict_says_when_a_folder_holds_no_image()
    {
        string empty = Directory.CreateDirectory(_folder["empty"]).FullName;

        CommandResult result = Resnetml.Run(["predict", "--model", _model.Value, empty, .. Resnetml.Steady]).Expect(1);

        Assert.Equal(
            $"{empty}: expected image files ({Endings}) in the folder or below, got none. Check the path.\n", result.Error);
    }

    /// <summary>Training, evaluating and predicting each list the file and go on; each stops at it when strict.</summary>
    private void AssertLeftOut(string path, string reason, bool isPattern = false)
    {
        AssertTrainAndEvaluateList(path, reason, isPattern, "1 image could not be read and was left out.");
        CommandResult predict = Resnetml.Run(["predict", "--model", _model.Value, path, _folder["pictures/cold/0.png"], .. Resnetml.Steady]).Expect(1);
        AssertListed(predict.ErrorLines, path, reason, isPattern);
        Assert.Single(predict.OutputLines);
        CommandResult strict = Resnetml.Run(["predict", "--model", _model.Value, path, "--strict", .. Resnetml.Steady]).Expect(1);
        AssertStopped(strict, path, reason, isPattern);
    }

    private void AssertTrainAndEvaluateList(string path, string reason, bool isPattern = false, string? warning = null)
    {
        string[] train = ["train", "--dataset", _pictures, "--epochs", "1", "--output", _folder["m.zip"], .. Resnetml.Tiny];
        CommandResult trained = Resnetml.Run(train).Expect(0);
        string[] lines = trained.ErrorLines;
        if (warning is not null)
        {
            Assert.Equal(warning, lines[0]);
            lines = lines[1..];
        }

        AssertListed(lines, path, reason, isPattern);

        string[] evaluate = ["evaluate", "--dataset", _pictures, "--model", _model.Value, .. Resnetml.Steady];
        CommandResult evaluated = Resnetml.Run(evaluate).Expect(0);
        AssertListed(evaluated.ErrorLines, path, reason, isPattern);
        Assert.Equal("Metrics of 6 examples in 2 classes", evaluated.OutputLines[0]);

        File.Delete(_folder["m.zip"]);
        AssertStopped(Resnetml.Run([.. train, "--strict"]).Expect(1), path, reason, isPattern);
        Assert.False(File.Exists(_folder["m.zip"]));
        AssertStopped(Resnetml.Run([.. evaluate, "--strict"]).Expect(1), path, reason, isPattern);
    }

    private static void AssertListed(string[] lines, string path, string reason, bool isPattern)
    {
        Assert.Equal(2, lines.Length);
        Assert.Equal("Left out: 1, with path and reason:", lines[0]);
        AssertReason($"  {path}: ", reason, lines[1], isPattern);
    }

    private static void AssertStopped(CommandResult result, string path, string reason, bool isPattern) =>
        AssertReason($"{path}: ", reason, Assert.Single(result.ErrorLines), isPattern);

    private static void AssertReason(string start, string reason, string line, bool isPattern)
    {
        if (isPattern)
        {
            Assert.StartsWith(start, line, StringComparison.Ordinal);
            Assert.Matches($"^{reason}$", line[start.Length..]);
        }
        else
        {
            Assert.Equal(start + reason, line);
        }
    }
}
