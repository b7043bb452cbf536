using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.Runtime;
using ResNetMl.TestSupport;
using ResNetMl.Transforms.Image;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Vision.Tests.Featurizing;

/// <summary>Features of photographs, made by the ResNet-50 v2 trunk that the repository carries.</summary>
public sealed class DnnImageFeaturizerTests
{
    private const int Side = 64;

    private static readonly MLContext _context = new(seed: 1);
    private static readonly string[] _files = [.. Directory.GetFiles(Path.Combine(SampleData.Flowers, "daisy"), "*.jpg").Order(StringComparer.Ordinal).Take(3)];

    private static IDataView Rows => _context.Data.LoadFromEnumerable(_files.Select(file => new Photograph { ImagePath = file, Bytes = File.ReadAllBytes(file) }));

    [Fact]
    public void Pixels_encoded_and_decoded_images_give_the_same_features()
    {
        IDataView loaded = _context.Transforms.LoadImages("Loaded", "", "ImagePath").Fit(Rows).Transform(Rows);
        IDataView pixels = _context.Transforms.ResizeImages("Resized", Side, Side, ResizeFilter.Bilinear, "Loaded", ImageResizingEstimator.ResizingKind.Fill)
            .Append(_context.Transforms.ExtractPixels("Pixels", "Resized")).Fit(loaded).Transform(loaded);

        float[][] ofBytes = Features(Rows, "Bytes");
        float[][] ofImages = Features(loaded, "Loaded");
        float[][] ofPixels = Features(pixels, "Pixels");

        Assert.Equal(3, ofBytes.Length);
        Assert.All(ofBytes, row => Assert.Equal(1024, row.Length));
        for (int row = 0; row < ofBytes.Length; row++)
        {
            Assert.Equal(ofBytes[row], ofImages[row]);
            Assert.Equal(ofBytes[row], ofPixels[row]);
            Assert.True(row == 0 || !ofBytes[row].SequenceEqual(ofBytes[0]), "Other photographs have other features.");
        }
    }

    [Fact]
    public void A_saved_featurizer_makes_the_same_features_without_the_weights_file()
    {
        using DnnImageFeaturizingTransformer transformer = Estimator("Bytes").Fit(Rows);
        using var file = new MemoryStream();
        _context.Model.Save(transformer, Rows.Schema, file);
        file.Position = 0;

        ITransformer loaded = _context.Model.Load(file, out _);

        Assert.Equal(
            transformer.Transform(Rows).GetColumn<float[]>("Features").SelectMany(row => row),
            loaded.Transform(Rows).GetColumn<float[]>("Features").SelectMany(row => row));
        ((IDisposable)loaded).Dispose();
    }

    [Fact]
    public void An_unreadable_image_has_no_features_in_a_view_and_is_an_error_of_an_engine()
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, message) => warnings.AddRange(message.Kind == ChannelMessageKind.Warning ? [message.RawMessage] : Array.Empty<string>());
        Photograph[] photographs = [new() { ImagePath = "a", Bytes = File.ReadAllBytes(_files[0]) }, new() { ImagePath = "b", Bytes = [1, 2, 3] }];
        IDataView rows = context.Data.LoadFromEnumerable(photographs);
        using DnnImageFeaturizingTransformer transformer = context.Transforms.DnnFeaturizeImage(Options("Bytes")).Fit(rows);

        float[][] features = [.. transformer.Transform(rows).GetColumn<float[]>("Features")];

        Assert.All(features[0], feature => Assert.True(float.IsFinite(feature)));
        Assert.All(features[1], feature => Assert.Equal(float.NaN, feature));
        Assert.StartsWith("b (row 1): ", Assert.Single(warnings), StringComparison.Ordinal);
        PredictionEngine<Photograph, Outcome> engine = context.Model.CreatePredictionEngine<Photograph, Outcome>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal(features[0], engine.Predict(photographs[0]).Features, (a, b) => MathF.Abs(a - b) <= 1e-5f);
        Assert.StartsWith("b", Assert.Throws<ImageFormatException>(() => engine.Predict(photographs[1])).ImageName, StringComparison.Ordinal);
    }

    [Fact]
    public void ML_NETs_selector_finds_weights_in_a_folder_and_says_which_file_is_missing()
    {
        using var folder = new Vision.TemporaryFolder();
        File.Copy(SampleData.Backbone, folder.Path("ResnetV118.onnx"));
        IDataView loaded = _context.Transforms.LoadImages("Image", "", "ImagePath")
            .Append(_context.Transforms.ResizeImages("Image", Side, Side))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image")).Fit(Rows).Transform(Rows);

        DnnImageFeaturizerEstimator estimator = _context.Transforms.DnnFeaturizeImage(
            "Features", m => m.ModelSelector.ResNet18(_context, m.OutputColumn, m.InputColumn, folder.FullName), "Pixels");
        using TransformerChain<Transforms.ColumnCopyingTransformer> model = estimator.Fit(loaded);

        Assert.Equal("Vector<Single, 1024>", model.GetOutputSchema(loaded.Schema)["Features"].Type.ToString());
        Assert.All(model.Transform(loaded).GetColumn<float[]>("Features").First(), feature => Assert.True(float.IsFinite(feature)));
        WeightsException exception = Assert.Throws<WeightsException>(() => _context.Transforms.DnnFeaturizeImage(
            "Features", m => m.ModelSelector.AlexNet(_context, m.OutputColumn, m.InputColumn, folder.FullName), "Pixels").Fit(loaded));
        Assert.Contains("AlexNet.onnx", exception.Message, StringComparison.Ordinal);
        Assert.Contains(folder.FullName, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_holds_neither_images_nor_pixels_is_refused_by_name_expected_and_got()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Estimator("ImagePath").Fit(Rows));

        Assert.StartsWith(
            "DnnImageFeaturizingTransformer: expected column 'ImagePath' to hold images (Vector<Byte> or Image) or pixels (Vector<Single, 3, 224, 224>, any height " +
            "and width), got String. ",
            exception.Message, StringComparison.Ordinal);
    }

    private static DnnImageFeaturizerOptions Options(string input) =>
        new() { InputColumnName = input, WeightsPath = SampleData.Backbone, ImageSize = new ImageSize(Side, Side) };

    private static DnnImageFeaturizingEstimator Estimator(string input) => _context.Transforms.DnnFeaturizeImage(Options(input));

    private static float[][] Features(IDataView rows, string input)
    {
        using DnnImageFeaturizingTransformer transformer = Estimator(input).Fit(rows);
        return [.. transformer.Transform(rows).GetColumn<float[]>("Features")];
    }

    private sealed class Photograph
    {
        public string ImagePath { get; set; } = "";

        public byte[] Bytes { get; set; } = [];
    }

    private sealed class Outcome
    {
        public float[] Features { get; set; } = [];
    }
}
