using ResNetMl.Images;
using ResNetMl.TestSupport;

namespace ResNetMl.Vision.Tests.Classification;

/// <summary>Files of several origins as backbones: where they are cut, and how images are prepared for them.</summary>
public sealed class BackboneTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _told = [];

    public BackboneTests() => _context.Log += (_, message) => _told.Add(message.RawMessage);

    [Fact]
    public void MobileNetV2_from_a_file_makes_its_1280_features_of_images_from_minus_one_to_one()
    {
        Backbone backbone = Load("MobilenetV2", TestData.RequirePath("models/imagenet/mobilenet_v2_1.0_224.onnx"));

        Assert.Equal((1280, new ImageSize(224, 224)), (backbone.FeatureCount, backbone.Preprocessing.OutputSize));

        // x/127.5 − 1 = (x/255 − 0.5)/0.5: white is 1, black is −1.
        var white = new RgbImage(2, 2, [.. Enumerable.Repeat((byte)255, 12)]);
        var black = new RgbImage(2, 2, new byte[12]);
        Assert.Equal((1f, -1f), (backbone.Preprocessing.Apply(white).Span[7], backbone.Preprocessing.Apply(black).Span[7]));
    }

    [Fact]
    public void SqueezeNet_makes_512_features_at_any_size()
    {
        Backbone backbone = Load("ResnetV250", TestData.RequirePath("models/imagenet/squeezenet1.1.onnx"), new ImageSize(160, 192));

        Assert.Equal((512, new ImageSize(160, 192)), (backbone.FeatureCount, backbone.Preprocessing.OutputSize));
        Assert.Equal(new Tensors.Shape(1, 3, 160, 192), backbone.Definition.Inputs[0].Shape);
    }

    [Fact]
    public void A_published_CIFAR_network_keeps_its_own_preprocessing()
    {
        Backbone backbone = Load("ResnetV250", TestData.RequirePath("models/cifar-resnet/resnet20-12fca82f.th"));

        Assert.Equal(64, backbone.FeatureCount);
        Assert.Equal(Preprocessing.Cifar, backbone.Preprocessing);
    }

    [Fact]
    public void The_trunk_in_the_repository_is_used_whole_at_the_trainers_size()
    {
        Backbone backbone = Load("ResnetV250", SampleData.Backbone);

        Assert.Equal((1024, new ImageSize(299, 299)), (backbone.FeatureCount, backbone.Preprocessing.OutputSize));
        Assert.Equal(Preprocessing.ImageNet.Mean, backbone.Preprocessing.Mean);
        Assert.Contains(_told, message => message.EndsWith("has no classifier to cut off: its output is taken for the features.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_that_only_fits_its_own_size_says_so()
    {
        using var tiny = new TinyBackbone();

        var refused = Assert.ThrowsAny<Exception>(() => Load("ResnetV250", tiny.Path, new ImageSize(9, 9)));

        Assert.Equal("InterchangeException", refused.GetType().Name);
        Assert.Contains("expected a network that makes features of images of 9×9", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("Give the size it was made for, by ImageSize or Preprocessing.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_weights_are_an_error_that_names_file_hash_and_address()
    {
        using var folder = new Vision.TemporaryFolder();
        var store = new WeightsStore(new WeightsStoreOptions { Folder = null, CacheFolder = folder.FullName, AllowsDownload = false });
        ImageClassificationTrainer trainer = _context.MulticlassClassification.Trainers.ImageClassification(new ImageClassificationTrainer.Options
        {
            FeatureColumnName = "Image",
            WeightsStore = store,
        });

        string message = Assert.Throws<WeightsException>(() => trainer.Fit(TinyBackbone.View(_context, TinyBackbone.Rows(6)))).Message;

        PublishedWeights published = WeightsCatalogue.Find("resnet50-v2")!;
        Assert.All([published.File, published.Sha256, published.Source.ToString(), folder.FullName], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private Backbone Load(string architecture, string path, ImageSize? size = null) =>
        Backbone.Load(new BackboneRequest(architecture) { WeightsPath = path, Size = size }, _context, "test", CancellationToken.None);
}
