using System.Runtime.InteropServices;
using System.Text.Json;
using ResNetMl.Images;
using ResNetMl.Tensors;
using ResNetMl.TestSupport;

namespace ResNetMl.Foundation.Tests.Images;

public class PreprocessingTests
{
    // Witness: tests/References/image_preprocess.py (PIL and numpy) wrote image-preprocess.json.
    [Fact]
    public void The_19_photographs_become_the_pixels_and_numbers_that_PIL_and_numpy_give()
    {
        string folder = TestData.RequirePath("imagenet/mlnet_samples");
        var grey = new Preprocessing(new ResizeShorterSide(256), new ImageSize(224, 224), ChannelOrder.Grey, [0.5f], [0.5f]);
        JsonElement[] photographs = [.. ImageReference.Load("image-preprocess.json").GetProperty("photographs").EnumerateArray()];

        Parallel.ForEach(photographs, expected =>
        {
            string file = expected.GetProperty("file").GetString()!;
            RgbImage image = ImageDecoder.DecodeFile(Path.Combine(folder, file));

            RgbImage pixels = Preprocessing.ImageNet.ApplyToPixels(image);
            PixelBuffer greyPixels = new PixelPipeline(grey).Prepare(image, file);
            Tensor tensor = Preprocessing.ImageNet.Apply(image);

            Assert.True(expected.GetProperty("RGB").GetString() == ImageReference.Sha256(pixels.Data), $"{file}: pixels differ");
            Assert.True(expected.GetProperty("L").GetString() == ImageReference.Sha256(greyPixels.Span), $"{file}: grey pixels differ");
            Assert.True(expected.GetProperty("tensor").GetString() == ImageReference.Sha256(tensor.Bytes), $"{file}: normalised numbers differ");
        });

        Assert.Equal(19, photographs.Length);
    }

    [Fact]
    public void Json_is_the_form_of_the_design_and_comes_back_equal()
    {
        const string Written =
            """{"resize":{"shorterSide":256},"crop":{"height":224,"width":224},"channelOrder":"RGB","mean":[0.485,0.456,0.406],"standardDeviation":[0.229,0.224,0.225]}""";

        Assert.Equal(Written, Preprocessing.ImageNet.ToJson());
        Assert.Equal(Preprocessing.ImageNet, Preprocessing.FromJson(Written));
        Assert.Equal(Preprocessing.ImageNet, JsonSerializer.Deserialize<Preprocessing>(JsonSerializer.Serialize(Preprocessing.ImageNet)));
    }

    [Fact]
    public void Json_of_every_choice_comes_back_equal()
    {
        ResizeRule?[] resizes = [null, new ResizeShorterSide(40), new ResizeExactly(Height: 30, Width: 50)];
        ImageSize?[] crops = [null, new ImageSize(20, 24)];
        foreach (ResizeRule? resize in resizes)
        {
            foreach (ImageSize? crop in crops)
            {
                foreach (ChannelOrder order in Enum.GetValues<ChannelOrder>())
                {
                    foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
                    {
                        float[] numbers = order == ChannelOrder.Grey ? [0.1f] : [0.1f, 1e-7f, 123.456f];
                        var preprocessing = new Preprocessing(resize, crop, order, numbers, numbers, filter);

                        Assert.Equal(preprocessing, Preprocessing.FromJson(preprocessing.ToJson()));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("[1]", "preprocessing: expected a JSON object with resize, crop, channelOrder, mean, standardDeviation, filter, got [1].")]
    [InlineData("""{"resize":null}""", "preprocessing.crop: missing. A preprocessing is never guessed: write every part, null where nothing is done.")]
    [InlineData("""{"std":[1]}""", "preprocessing.std: unknown part. Expected resize, crop, channelOrder, mean, standardDeviation, filter.")]
    [InlineData(
        """{"resize":{"shorterSide":256,"width":1},"crop":null,"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1]}""",
        """preprocessing.resize: expected null, {"shorterSide": pixels} or {"height": pixels, "width": pixels}, got {"shorterSide":256,"width":1}.""")]
    [InlineData(
        """{"resize":null,"crop":null,"channelOrder":"rgb","mean":[0,0,0],"standardDeviation":[1,1,1]}""",
        """preprocessing.channelOrder: expected "RGB", "BGR" or "Grey", got "rgb".""")]
    [InlineData(
        """{"resize":null,"crop":null,"channelOrder":"Grey","mean":[0,0,0],"standardDeviation":[1]}""",
        "preprocessing.mean: expected 1 finite number(s), one a channel, got [0, 0, 0].")]
    [InlineData(
        """{"resize":null,"crop":null,"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,0,1]}""",
        "preprocessing.standardDeviation: expected positive numbers, got [1, 0, 1].")]
    [InlineData(
        """{"resize":{"shorterSide":200},"crop":{"height":224,"width":224},"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1]}""",
        "preprocessing.crop: expected at most 200×200, the size that resizing guarantees, got 224×224.")]
    [InlineData(
        """{"resize":null,"crop":null,"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1],"filter":"lanczos"}""",
        """preprocessing.filter: expected "bilinear", "bicubic" or "nearest", got "lanczos".""")]
    public void Json_that_is_wrong_is_refused_saying_where(string json, string message)
    {
        FormatException exception = Assert.Throws<FormatException>(() => Preprocessing.FromJson(json));

        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void Bgr_exchanges_red_and_blue_and_normalises_in_that_order()
    {
        var image = new RgbImage(2, 1, [10, 20, 30, 40, 50, 60]);
        var bgr = new Preprocessing(null, null, ChannelOrder.Bgr, [0f, 0.5f, 0f], [1 / 255f, 1f, 1f]);

        Tensor tensor = bgr.Apply(image);

        Assert.Equal([1, 3, 1, 2], tensor.Shape);
        Assert.Equal([30 / 255f / (1 / 255f), 60 / 255f / (1 / 255f), (20 / 255f) - 0.5f, (50 / 255f) - 0.5f, 10 / 255f, 40 / 255f], tensor.Span.ToArray());
        Assert.Equal(image.Data, bgr.ApplyToPixels(image).Data);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Vectors_normalise_to_the_same_bits_as_the_plain_loop(int channels)
    {
        float[] mean = [.. new[] { 0.485f, 0.456f, 0.406f }.Take(channels)];
        float[] deviation = [.. new[] { 0.229f, 0.224f, 0.225f }.Take(channels)];
        for (int pixels = 1; pixels < 120; pixels++)
        {
            byte[] bytes = [.. Enumerable.Range(0, pixels * channels).Select(i => (byte)(i * 37))];
            var fast = new float[bytes.Length];
            var plain = new float[bytes.Length];

            Normalisation.Normalise(bytes, channels, mean, deviation, fast);
            Normalisation.NormaliseScalar(bytes, channels, mean, deviation, plain);

            Assert.Equal(MemoryMarshal.AsBytes<float>(plain).ToArray(), MemoryMarshal.AsBytes<float>(fast).ToArray());
        }
    }

    [Theory]
    [InlineData(500, 375, 341, 256)]
    [InlineData(375, 500, 256, 341)]
    [InlineData(256, 257, 256, 257)]
    [InlineData(512, 769, 256, 384)] // 384.5: to even, as Python rounds
    [InlineData(512, 771, 256, 386)] // 385.5
    public void The_other_side_is_rounded(int width, int height, int newWidth, int newHeight) =>
        Assert.Equal(new ImageSize(newHeight, newWidth), new ResizeShorterSide(256).SizeFor(width, height));

    [Fact]
    public void An_image_smaller_than_the_crop_is_refused()
    {
        var crop = new Preprocessing(null, new ImageSize(4, 4), ChannelOrder.Grey, [0f], [1f]);

        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => crop.Apply(new RgbImage(3, 5, new byte[45])));

        Assert.Equal(
            "image: expected at least 4×4 pixels, the size of the crop, got 3×5. Use a preprocessing that resizes first, or leave it out.", exception.Message);
    }
}
