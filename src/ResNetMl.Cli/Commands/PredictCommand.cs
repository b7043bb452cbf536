using System.CommandLine;
using System.Globalization;
using ResNetMl.Cli.Shell;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary><c>resnetml predict</c>: the most probable labels of image files.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> ModelFile = ModelArgument.Required();
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Image files, or folders of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Top = new("--top")
    {
        Description = "How many labels are shown for each image. Default 3.",
        DefaultValueFactory = _ => 3,
        HelpName = "K",
    };

    private static readonly Option<bool> Strict = new("--strict") { Description = "Stop at an image that cannot be read." };

    internal static Command Create() => new("predict", "Predicts the labels of images.") { ModelFile, Images, Top, Strict };

    internal static int Run(CommandContext context)
    {
        int top = context.Get(Top);
        if (top < 1)
        {
            throw new UsageException($"--top {top}: expected 1 or more.");
        }

        Model model = Model.Load(context.Get(ModelFile));
        (IBackend backend, CompileOptions compile) = CommonOptions.ChooseExecutor(context.Arguments);
        using Predictor predictor = model.CreatePredictor(backend, new PredictorOptions { Threads = compile.Threads, Precision = compile.Precision });
        var predictions = new List<object>();
        var bad = new List<BadImage>();
        foreach (string path in ImageFiles.Expand(context.Get(Images)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            try
            {
                IReadOnlyList<ClassScore> best = predictor.PredictFile(path).Top(top);
                string scores = string.Join("  ", best.Select(
                    score => string.Create(CultureInfo.InvariantCulture, $"{score.Label} {score.Probability:P1}")));
                context.Terminal.WriteLine($"{path}: {scores}");
                predictions.Add(new { Path = path, Scores = best });
            }
            catch (Exception exception) when (exception is (ImageFormatException or IOException or UnauthorizedAccessException) && !context.Get(Strict))
            {
                bad.Add(new BadImage(path, exception.Message));
            }
        }

        BadImageDisplay.Show(context.Terminal, bad);
        context.Terminal.WriteJson(new { Predictions = predictions, BadImages = bad });
        return bad.Count > 0 ? ExitCode.Failed : ExitCode.Done;
    }
}

/// <summary>Turns files and folders into a list of files.</summary>
internal static class ImageFiles
{
    internal static IEnumerable<string> Expand(IEnumerable<string> paths) => paths.SelectMany(IEnumerable<string> (path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(ImageDecoder.HasImageExtension).Order(StringComparer.Ordinal)
        : [path]);
}
