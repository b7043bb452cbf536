using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml predict</c>: the most probable labels of image files.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Image files, or folders of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Top = new("--top")
    {
        Description = "How many labels are shown for each image.",
        DefaultValueFactory = _ => 3,
        HelpName = "K",
    };

    private static readonly Option<bool> Strict = new("--strict") { Description = "Stop at an image that cannot be read." };

    internal static Command Create()
    {
        var command = new Command("predict", "Predicts the labels of images.") { Images, Top, Strict };
        ModelArgument.AddTo(command);
        return command;
    }

    internal static int Run(CommandContext context)
    {
        int top = context.Get(Top);
        if (top < 1)
        {
            throw new UsageException($"--top {top}: expected 1 or more.");
        }

        Executor executor = CommonOptions.ChooseExecutor(context.Arguments);
        using IImageClassifier predictor = ModelArgument.Prepare(context, executor);
        var predictions = new List<object>();
        var bad = new List<BadImage>();
        bool isCancelled = false;
        foreach (string path in ImageFiles.Expand(context.Get(Images)))
        {
            if (context.Cancellation.IsCancellationRequested)
            {
                isCancelled = true;
                context.Terminal.WriteError($"Cancelled after {predictions.Count + bad.Count} images.");
                break;
            }

            try
            {
                IReadOnlyList<ClassScore> best = predictor.PredictFile(path).Top(top);
                string scores = string.Join("  ", best.Select(
                    score => string.Create(CultureInfo.InvariantCulture, $"{score.Label} {score.Probability:P1}")));
                context.Terminal.WriteLine($"{path}: {scores}");
                predictions.Add(new { Path = path, Scores = best });
            }
            catch (ImageFormatException exception) when (!context.Get(Strict))
            {
                bad.Add(new BadImage(path, exception.Reason));
            }
        }

        BadImageDisplay.Show(context.Terminal, bad);
        context.Terminal.WriteJson(new { Predictions = predictions, BadImages = bad });
        return isCancelled ? ExitCode.Cancelled : bad.Count > 0 ? ExitCode.Failed : ExitCode.Done;
    }
}

/// <summary>Turns files and folders into a list of files.</summary>
internal static class ImageFiles
{
    /// <summary>Files as they are given; of folders, the image files in them and below, in ordinal order. Links to folders are not followed.</summary>
    /// <exception cref="DatasetException">A folder holds no image.</exception>
    internal static IEnumerable<string> Expand(IEnumerable<string> paths) => paths.SelectMany(IEnumerable<string> (path) => Directory.Exists(path) ? Below(path) : [path]);

    private static string[] Below(string folder)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        string[] images = [.. files.Where(ImageDecoder.HasImageExtension).Order(StringComparer.Ordinal)];
        return images.Length > 0
            ? images
            : throw new DatasetException(
                $"{folder}: expected image files ({string.Join(", ", ImageDecoder.FileExtensions)}) in the folder or below, got none. Check the path.");
    }
}
