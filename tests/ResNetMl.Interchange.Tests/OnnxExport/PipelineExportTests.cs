using ResNetMl.Data;
using ResNetMl.Images;
using ResNetMl.TestSupport;
using ResNetMl.Trainers;
using ResNetMl.Transforms.Image;
using ResNetMl.Transforms.Onnx;
using ResNetMl.Vision;

namespace ResNetMl.Interchange.Tests.OnnxExport;

/// <summary>Fitted pipelines as single ONNX files. Witness: ONNX Runtime on decoded photographs, against the pipeline on the encoded ones.</summary>
public sealed class PipelineExportTests
{
    private const int Side = 96;
    private const int AllSide = 64;

    private static readonly MLContext _context = new(seed: 1);
    private static readonly Lazy<Photograph[]> _photographs = new(() => [.. Directory.GetDirectories(SampleData.Flowers).Order(StringComparer.Ordinal)
        .SelectMany(kind => Directory.GetFiles(kind, "*.jpg").Order(StringComparer.Ordinal).Take(8)
            .Select(file => new Photograph(File.ReadAllBytes(file), Path.GetFileName(kind), Path.GetRelativePath(SampleData.Flowers, file))))]);

    private static IDataView Training => _context.Data.LoadFromEnumerable(_photographs.Value.Where((_, i) => i % 8 < 6));

    private static Photograph[] Others => [.. _photographs.Value.Where((_, i) => i % 8 >= 6)];

    [Fact]
    public void An_image_classification_chain_becomes_one_file_that_resizes_scores_and_names_the_label()
    {
        using TransformerChain<ITransformer> model = ImageClassification().Fit(Training);
        using ExportedPipeline exported = ExportedPipeline.Of(_context, model, Training);

        Assert.Equal(["Score", "PredictedLabel"], exported.OutputNames);
        Assert.Equal("Image", exported.InputName);
        Assert.Equal([-1, 3, -1, -1], exported.InputLengths);
        AssertSame(model, exported, onnxImage: image => image);

        // What training writes, loaded again, gives the same answers as a file; a key without MapKeyToValue, too, is a text there.
        using var saved = new MemoryStream();
        ((MulticlassPredictionTransformer<ImageClassificationModelParameters>)model.ElementAt(1)).Model.Model.Save(saved);
        saved.Position = 0;
        ITransformer loaded = _context.Model.Load(saved, out _);
        IDataView asTrained = _context.Data.LoadFromEnumerable(Others.Select(photograph => new TrainedRow { ImageSource = photograph.Image }));
        using ExportedPipeline again = ExportedPipeline.Of(_context, loaded, asTrained);
        Assert.Equal("ImageSource", again.InputName);
        RgbImage first = Decode(Others[0]);
        Assert.Equal(exported.Run(first).Label, again.Run(first).Label);
        Assert.Equal(exported.Run(first).Scores, again.Run(first).Scores);

        // Before opset 18 there is no resizing that averages: images come in the network's size.
        using ExportedPipeline old = ExportedPipeline.Of(_context, model, Training, 12);
        Assert.Equal([-1, 3, Side, Side], old.InputLengths);
        var squash = new Preprocessing(new ResizeExactly(Side, Side), null, ChannelOrder.Rgb, [0, 0, 0], [1, 1, 1]);
        AssertSame(model, old, squash.ApplyToPixels);

        // That file holds to ONNX's specification, shapes inferred. (Debian's onnx knows opsets up to 17, so it cannot say so of the other.)
        Python.Require("onnx", "python3-onnx");
        string path = Path.Combine(Path.GetTempPath(), $"resnetml-export-{Environment.ProcessId}.onnx");
        File.WriteAllBytes(path, old.Bytes);
        try
        {
            Assert.StartsWith($"12 ['N', 3, {Side}, {Side}]", Python.Script("onnx_check.py", path), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Features_normalised_and_classified_by_maximum_entropy_become_one_file()
    {
        IEstimator<ITransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.DnnFeaturizeImage(Featurizer("Features", "Image")))
            .Append(_context.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0));
        ITransformer model = pipeline.Fit(Training);
        using ExportedPipeline exported = ExportedPipeline.Of(_context, model, Training);

        // The label is a key in the pipeline and a text in the file.
        ITransformer named = _context.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(model.Transform(Training));
        AssertSame(new TransformerChain<ITransformer>(model, named), exported, image => image);
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void ML_NETs_pixels_of_squashed_images_go_through_the_featurizer_in_one_file()
    {
        IEstimator<ITransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.LoadImages("Loaded", SampleData.Flowers, "ImagePath"))
            .Append(_context.Transforms.ResizeImages("Resized", Side, Side, "Loaded", ImageResizingEstimator.ResizingKind.Fill))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Resized"))
            .Append(_context.Transforms.DnnFeaturizeImage(Featurizer("Made", "Pixels")))
            .Append(_context.Transforms.CopyColumns("Copied", "Made"))
            .Append(_context.Transforms.Concatenate("Features", "Copied", "Made"))
            .Append(_context.Transforms.NormalizeMinMax("Features", fixZero: false))
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy())
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(Training);
        using ExportedPipeline exported = ExportedPipeline.Of(_context, model, Training);

        Assert.Equal("Loaded", exported.InputName);
        AssertSame(model, exported, image => image);
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void Published_preprocessing_and_an_applied_model_become_one_file()
    {
        IEstimator<ITransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.LoadImages("Loaded", SampleData.Flowers, "ImagePath"))
            .Append(_context.Transforms.ResizeImages("Resized", shorterSide: 112, inputColumnName: "Loaded"))
            .Append(_context.Transforms.CropImages("Cropped", Side, Side, "Resized"))
            .Append(_context.Transforms.ExtractPixels("input", [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f], "Cropped"))
            .Append(_context.Transforms.ApplyOnnxModel("features", "input", SampleData.Backbone, new Dictionary<string, int[]> { ["input"] = [-1, 3, Side, Side] }))
            .Append(_context.Transforms.NormalizeMeanVariance("Features", "features"))
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0))
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(Training);
        using ExportedPipeline exported = ExportedPipeline.Of(_context, model, Training);

        AssertSame(model, exported, image => image);
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void Resizing_that_ONNX_cannot_say_leaves_the_resized_image_as_the_files_input()
    {
        var told = new List<string>();
        var context = new MLContext(seed: 1);
        context.Log += (_, message) => told.Add(message.RawMessage);
        IEstimator<ITransformer> pipeline = context.Transforms.LoadImages("Loaded", SampleData.Flowers, "ImagePath")
            .Append(context.Transforms.ResizeImages("Resized", Side, Side, "Loaded"))
            .Append(context.Transforms.ExtractPixels("Pixels", "Resized", scaleImage: 0.5f, offsetImage: 3));
        ITransformer model = pipeline.Fit(Training);

        using ExportedPipeline exported = ExportedPipeline.Of(context, model, Training);

        Assert.Equal(("Resized", "Pixels"), (exported.InputName, Assert.Single(exported.OutputNames)));
        Assert.Equal([-1, 3, Side, Side], exported.InputLengths);
        Assert.Contains(told, line => line.Contains("takes images of 96×96 as its input 'Resized'", StringComparison.Ordinal));
        RgbImage image = new Preprocessing(new ResizeExactly(Side, Side), null, ChannelOrder.Rgb, [0, 0, 0], [1, 1, 1]).ApplyToPixels(Decode(Others[0]));
        float[] pixels = exported.Run(image, "Pixels").Scores;
        for (int i = 0; i < Side * Side; i++)
        {
            Assert.Equal((image.Data[(i * 3) + 1] - 3) * 0.5f, pixels[(Side * Side) + i]);
        }
    }

    [Fact]
    public void A_transformer_that_cannot_be_exported_is_named()
    {
        IEstimator<ITransformer> pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.CustomMapping<Empty, Made>((_, made) => made.Features = [1, 2, 3], contractName: null))
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        ITransformer model = pipeline.Fit(Training);

        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => _context.Model.ConvertToOnnx(model, Training, Stream.Null));

        Assert.StartsWith("The export: expected column 'Score' to hold numbers or a predicted label that an ONNX graph can compute, got one that is made by ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CustomMappingTransformer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_and_opsets_that_there_are_not_are_refused()
    {
        ITransformer model = _context.Transforms.Conversion.MapValueToKey("Label").Fit(Training);

        Assert.StartsWith(
            "The pipeline has no column 'Scores' to export; there are ",
            Assert.Throws<ArgumentException>(() => _context.Model.ConvertToOnnx(model, Training, Stream.Null, "Scores")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Model.ConvertToOnnx(model, Training, 8, Stream.Null));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Model.ConvertToOnnx(model, Training, 99, Stream.Null));
        Assert.Throws<ArgumentException>(() => _context.Model.ConvertToOnnx(model, Training, Stream.Null));
    }

    [Fact]
    public void All_200_flowers_get_the_pipelines_labels_and_scores()
    {
        Photograph[] all = [.. Directory.GetDirectories(SampleData.Flowers).SelectMany(kind => Directory.GetFiles(kind, "*.jpg")
            .Select(file => new Photograph(File.ReadAllBytes(file), Path.GetFileName(kind), file)))];
        IDataView data = _context.Data.LoadFromEnumerable(all);
        using var model = _context.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(_context.MulticlassClassification.Trainers.ImageClassification(
                new ImageClassificationTrainer.Options
                {
                    FeatureColumnName = "Image", LabelColumnName = "Key", WeightsPath = SampleData.Backbone, ImageSize = new ImageSize(AllSide, AllSide),
                }))
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        using ExportedPipeline exported = ExportedPipeline.Of(_context, model, data);

        (int same, float largest) = Compare(model, exported, all, image => image);
        Assert.True(same >= 199 && largest <= 1e-2f, $"labels {same} of {all.Length}, largest difference of a score {largest}");
    }

    private static EstimatorChain<ITransformer> ImageClassification() => _context.Transforms.Conversion.MapValueToKey("Label")
        .Append((IEstimator<ITransformer>)_context.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
        {
            FeatureColumnName = "Image", WeightsPath = SampleData.Backbone, ImageSize = new ImageSize(Side, Side), Epoch = 30,
        }))
        .Append((IEstimator<ITransformer>)_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private static DnnImageFeaturizerOptions Featurizer(string output, string input) => new()
    {
        OutputColumnName = output, InputColumnName = input, WeightsPath = SampleData.Backbone, ImageSize = new ImageSize(Side, Side),
    };

    private static RgbImage Decode(Photograph photograph) => ImageDecoder.Decode(photograph.Image, photograph.ImagePath);

    private static void AssertSame(ITransformer model, ExportedPipeline exported, Func<RgbImage, RgbImage> onnxImage)
    {
        (int same, float largest) = Compare(model, exported, Others, onnxImage);

        // The graph adds in another order: logits of some units differ by about 1e-5, and a pixel in ten thousand is rounded the other way.
        Assert.True(same == Others.Length && largest <= 1e-2f, $"labels {same} of {Others.Length}, largest difference of a score {largest}");
    }

    private static (int Same, float Largest) Compare(ITransformer model, ExportedPipeline exported, Photograph[] photographs, Func<RgbImage, RgbImage> onnxImage)
    {
        IDataView scored = model.Transform(_context.Data.LoadFromEnumerable(photographs));
        string[] labels = [.. scored.GetColumn<string>("PredictedLabel")];
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        int same = 0;
        float largest = 0;
        for (int i = 0; i < photographs.Length; i++)
        {
            (float[] onnxScores, string? onnxLabel) = exported.Run(onnxImage(Decode(photographs[i])));
            same += onnxLabel == labels[i] ? 1 : 0;
            for (int k = 0; k < onnxScores.Length; k++)
            {
                largest = MathF.Max(largest, MathF.Abs(onnxScores[k] - scores[i][k]));
            }
        }

        return (same, largest);
    }

    private sealed record Photograph(byte[] Image, string Label, string ImagePath);

    private sealed class TrainedRow
    {
        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class Empty
    {
    }

    private sealed class Made
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }
}
