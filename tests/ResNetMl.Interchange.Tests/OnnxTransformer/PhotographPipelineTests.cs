using System.Globalization;
using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Image;

namespace ResNetMl.Interchange.Tests.OnnxScoring;

/// <summary>Complete ImageNet classifiers in pipelines that begin with paths of photographs: LoadImages → ResizeImages → CropImages → ExtractPixels → ApplyOnnxModel.</summary>
/// <remarks>Witnesses: the oracle of 19 photographs (PIL and PyTorch, the data's README says how), and ONNX Runtime called directly on the same pixels.</remarks>
public sealed class PhotographPipelineTests : IDisposable
{
    private const int Ranks = 5;

    /// <summary>Ranks that are closer than rounding may change places; two of the 95 may.</summary>
    private const int FewestEqualRanks = 93;

    private readonly MLContext _context = new(seed: 1);
    private readonly string _modelFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_modelFile);

    [Theory]
    [InlineData("mobilenet_v2", "mobilenet_v2_1.0_224.onnx")]
    [InlineData("squeezenet1.1", "squeezenet1.1.onnx")]
    public void The_first_label_of_every_photograph_and_93_of_95_ranks_are_the_oracles_also_after_loading_and_from_an_engine(string name, string file)
    {
        TestModels.RequireRuntime();
        (string[] paths, int[][] expected) = Oracle(name);
        IDataView data = _context.Data.LoadFromEnumerable(paths.Select(path => new Photograph { Path = path }).ToArray());
        ITransformer fitted = Published(name, file).Fit(data);
        _context.Model.Save(fitted, data.Schema, _modelFile);
        ITransformer loaded = _context.Model.Load(_modelFile, out DataViewSchema? schema);

        float[][] logits = [.. fitted.Transform(data).GetColumn<float[]>("logits")];

        int[][] top = [.. logits.Select(Top)];
        Assert.Equal(19, top.Length);
        Assert.Equal(expected.Select(ranks => ranks[0]), top.Select(ranks => ranks[0]));
        Assert.InRange(top.Zip(expected, (one, other) => one.Zip(other).Count(pair => pair.First == pair.Second)).Sum(), FewestEqualRanks, 95);

        Assert.Equal(logits, loaded.Transform(data).GetColumn<float[]>("logits"));
        using PredictionEngine<Photograph, Scores> engine = _context.Model.CreatePredictionEngine<Photograph, Scores>(loaded, schema!);
        Assert.Equal(top.Select(ranks => ranks[0]), paths.Select(path => Top(engine.Predict(new Photograph { Path = path }).Logits)[0]));
        (fitted as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData(ImageResizingEstimator.ResizingKind.Fill)]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop)]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoPad)]
    public void With_arguments_of_mlnet_alone_the_scores_are_the_bits_of_onnx_runtime_on_the_same_pixels(ImageResizingEstimator.ResizingKind resizing)
    {
        string onnx = TestData.RequirePath("models/imagenet/squeezenet1.1.onnx");
        TestModels.RequireRuntime();
        (string[] paths, _) = Oracle("squeezenet1.1");
        IDataView data = _context.Data.LoadFromEnumerable(paths.Select(path => new Photograph { Path = path }).ToArray());
        IDataView scored = _context.Transforms.LoadImages("input", TestData.RequirePath("imagenet/mlnet_samples"), "Path")
            .Append(_context.Transforms.ResizeImages("input", 224, 224, resizing: resizing))
            .Append(_context.Transforms.ExtractPixels("input", offsetImage: 117, scaleImage: 1 / 58f))
            .Append(_context.Transforms.ApplyOnnxModel("logits", "input", onnx))
            .Fit(data).Transform(data);
        BlockView view = BlockView.Of(scored);
        using BlockReader reader = view.OpenReader([view.Schema["input"], view.Schema["logits"]]);
        int rows = 0;
        while (reader.Read(19) is { } block)
        {
            float[] pixels = [.. block.Values<VBuffer<float>>(view.Schema["input"].Index).ToArray().SelectMany(values => values.GetValues().ToArray())];
            float[] direct = TestModels.Direct(onnx, "input", [block.RowCount, 3, 224, 224], pixels, "logits");

            Assert.Equal(direct, block.Values<VBuffer<float>>(view.Schema["logits"].Index).ToArray().SelectMany(values => values.GetValues().ToArray()));
            rows += block.RowCount;
        }

        Assert.Equal(19, rows);
    }

    [Fact]
    public void A_damaged_photograph_is_an_error_that_names_it_in_views_and_engines_and_never_a_score()
    {
        string folder = TestData.RequirePath("broken/pngsuite");
        TestModels.RequireRuntime();
        string[] broken = [.. Directory.EnumerateFiles(folder, "x*.png", SearchOption.AllDirectories).Order()];
        IDataView none = _context.Data.LoadFromEnumerable(Array.Empty<Photograph>());
        ITransformer model = Published("squeezenet1.1", "squeezenet1.1.onnx").Fit(none);
        using PredictionEngine<Photograph, Scores> engine = _context.Model.CreatePredictionEngine<Photograph, Scores>(model);

        Assert.Equal(14, broken.Length);
        Assert.All(broken, path =>
        {
            Assert.Equal(path, Assert.Throws<ImageFormatException>(() => engine.Predict(new Photograph { Path = path })).ImageName);
            IDataView one = _context.Data.LoadFromEnumerable([new Photograph { Path = path }]);
            Assert.Equal(path, Assert.Throws<ImageFormatException>(() => model.Transform(one).GetColumn<float[]>("logits").ToArray()).ImageName);
        });
    }

    [Fact]
    public void Images_in_memory_are_scored_as_their_files_are()
    {
        string onnx = TestData.RequirePath("models/imagenet/squeezenet1.1.onnx");
        TestModels.RequireRuntime();
        (string[] paths, int[][] expected) = Oracle("squeezenet1.1");
        IDataView none = _context.Data.LoadFromEnumerable(Array.Empty<Upload>());
        ITransformer model = Prepared("squeezenet1.1").Append(_context.Transforms.ApplyOnnxModel("logits", "input", onnx)).Fit(none);
        using PredictionEngine<Upload, Scores> engine = _context.Model.CreatePredictionEngine<Upload, Scores>(model);

        foreach ((string path, int[] ranks) in paths.Zip(expected).Take(5))
        {
            using FileStream stream = File.OpenRead(Path.Combine(TestData.RequirePath("imagenet/mlnet_samples"), path));
            using MLImage image = MLImage.CreateFromStream(stream);
            Assert.Equal(ranks[0], Top(engine.Predict(new Upload { Image = image }).Logits)[0]);
        }
    }

    private IEstimator<ITransformer> Published(string name, string file)
    {
        MLContext mlContext = _context;
        string folder = TestData.RequirePath("imagenet/mlnet_samples");
        string onnxFile = TestData.RequirePath($"models/imagenet/{file}");
        if (name == "mobilenet_v2")
        {
            return mlContext.Transforms.LoadImages("Image", folder, "Path").Append(Prepared(name))
                .Append(mlContext.Transforms.ApplyOnnxModel("logits", "input", onnxFile));
        }

        #region snippet: published-preprocessing
        var pipeline = mlContext.Transforms.LoadImages("Image", folder, "Path")
            .Append(mlContext.Transforms.ResizeImages("Image", shorterSide: 256))
            .Append(mlContext.Transforms.CropImages("Image", 224, 224))
            .Append(mlContext.Transforms.ExtractPixels(
                "input", mean: [0.485f, 0.456f, 0.406f], standardDeviation: [0.229f, 0.224f, 0.225f], inputColumnName: "Image"))
            .Append(mlContext.Transforms.ApplyOnnxModel("logits", "input", onnxFile));
        #endregion
        return pipeline;
    }

    /// <summary>The published preprocessing: shorter side 256, the middle 224×224, and each network's own normalisation.</summary>
    private EstimatorChain<ImagePixelExtractingTransformer> Prepared(string name) => _context.Transforms.ResizeImages("Resized", 256, "Image")
        .Append(_context.Transforms.CropImages("Cropped", 224, 224, "Resized"))
        .Append(name == "mobilenet_v2"
            ? _context.Transforms.ExtractPixels("input", [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f], "Cropped")
            : _context.Transforms.ExtractPixels("input", [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f], "Cropped"));

    private static (string[] Paths, int[][] Top) Oracle(string name)
    {
        string[][] rows =
        [
            .. File.ReadLines(TestData.RequirePath("imagenet/mlnet_samples_oracle.csv")).Skip(1).Select(line => line.Split(',')).Where(row => row[2] == name),
        ];
        return (
            [.. rows.Select(row => row[0])],
            [.. rows.Select(row => row[3..(3 + Ranks)].Select(index => int.Parse(index, CultureInfo.InvariantCulture)).ToArray())]);
    }

    private static int[] Top(float[] logits) => [.. Enumerable.Range(0, logits.Length).OrderByDescending(index => logits[index]).Take(Ranks)];

    private sealed class Photograph
    {
        public string Path { get; set; } = "";
    }

    private sealed class Upload
    {
        [ImageType]
        public MLImage? Image { get; set; }
    }

    private sealed class Scores
    {
        [ColumnName("logits")]
        public float[] Logits { get; set; } = [];
    }
}
