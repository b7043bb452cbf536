using ResNetMl.Cli.Shell;
using ResNetMl.Images;
using ResNetMl.Networks;

namespace ResNetMl.Cli.Commands;

/// <summary>Preprocessing on the command line: ImageNet's, a file, or measured from the training images.</summary>
internal static class PreprocessingArgument
{
    /// <summary>Reads <c>imagenet</c>, or a file.</summary>
    internal static Preprocessing Read(string file)
    {
        if (file == "imagenet")
        {
            return Preprocessing.ImageNet;
        }

        try
        {
            return Preprocessing.FromJson(File.ReadAllText(file));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{file}: {exception.Message}");
        }
    }

    /// <summary>Brings images to the network's input and normalises them by their own mean and deviation.</summary>
    internal static Preprocessing Measure(CommandContext context, NetworkDefinition definition, IExampleSource training)
    {
        using var display = new PhaseDisplay(context.Terminal);
        try
        {
            return TrainingPreprocessing.For(
                definition.Inputs[0].Shape,
                training,
                new Teller(p => display.Report("measuring colours", new ProgressState(p.Done, p.Total))),
                context.Cancellation);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    /// <summary>Tells at once and on the thread that reports, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Teller(Action<LoadingProgress> tell) : IProgress<LoadingProgress>
    {
        public void Report(LoadingProgress value) => tell(value);
    }
}
