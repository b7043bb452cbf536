using System.Text.Json.Nodes;
using ResNetMl.Data;
using ResNetMl.EndToEnd.Tests.Support;
using ResNetMl.Transforms.Image;

namespace ResNetMl.EndToEnd.Tests.CommandLine;

/// <summary>The command line uses what a program saved.</summary>
public sealed class SavedPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Predict_and_evaluate_feed_a_pipeline_through_its_one_image_column()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 6);
        string model = Train(pictures);
        string pipeline = Save("pipeline.zip", Bytes, _context.Transforms.CopyColumns("ImageSource", "Bytes"), Load(model));

        JsonNode own = Resnetml.Run(["predict", "--model", model, pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;
        JsonNode piped = Resnetml.Run(["predict", "--model", pipeline, pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;
        JsonNode ownMetrics = Resnetml.Run(["evaluate", "--model", model, "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["metrics"]!;
        JsonNode pipedMetrics = Resnetml.Run(["evaluate", "--model", pipeline, "--dataset", pictures, "--json", .. Resnetml.Steady]).Expect(0).Json["metrics"]!;

        Assert.Equal(12, piped["predictions"]!.AsArray().Count);
        Assert.Equal(own["predictions"]!.ToJsonString(), piped["predictions"]!.ToJsonString());
        Assert.Equal(ownMetrics["confusionMatrix"]!.ToJsonString(), pipedMetrics["confusionMatrix"]!.ToJsonString());
        Assert.Equal((double)ownMetrics["logLoss"]!, (double)pipedMetrics["logLoss"]!, 1e-6);
    }

    [Fact]
    public void A_broken_image_is_listed_with_its_reason_and_gets_no_score()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string pipeline = Save("pipeline.zip", Bytes, _context.Transforms.CopyColumns("ImageSource", "Bytes"), Load(Train(pictures)));
        string broken = _folder.Write("broken.png", "no picture");

        CommandResult result = Resnetml.Run(["predict", "--model", pipeline, _folder["pictures/warm/0.png"], broken, "--json", .. Resnetml.Steady]).Expect(1);

        Assert.Single(result.Json["predictions"]!.AsArray());
        JsonNode bad = Assert.Single(result.Json["badImages"]!.AsArray())!;
        Assert.Equal(broken, (string)bad["path"]!);
        Assert.Contains("JPEG", (string)bad["reason"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("path")]
    public void The_image_column_may_hold_images_or_paths(string kind)
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        IEstimator<ITransformer> pixels = _context.Transforms.ResizeImages("Small", 8, 8, kind == "path" ? "Loaded" : "Image")
            .Append(_context.Transforms.ExtractPixels("Pixels", "Small"))
            .Append(_context.Transforms.Conversion.MapValueToKey("Key", "Label"))
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key", "Pixels"));
        string pipeline = _folder[$"{kind}.zip"];
        if (kind == "path")
        {
            IDataView view = _context.Data.LoadFromEnumerable(Directory.GetFiles(pictures, "*", SearchOption.AllDirectories)
                .Select(path => new PathRow { Label = Path.GetFileName(Path.GetDirectoryName(path)!), Path = path }).ToArray());
            _context.Model.Save(_context.Transforms.LoadImages("Loaded", null, "Path").Append(pixels).Fit(view), view.Schema, pipeline);
        }
        else
        {
            IDataView view = _context.Data.LoadFromEnumerable(Directory.GetFiles(pictures, "*", SearchOption.AllDirectories)
                .Select(path => new ImageRow { Label = Path.GetFileName(Path.GetDirectoryName(path)!), Image = MLImage.CreateFromFile(path) }).ToArray());
            _context.Model.Save(pixels.Fit(view), view.Schema, pipeline);
        }

        JsonNode result = Resnetml.Run(["predict", "--model", pipeline, pictures, "--json", .. Resnetml.Steady]).Expect(0).Json;

        // The two colours are far apart, so a linear classifier of the pixels tells all six apart.
        Assert.All(result["predictions"]!.AsArray(), prediction =>
            Assert.Contains($"/{(string)prediction!["scores"]![0]!["label"]!}/", (string)prediction["path"]!, StringComparison.Ordinal));
        Assert.Equal(6, result["predictions"]!.AsArray().Count);
    }

    [Fact]
    public void A_pipeline_without_scores_is_wrong_usage_naming_its_columns()
    {
        string pipeline = Save("copy.zip", Bytes, _context.Transforms.CopyColumns("ImageSource", "Bytes"));

        CommandResult result = Resnetml.Run("predict", "--model", pipeline, "x.png").Expect(2);

        Assert.Equal(
            $"{pipeline}: expected a pipeline with a column of class scores whose slot names are the labels, as ImageClassification makes it; " +
            "got 'Label' String, 'Bytes' Vector<Byte>, 'ImageSource' Vector<Byte>.\n",
            result.Error);
    }

    [Fact]
    public void A_pipeline_saved_without_its_columns_is_wrong_usage()
    {
        string pictures = _folder.WriteWarmAndCold("pictures", picturesPerLabel: 3);
        string path = _folder["nameless.zip"];
        _context.Model.Save(new TransformerChain<ITransformer>(Load(Train(pictures))), null, path);

        CommandResult result = Resnetml.Run("predict", "--model", path, "x.png").Expect(2);

        Assert.StartsWith($"{path}: the pipeline was saved without its input's columns", result.Error, StringComparison.Ordinal);
    }

    private sealed class PathRow
    {
        public string Label { get; set; } = "";

        public string Path { get; set; } = "";
    }

    private sealed class ImageRow
    {
        public string Label { get; set; } = "";

        [ImageType(10, 12)]
        public MLImage? Image { get; set; }
    }

    private sealed class BytesRow
    {
        public string Label { get; set; } = "";

        public byte[] Bytes { get; set; } = [];
    }

    private static IEnumerable<BytesRow> Bytes => [new BytesRow()];

    private string Train(string pictures)
    {
        string model = _folder["model.zip"];
        Resnetml.Run(["train", "--dataset", pictures, "--epochs", "4", "--output", model, .. Resnetml.Tiny]).Expect(0);
        return model;
    }

    private ITransformer Load(string model) => _context.Model.Load(model, out _);

    private string Save<TRow>(string file, IEnumerable<TRow> rows, IEstimator<ITransformer> first, params ITransformer[] then)
        where TRow : class
    {
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        string path = _folder[file];
        _context.Model.Save(new TransformerChain<ITransformer>([first.Fit(view), .. then]), view.Schema, path);
        return path;
    }
}
