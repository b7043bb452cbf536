using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ResNetMl.Images;
using ResNetMl.Interchange;
using ResNetMl.Networks;
using ResNetMl.Runtime;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>A network without a classifier: image → features [N, F], with what images go through before it.</summary>
/// <param name="Name">Architecture and file, for people.</param>
/// <param name="Definition">The network at the size that the preprocessing gives.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Preprocessing">Gives every image the network's size.</param>
internal sealed record Backbone(string Name, NetworkDefinition Definition, StateDictionary Weights, Preprocessing Preprocessing)
{
    private readonly Lazy<string> _sha256 = new(() => Hash(Definition, Weights, Preprocessing));

    /// <summary>How many features an image has.</summary>
    public int FeatureCount => Definition.ShapeOf(Definition.Outputs[0])[1];

    /// <summary>SHA-256 of all that features depend on besides image and executor: network, input shape, weights, preprocessing.</summary>
    public string Sha256 => _sha256.Value;

    /// <summary>Finds the weights, downloads them where this machine lacks them, and cuts the classifier off.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="environment">Who is told of a download, of unverified weights and of a file without a classifier.</param>
    /// <param name="source">Who speaks.</param>
    /// <param name="token">Ends a download.</param>
    /// <exception cref="WeightsException">There are no weights.</exception>
    /// <exception cref="InterchangeException">The file cannot be read, or its network makes no features of such images.</exception>
    public static Backbone Load(BackboneRequest request, IHostEnvironment environment, string source, CancellationToken token)
    {
        WeightsFile file = (request.Store ?? new WeightsStore())
            .Get(request.Architecture, request.WeightsPath, new DownloadReport(environment, source), token);
        if (file.Origin == WeightsOrigin.OwnFile)
        {
            environment.Report(source, ChannelMessageKind.Info, $"{file.Path} is a file of your own: nothing vouches for its weights.");
        }

        token.ThrowIfCancellationRequested();
        Preprocessing published = request.Preprocessing ?? PublishedPreprocessing.Of(request.Architecture, request.Size);
        ImportedNetwork network = Read(file.Path, InputOf(published));
        Preprocessing preprocessing = request.Preprocessing ?? network.Preprocessing switch
        {
            null => published,
            { } own when request.Size is { } size => PublishedPreprocessing.Resized(own, size),
            { } own => own,
        };
        return Cut($"{request.Architecture} ({Path.GetFileName(file.Path)})", file.Path, network, preprocessing, environment, source);
    }

    private static Shape InputOf(Preprocessing preprocessing) => preprocessing.OutputSize is { } size
        ? new Shape(preprocessing.Channels, size.Height, size.Width)
        : throw new ArgumentException(
            "The preprocessing of a backbone gives every image one size, got one that keeps each image's own. Add a crop, or resize to an exact size.");

    // A file that leaves height and width open must be told them; one that does not must not be: which it is, only reading tells.
    private static ImportedNetwork Read(string path, Shape open)
    {
        if (!Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return ModelReader.ReadNetwork(path);
        }

        try
        {
            return ModelReader.ReadNetwork(path, new ModelReaderOptions { InputShape = open });
        }
        catch (InterchangeException)
        {
            return ModelReader.ReadNetwork(path);
        }
    }

    private static Backbone Cut(
        string name, string path, ImportedNetwork network, Preprocessing preprocessing, IHostEnvironment environment, string source)
    {
        try
        {
            ImportedNetwork trunk = network.WithoutClassifier(out string? head);
            if (head is null)
            {
                environment.Report(source, ChannelMessageKind.Info, $"{path} has no classifier to cut off: its output is taken for the features.");
            }

            NetworkDefinition definition = trunk.Definition;
            int features = definition.ShapeOf(definition.Outputs[0])[1];
            Shape input = InputOf(preprocessing);
            if (definition.Inputs[0].Shape != input.Prepend(1))
            {
                definition = definition.WithInputShape(input);
            }

            int resized = definition.ShapeOf(definition.Outputs[0])[1];
            return resized == features
                ? new Backbone(name, definition, trunk.Weights, preprocessing)
                : throw new ArgumentException(
                    $"it makes {features} features of images of {trunk.Definition.Inputs[0].Shape} and {resized} of {input}, so it does not average over an image's places");
        }
        catch (Exception exception) when (exception is ArgumentException or ShapeMismatchException)
        {
            throw new InterchangeException(
                $"'{path}': expected a network that makes features of images of {preprocessing.OutputSize}, got: {exception.Message.TrimEnd('.')}. " +
                "Give the size it was made for, by ImageSize or Preprocessing.",
                exception);
        }
    }

    private static string Hash(NetworkDefinition definition, StateDictionary weights, Preprocessing preprocessing)
    {
        string parts = string.Join('\n', NetworkJson.Write(definition), SafetensorsPart.Sha256(NamedTensor.Of(weights)), preprocessing.ToJson());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)));
    }

    /// <summary>Tells of a download at each tenth.</summary>
    private sealed class DownloadReport(IHostEnvironment environment, string source) : IProgress<WeightsProgress>
    {
        private long _tenth = -1;

        public void Report(WeightsProgress value)
        {
            long tenth = value.DoneBytes * 10 / Math.Max(1, value.TotalBytes);
            if (Interlocked.Exchange(ref _tenth, tenth) != tenth)
            {
                environment.Report(
                    source, ChannelMessageKind.Info,
                    string.Create(CultureInfo.InvariantCulture, $"Downloading {value.Published.File}: {tenth * 10} % of {value.TotalBytes:N0} bytes."));
            }
        }
    }
}
