using System.Text;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Vision.Tests.Vision;

public sealed class ModelTests : IDisposable
{
    private static readonly string[] _labels = ["Äpfel", "b", "猫"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_model_loads_equal_in_every_part()
    {
        Model model = NewModel();
        string path = _folder.Path("model.zip");

        model.Save(path);
        Model loaded = Model.Load(path);

        Assert.Equal(NetworkJson.Write(model.Definition), NetworkJson.Write(loaded.Definition));
        Assert.Equal(model.WeightsSha256(), loaded.WeightsSha256());
        Assert.Equal(model.Weights["fc.weight"].Span.ToArray(), loaded.Weights["fc.weight"].Span.ToArray());
        Assert.Equal(model.Preprocessing, loaded.Preprocessing);
        Assert.Equal(_labels, loaded.Labels);
        Assert.Equal(0.875, loaded.Metrics!.Values["microAccuracy"]);
        Assert.True(double.IsNaN(loaded.Metrics.Values["logLoss"]));
        Assert.Equal([[3L, 1L], [0L, 4L]], loaded.Metrics.ConfusionMatrix!);
        Assert.Equal(model.Provenance.Created, loaded.Provenance.Created);
        Assert.Equal(model.Provenance.History, loaded.Provenance.History);
        Assert.Equal("7", loaded.Provenance.Options["seed"]);
    }

    [Fact]
    public void A_model_goes_through_a_stream_and_the_same_model_is_the_same_bytes()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        NewModel().Save(first);
        NewModel().Save(second);

        Assert.Equal(first.ToArray(), second.ToArray());
        first.Position = 0;
        Assert.Equal(_labels, Model.Load(first).Labels);
    }

    [Fact]
    public void A_model_cut_anywhere_is_refused_as_damaged()
    {
        byte[] whole = Bytes(NewModel());
        for (int length = 4; length < whole.Length; length += 97)
        {
            using var stream = new MemoryStream(whole[..length]);
            Assert.Equal(ModelFormatError.Damaged, Assert.Throws<ModelFormatException>(() => Model.Load(stream)).Error);
        }
    }

    [Fact]
    public void A_changed_weight_is_refused_with_the_parts_name()
    {
        byte[] bytes = Bytes(NewModel());
        int place = bytes.AsSpan().IndexOf("data_offsets"u8) + 400;
        bytes[place] ^= 1;
        using var stream = new MemoryStream(bytes);

        var exception = Assert.Throws<ModelFormatException>(() => Model.Load(stream));

        Assert.Equal(ModelFormatError.Damaged, exception.Error);
        Assert.Contains("weights.safetensors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_model_is_refused_as_such()
    {
        string text = _folder.Path("notes.txt");
        File.WriteAllText(text, "no model");
        Assert.Equal(ModelFormatError.NotAModel, Assert.Throws<ModelFormatException>(() => Model.Load(text)).Error);

        string other = _folder.Path("other.zip");
        ModelArchive.Write(other, "TrainingCheckpoint", 1, [ModelPart.FromText("run.json", "{}")]);
        var exception = Assert.Throws<ModelFormatException>(() => Model.Load(other));
        Assert.Equal(
            (ModelFormatError.NotAModel,
            $"'{other}' is not a model: it holds a TrainingCheckpoint, expected ImageClassificationModel. Give a model that this product saved."),
            (exception.Error, exception.Message));
    }

    [Fact]
    public void A_model_of_a_later_version_is_refused_as_too_new()
    {
        string path = _folder.Path("later.zip");
        ModelArchive.Write(path, "ImageClassificationModel", 2, [ModelPart.FromText("network.json", "{}")]);

        var exception = Assert.Throws<ModelFormatException>(() => Model.Load(path));

        Assert.Equal(ModelFormatError.TooNew, exception.Error);
        Assert.StartsWith($"'{path}' is too new: its model has version 2, this product reads up to 1 ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_do_not_fit_each_other_are_refused_without_taking_memory_for_weights()
    {
        Model model = NewModel();
        string huge = NetworkJson.Write(NetworkDefinition.FromLayer(
            "huge", [1, 6, 6], Layers.Sequence(Layers.Flatten(), Layers.Linear(36, 100_000).Named("a"), Layers.Linear(100_000, 3).Named("fc"))));
        Dictionary<string, ModelPart> parts = ModelFile.Parts(model).ToDictionary(part => part.Name);

        ModelFormatException Refusal(ModelPart changed)
        {
            string path = _folder.Path("changed.zip");
            ModelArchive.Write(path, ModelFile.Loader, 1, [.. parts.Values.Where(part => part.Name != changed.Name), changed]);
            return Assert.Throws<ModelFormatException>(() => Model.Load(path));
        }

        Assert.Contains("part 'weights.safetensors' has", Refusal(ModelPart.FromText("network.json", huge)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "holds parts that make no model: Network 'linear' tells 3 classes apart, got 2 labels.",
            Refusal(ModelPart.FromText("labels.json", "[\"a\", \"b\"]")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "part 'labels.json' is not the JSON that was expected", Refusal(ModelPart.FromText("labels.json", "{}")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "part 'weights.safetensors': expected tensor 'fc.weight' to be F32 [3, 36], got F32 [36, 3]",
            Refusal(new ModelPart(
                "weights.safetensors",
                stream => SafetensorsPart.Write(stream, [new("fc.weight", new Tensor([36, 3])), new("fc.bias", new Tensor([3]))]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expected a tensor 'fc.bias', got none of that name",
            Refusal(new ModelPart(
                "weights.safetensors", stream => SafetensorsPart.Write(stream, [new("fc.weight", new Tensor([3, 36]))]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "its header claims 18,446,744,073,709,551,615", Refusal(new ModelPart("weights.safetensors", stream => stream.Write(Enumerable.Repeat((byte)255, 1000).ToArray()))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_stored_as_the_safetensors_format_says()
    {
        using var stream = new MemoryStream();
        SafetensorsPart.Write(stream, [new("w", new Tensor([1, 2], [1f, -2f])), new("b", new Tensor([1], [0.5f]))]);

        // By hand from the format's description: little-endian header length, JSON, spaces up to a multiple of 8, then the elements.
        const string Header = """{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""";
        byte[] expected =
        [
            112, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Header.PadRight(112)), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void A_label_given_twice_and_missing_weights_are_refused()
    {
        NetworkDefinition network = Examples.Network();
        StateDictionary weights = InitialState.Create(network, 1);

        var twice = Assert.Throws<ArgumentException>(() => new Model(network, weights, Examples.Preprocessing, ["a", "b", "a"]));
        var missing = Assert.Throws<ArgumentException>(() => new Model(network, new StateDictionary(), Examples.Preprocessing, _labels));

        Assert.Equal("The label 'a' is given twice; each class has its own.", twice.Message);
        Assert.Equal(
            "Network 'linear': expected weights 'fc.weight' of Float32 [3, 36], got none. The weights are of another network.", missing.Message);
    }

    internal static Model NewModel(NetworkDefinition? network = null) =>
        new(network ?? Examples.Network(), InitialState.Create(network ?? Examples.Network(), 7), Examples.Preprocessing, _labels)
        {
            Metrics = new ModelMetrics(new Dictionary<string, double> { ["microAccuracy"] = 0.875, ["logLoss"] = double.NaN })
            {
                ConfusionMatrix = [[3, 1], [0, 4]],
                MeasuredOn = "test",
            },
            Provenance = new ModelProvenance
            {
                Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                Options = new Dictionary<string, string> { ["seed"] = "7" },
                History = [new EpochRecord(1, 1.5, 0.5, null, null, 0.1, 2, 100)],
            },
        };

    private static byte[] Bytes(Model model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }
}
