using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>Small noisy pictures in memory whose class shows in where they are bright, and a network that can learn them.</summary>
internal sealed class Examples : IExampleSource
{
    internal const int Side = 6;
    private const int Noise = 90;
    private readonly Example[] _examples;

    /// <summary>Makes examples.</summary>
    /// <param name="count">How many, class after class in turn.</param>
    /// <param name="classes">How many classes.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="wrongEvery">Every so many examples one has the picture of another class; 0: none.</param>
    internal Examples(int count, int classes = 3, ulong seed = 5, int wrongEvery = 0)
    {
        Labels = [.. Enumerable.Range(0, classes).Select(k => $"class {k}")];
        _examples = [.. Enumerable.Range(0, count).Select(Make)];

        Example Make(int i)
        {
            int shown = wrongEvery > 0 && i % wrongEvery == 0 ? i + 1 : i;
            return new Example(Picture(shown % classes, classes, seed, i), i % classes, $"picture-{i}.png");
        }
    }

    internal static Preprocessing Preprocessing { get; } = new(new ResizeExactly(Side, Side), null, ChannelOrder.Grey, [0.5f], [0.25f]);

    public string Name => "pictures";

    public int Count => _examples.Length;

    public IReadOnlyList<string> Labels { get; init; }

    public IReadOnlyList<BadImage> LeftOut => [];

    /// <summary>Indices whose images cannot be read.</summary>
    internal IReadOnlySet<int> Unreadable { get; init; } = new HashSet<int>();

    public int GetLabelIndex(int index) => _examples[index].LabelIndex;

    public string GetPath(int index) => _examples[index].Path;

    public Example Get(int index) => Unreadable.Contains(index)
        ? throw new ImageFormatException(GetPath(index), "the file is empty.")
        : _examples[index];

    public void Dispose()
    {
    }

    /// <summary>A linear classifier for these pictures.</summary>
    internal static NetworkDefinition Network(int classes = 3) => NetworkDefinition.FromLayer(
        "linear", [1, Side, Side], Layers.Sequence(Layers.Flatten(), Layers.Linear(Side * Side, classes).Named("fc")));

    /// <summary>Options under which a training of some tens of steps learns them.</summary>
    internal static TrainerOptions Options(IBackend backend) => new()
    {
        Preprocessing = Preprocessing,
        Backend = backend,
        Epochs = 4,
        BatchSize = 8,
        Optimizer = new SgdOptions { WeightDecay = 1e-4 },
        Schedule = new OneCycleSchedule(0.05),
        Augmentations = [new PadAndCrop(1)],
        Threads = 1,
    };

    /// <summary>Trains under the running test's token.</summary>
    internal static TrainingResult Train(
        TrainerOptions options,
        IExampleSource training,
        IExampleSource? validation = null,
        NetworkDefinition? network = null,
        StateDictionary? initialWeights = null,
        TrainingCallbacks? callbacks = null) =>
        new Trainer(options, callbacks).Train(network ?? Network(), training, validation, initialWeights, TestContext.Current.CancellationToken);

    private static RgbImage Picture(int label, int classes, ulong seed, int index)
    {
        var random = CounterRandom.For(seed, epoch: 0, index);
        var pixels = new byte[Side * Side * RgbImage.Channels];
        for (int pixel = 0; pixel < Side * Side; pixel++)
        {
            bool isBright = pixel * classes / (Side * Side) == label;
            byte value = (byte)((isBright ? 150 : 40) + random.NextInt32(Noise));
            pixels.AsSpan(pixel * RgbImage.Channels, RgbImage.Channels).Fill(value);
        }

        return new RgbImage(Side, Side, pixels);
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string FullName { get; } = Directory.CreateTempSubdirectory("resnetml-test-").FullName;

    internal string Path(string name) => System.IO.Path.Combine(FullName, name);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
