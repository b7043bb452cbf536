using ResNetMl.Data;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Vision.Tests.Vision;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>A small network with random weights, saved as a model: a backbone whose features tell <see cref="Examples"/> apart.</summary>
internal sealed class TinyBackbone : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal TinyBackbone(int seed = 3)
    {
        NetworkDefinition network = NetworkDefinition.FromLayer(
            "tiny",
            [1, Examples.Side, Examples.Side],
            Layers.Sequence(
                Layers.Flatten(), Layers.Linear(Examples.Side * Examples.Side, 20).Named("hidden"), Layers.Relu(), Layers.Linear(20, 4).Named("fc")));
        StateDictionary weights = InitialState.Create(network, seed);
        new Model(network, weights, Examples.Preprocessing, ["a", "b", "c", "d"]).Save(Path);
    }

    internal string Path => _folder.Path("backbone.zip");

    internal string Folder => _folder.FullName;

    /// <summary>Options that train on it in a moment.</summary>
    internal ImageClassificationTrainer.Options Options() => new() { FeatureColumnName = "Image", WeightsPath = Path, Seed = 1, Epoch = 40 };

    internal static Row[] Rows(int count, ulong seed = 5, int classes = 3)
    {
        var examples = new Examples(count, classes, seed);
        return [.. Enumerable.Range(0, count).Select(i => new Row(
            BitmapFile.Encode(examples.Get(i).Pixels!), examples.Labels[examples.GetLabelIndex(i)], $"pictures/{i}.bmp"))];
    }

    /// <summary>Rows with their labels as keys, in the order of the labels' names.</summary>
    internal static IDataView View(MLContext context, IEnumerable<Row> rows)
    {
        IDataView view = context.Data.LoadFromEnumerable(rows);
        return context.Transforms.Conversion
            .MapValueToKey("Label", keyOrdinality: Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(view).Transform(view);
    }

    public void Dispose() => _folder.Dispose();

    internal sealed record Row(byte[] Image, string Label, string ImagePath);
}

internal sealed class Answer
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";

    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
