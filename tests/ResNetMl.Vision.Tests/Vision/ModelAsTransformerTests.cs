using ResNetMl.Data;
using ResNetMl.Engine;
using ResNetMl.Images;

namespace ResNetMl.Vision.Tests.Vision;

/// <summary>A model that the trainer made and saved, loaded as a pipeline through the context.</summary>
public sealed class ModelAsTransformerTests(ModelAsTransformerTests.TrainedModel trained) : IClassFixture<ModelAsTransformerTests.TrainedModel>
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Many_rows_get_the_labels_and_the_bits_that_the_predictor_gives()
    {
        var examples = new Examples(70, seed: 8);
        ITransformer model = _context.Model.Load(trained.Path, out DataViewSchema? schema);
        IDataView scored = model.Transform(examples.ToDataView());

        Answer[] answers = [.. _context.Data.CreateEnumerable<Answer>(scored, reuseRowObject: false)];

        Assert.Equal(["Label: String", "ImageSource: Vector<Byte>"], schema!.Select(column => $"{column.Name}: {column.Type}"));
        Assert.Equal(
            ["Label", "ImageSource", "ImagePath", "PredictedLabel: String", "Score: Vector<Single, 3>"],
            scored.Schema.Select(column => column.Index < 3 ? column.Name : $"{column.Name}: {column.Type}"));
        Assert.Equal(70, answers.Length);
        using Predictor predictor = Model.Load(trained.Path).CreatePredictor(Backends.Default);
        for (int i = 0; i < answers.Length; i++)
        {
            Prediction expected = predictor.Predict(Encoded(examples, i));
            Assert.Equal(expected.Label, answers[i].PredictedLabel);
            Assert.Equal(expected.Probabilities.ToArray(), answers[i].Score);
        }

        // The pictures can be told apart: a model that gave every row the same answer would be right for a third of them.
        Assert.InRange(answers.Count(answer => answer.PredictedLabel == answer.Label), 60, 70);
        (model as IDisposable)!.Dispose();
    }

    [Fact]
    public void Slot_names_of_the_score_are_the_labels()
    {
        ITransformer model = _context.Model.Load(trained.Path, out DataViewSchema? schema);
        VBuffer<ReadOnlyMemory<char>> names = default;

        model.GetOutputSchema(schema!)["Score"].GetSlotNames(ref names);

        Assert.Equal(["class 0", "class 1", "class 2"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void An_engine_predicts_examples_with_and_without_a_label_as_the_predictor_does()
    {
        var examples = new Examples(6, seed: 9);
        using Predictor predictor = Model.Load(trained.Path).CreatePredictor(Backends.Default);
        ITransformer model = _context.Model.Load(trained.Path, out DataViewSchema? schema);
        using PredictionEngine<Input, Answer> labelled = _context.Model.CreatePredictionEngine<Input, Answer>(model, schema!);
        using PredictionEngine<Unlabelled, Answer> unlabelled = _context.Model.CreatePredictionEngine<Unlabelled, Answer>(
            _context.Model.Load(trained.Path, out _));

        for (int i = 0; i < examples.Count; i++)
        {
            byte[] encoded = Encoded(examples, i);
            float[] expected = predictor.Predict(encoded).Probabilities.ToArray();
            Answer answer = labelled.Predict(new Input { Label = "class 2", ImageSource = encoded });
            Assert.Equal(expected, answer.Score);
            Assert.Equal("class 2", answer.Label);
            Assert.Equal(expected, unlabelled.Predict(new Unlabelled { ImageSource = encoded }).Score);
        }
    }

    [Fact]
    public void Saving_what_was_loaded_writes_the_same_file()
    {
        using var folder = new TemporaryFolder();
        ITransformer model = _context.Model.Load(trained.Path, out DataViewSchema? schema);

        _context.Model.Save(model, schema, folder.Path("again.zip"));

        Assert.Equal(File.ReadAllBytes(trained.Path), File.ReadAllBytes(folder.Path("again.zip")));
        Assert.Equal(Model.Load(trained.Path).WeightsSha256(), Model.Load(folder.Path("again.zip")).WeightsSha256());
    }

    [Fact]
    public void A_chain_with_a_model_in_it_comes_back_with_the_same_scores()
    {
        using var folder = new TemporaryFolder();
        IDataView data = new Examples(9, seed: 4).ToDataView();
        ITransformer model = _context.Model.Load(trained.Path, out DataViewSchema? schema);
        ITransformer copying = _context.Transforms.CopyColumns("Probabilities", "Score").Fit(model.Transform(data));
        _context.Model.Save(new TransformerChain<ITransformer>(model, copying), schema, folder.Path("chain.zip"));

        ITransformer loaded = _context.Model.Load(folder.Path("chain.zip"), out _);

        VBuffer<float>[] expected = [.. model.Transform(data).GetColumn<VBuffer<float>>("Score")];
        VBuffer<float>[] got = [.. loaded.Transform(data).GetColumn<VBuffer<float>>("Probabilities")];
        Assert.Equal(9, got.Length);
        Assert.Equal(expected.Select(score => score.DenseValues()), got.Select(score => score.DenseValues()));
        var refused = Assert.Throws<ModelFormatException>(() => Model.Load(folder.Path("chain.zip")));
        Assert.Contains("it holds a TransformerChain, expected ImageClassificationModel", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_another_type_is_refused_naming_column_expected_and_got()
    {
        ITransformer model = _context.Model.Load(trained.Path, out _);
        IDataView numbers = _context.Data.LoadFromEnumerable(new[] { new Numbers { ImageSource = [1f, 2f] } });
        IDataView texts = _context.Data.LoadFromEnumerable(new[] { new Answer { PredictedLabel = "a" } });

        string wrong = Assert.Throws<ArgumentException>(() => model.Transform(numbers)).Message;
        string absent = Assert.Throws<ArgumentException>(() => model.GetOutputSchema(texts.Schema)).Message;

        Assert.Contains("expected column 'ImageSource' to be Vector<Byte>, the bytes of an encoded image, got Vector<Single>.", wrong, StringComparison.Ordinal);
        Assert.Contains("needs column 'ImageSource'; there are ", absent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_image_gets_no_score_and_no_label_and_is_told_of_while_the_others_keep_their_own()
    {
        var examples = new Examples(5, seed: 3);
        byte[][] files = [.. Enumerable.Range(0, 5).Select(i => Encoded(examples, i))];
        files[3] = files[3][..60];
        files[4] = [];
        var told = new List<string>();
        _context.Log += (_, message) => told.Add(message.RawMessage);
        ITransformer model = _context.Model.Load(trained.Path, out _);
        IDataView plain = _context.Data.LoadFromEnumerable(files.Select(file => new Unlabelled { ImageSource = file }));
        IDataView named = _context.Data.LoadFromEnumerable(files.Select((file, i) => new Named { ImageSource = file, ImagePath = $"{i}.bmp" }));
        told.Clear();

        Answer[] answers = [.. _context.Data.CreateEnumerable<Answer>(model.Transform(plain), reuseRowObject: false, ignoreMissingColumns: true)];
        Answer[] byPath = [.. _context.Data.CreateEnumerable<Answer>(model.Transform(named), reuseRowObject: false, ignoreMissingColumns: true)];

        using Predictor predictor = Model.Load(trained.Path).CreatePredictor(Backends.Default);
        Assert.All(answers[..3], (answer, i) => Assert.Equal(predictor.Predict(files[i]).Probabilities.ToArray(), answer.Score));
        Assert.All(answers[3..], answer => Assert.Equal(("", float.NaN), (answer.PredictedLabel, answer.Score.Max())));
        Assert.Equal(answers.SelectMany(answer => answer.Score), byPath.SelectMany(answer => answer.Score));
        string[] names = [.. told.Select(message => message[..message.IndexOf(':', StringComparison.Ordinal)])];
        Assert.Equal(["column 'ImageSource', row 3", "column 'ImageSource', row 4", "3.bmp (row 3)", "4.bmp (row 4)"], names);
        Assert.Equal(5, model.Transform(named).GetColumn<string>("ImagePath").Count());
    }

    [Fact]
    public void An_engine_goes_on_after_an_unreadable_image()
    {
        byte[] encoded = Encoded(new Examples(1), 0);
        ITransformer model = _context.Model.Load(trained.Path, out _);
        using PredictionEngine<Unlabelled, Answer> engine = _context.Model.CreatePredictionEngine<Unlabelled, Answer>(model);
        float[]? before = engine.Predict(new Unlabelled { ImageSource = encoded }).Score;

        Assert.Throws<ImageFormatException>(() => engine.Predict(new Unlabelled { ImageSource = encoded[..60] }));
        Assert.Throws<ImageFormatException>(() => engine.Predict(new Unlabelled()));

        Assert.Equal(before, engine.Predict(new Unlabelled { ImageSource = encoded }).Score);
    }

    [Fact]
    public void Loading_says_what_will_score()
    {
        var told = new List<string>();
        _context.Log += (_, message) => told.Add(message.Message);

        _context.Model.Load(trained.Path, out _);

        Assert.Contains(told, message => message.Contains(Backends.DefaultReason, StringComparison.Ordinal));
    }

    private static byte[] Encoded(Examples examples, int index) => BitmapFile.Encode(examples.Get(index).Pixels!);

    /// <summary>A small residual network, trained once for all tests.</summary>
    public sealed class TrainedModel : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public TrainedModel()
        {
            TrainerOptions options = Examples.Options(Backends.Default) with { Epochs = 3, BatchSize = 16, Augmentations = [] };
            Examples.Train(options, new Examples(160), network: TrainedModelTests.Network()).Model.Save(Path);
        }

        public string Path => _folder.Path("model.zip");

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Input
    {
        public string Label { get; set; } = "";

        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Unlabelled
    {
        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Named
    {
        public byte[] ImageSource { get; set; } = [];

        public string ImagePath { get; set; } = "";
    }

    private sealed class Numbers
    {
        public float[] ImageSource { get; set; } = [];
    }

    private sealed class Answer
    {
        public string? Label { get; set; }

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
