using System.CommandLine;
using ResNetMl.Cli.Shell;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Tensors;
using ResNetMl.Vision;

namespace ResNetMl.Cli.Commands;

/// <summary>Trained weights to start from on the command line: a model file of any format, or the name of published weights.</summary>
internal static class BackboneArgument
{
    internal static readonly Option<string?> Value = new("--backbone")
    {
        Description = "Start from trained weights: a model file (.zip, .onnx, .pth, .th, .safetensors), or published ones by name (see weights list). The classifier is replaced by one for the training labels, and all of it is fine-tuned.",
        HelpName = "NAME|FILE",
    };

    /// <summary>Reads the network with its weights and, where the file or its publication says it, its preprocessing.</summary>
    /// <param name="context">The terminal, told of a download and of weights that nobody vouches for.</param>
    /// <param name="text">What was given.</param>
    /// <param name="options">What the command line says of the network.</param>
    /// <exception cref="UsageException">Neither a file nor a name of published weights.</exception>
    /// <exception cref="WeightsException">Published weights cannot be had.</exception>
    internal static ImportedNetwork Read(CommandContext context, string text, ModelReaderOptions options)
    {
        if (ModelReader.HasModelExtension(text) || File.Exists(text))
        {
            return ModelReader.ReadNetwork(text, options);
        }

        var store = new WeightsStore();
        PublishedWeights published = store.FindPublished(text) ?? throw new UsageException(
            $"--backbone '{text}': expected a model file ({string.Join(", ", ModelReader.FileExtensions)}), or published weights: {string.Join(", ", store.Catalogue.Select(entry => entry.Name))}.");
        WeightsFile file;
        using (var display = new DownloadDisplay(context.Terminal))
        {
            file = store.Get(text, path: null, display, context.Cancellation);
        }

        context.Terminal.WriteError($"--backbone {text}: {file.Path}{(file.IsVerified ? "" : ", your own file: not compared with what was published")}");
        return !file.IsVerified && SaysItsPreprocessing(file.Path, options) is { } own
            ? own
            : ModelReader.ReadNetwork(file.Path, options with { Preprocessing = options.Preprocessing ?? published.Preprocessing });
    }

    /// <summary>A file of the user's own may have another preprocessing than the published one of its name: what it says itself goes first.</summary>
    private static ImportedNetwork? SaysItsPreprocessing(string path, ModelReaderOptions options)
    {
        try
        {
            ImportedNetwork network = ModelReader.ReadNetwork(path, options);
            return network.Preprocessing is null ? null : network;
        }
        catch (InterchangeException)
        {
            // Of a file with open axes the published preprocessing says the size; where it is the file that is wrong, reading it again says so.
            return null;
        }
    }
}
