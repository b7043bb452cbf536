using System.Text.Json;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using static ResNetMl.Networks.Layers;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>Shapes that layers make, and what is said where they cannot.</summary>
public sealed class ShapeTests
{
    // Witness: tests/References/window_sizes.py (PyTorch) wrote window-sizes.json.
    [Fact]
    public void Windows_have_as_many_places_as_in_pytorch()
    {
        foreach (JsonElement[] fields in GoldenFile.Read<JsonElement[][]>("window-sizes.json"))
        {
            Size2d input = SizeOf(fields[1]), kernel = SizeOf(fields[2]), stride = SizeOf(fields[3]), pad = SizeOf(fields[4]);
            var padding = new Padding2d(pad.Height, pad.Width, pad.Height, pad.Width);
            Size2d dilation = SizeOf(fields[5]), expected = SizeOf(fields[7]);
            bool ceilMode = fields[6].GetBoolean();
            PrimitiveLayer layer = fields[0].GetString() switch
            {
                "conv" => new Conv2d(1, 1, kernel, stride, padding, dilation: dilation),
                "max" => new Pool2d(PoolingKind.Max, kernel, stride, padding, ceilMode),
                _ => new Pool2d(PoolingKind.Average, kernel, stride, padding, ceilMode),
            };

            Shape output = layer.InferShape("node", [[1, 1, input.Height, input.Width]]);

            Assert.True(output == [1, 1, expected.Height, expected.Width], $"{string.Join(" ", fields)}: got {output}");
        }
    }

    // He et al. 2015, table 1: the sizes of the last values of stem and stages for 224×224 images.
    [Theory]
    [InlineData("resnet18", 64, 128, 256, 512)]
    [InlineData("resnet50", 256, 512, 1024, 2048)]
    public void Imagenet_stages_have_table_1s_sizes(string name, int channels1, int channels2, int channels3, int channels4)
    {
        IReadOnlyList<SummaryStage> stages = NetworkSummary.Of(NetworkCatalog.Define(name)).Stages;
        Shape[] expected = [[64, 56, 56], [channels1, 56, 56], [channels2, 28, 28], [channels3, 14, 14], [channels4, 7, 7], [1000]];
        Assert.Equal(expected, stages.Select(stage => stage.OutputShape));
    }

    // He et al. 2015, section 4.2: feature maps of sizes {32, 16, 8} with {16, 32, 64} channels; 28×28 images halve to 14 and 7.
    [Fact]
    public void Cifar_stages_halve_small_images()
    {
        NetworkDefinition grey = NetworkCatalog.Define("resnet20", classes: 10, inputShape: [1, 28, 28]);
        Assert.Equal([[16, 28, 28], [16, 28, 28], [32, 14, 14], [64, 7, 7], [10]], NetworkSummary.Of(grey).Stages.Select(stage => stage.OutputShape));
        Assert.Equal([1, 64, 8, 8], NetworkCatalog.Define("resnet20").ShapeOf("layer3.2.add"));
    }

    [Theory]
    [InlineData("resnet50", 1, 1)]
    [InlineData("resnet18-option-a", 33, 47)]
    [InlineData("resnet20", 1, 5)]
    [InlineData("resnet20-option-b", 31, 29)]
    public void Images_of_any_size_pass(string name, int height, int width)
    {
        NetworkDefinition network = NetworkCatalog.Define(name, classes: 3, inputShape: [3, height, width]);
        Assert.Equal([1, 3], network.ShapeOf(network.Outputs[0]));
    }

    [Fact]
    public void A_definition_takes_another_input_shape_and_keeps_its_state()
    {
        NetworkDefinition small = NetworkCatalog.Define("resnet20");
        NetworkDefinition large = small.WithInputShape([3, 64, 48]);
        Assert.Equal([1, 64, 16, 12], large.ShapeOf("layer3.2.add"));
        Assert.Equal(small.State, large.State);
    }

    [Fact]
    public void Wrong_channels_are_named() => AssertMismatch(
        "conv1: expected input [N, 3, H, W], got [1, 1, 8, 8]. The channels of the layer before it, or of the images, differ.",
        [1, 8, 8],
        Conv3x3(3, 8).Named("conv1"));

    [Fact]
    public void Wrong_channels_of_batch_norm_are_named() => AssertMismatch(
        "bn1: expected input [N, 16, H, W], got [1, 8, 8, 8]. Give it the channels of the layer before it.",
        [3, 8, 8],
        Sequence(Conv3x3(3, 8), BatchNorm(16).Named("bn1")));

    [Fact]
    public void A_window_larger_than_the_image_is_named() => AssertMismatch(
        "maxpool: expected input of at least the 3×3 window less its padding, got [1, 3, 2, 9]. Use larger images.",
        [3, 2, 9],
        MaxPool(kernelSize: 3, stride: 2));

    [Fact]
    public void Windows_whose_extent_32_bits_do_not_hold_are_still_larger_than_the_image()
    {
        // 4095 · 2²⁰ + 1 elements; modulo 2³² that would be negative.
        AssertMismatch(
            "maxpool: expected input of at least the 4096×4096 window less its padding, got [1, 3, 8, 8]. Use larger images.",
            [3, 8, 8],
            new Pool2d(PoolingKind.Max, 4096, stride: 1, dilation: 1 << 20));
        AssertMismatch(
            "conv: expected an output axis of at most 2147483647 elements, got 4294967302.",
            [3, 8, 8],
            new Conv2d(3, 3, 1, padding: int.MaxValue));
    }

    [Fact]
    public void Strides_as_long_as_numbers_go_leave_one_place() => Assert.Equal(
        [1, 3, 1, 1],
        NetworkDefinition.FromLayer("tiny", [3, 8, 8], new Pool2d(PoolingKind.Max, 3, stride: int.MaxValue, ceilMode: true)).ShapeOf("maxpool"));

    [Fact]
    public void Branches_of_different_shapes_are_named() => AssertMismatch(
        "layer2.0.add: expected branches of equal shapes, got [1, 32, 4, 4] and [1, 16, 8, 8]. " +
        "A shortcut that changes shape needs a projection (option B) or zero padding (option A).",
        [16, 8, 8],
        Stages.Stage(2, 1, 16, 32, 2, (inChannels, outChannels, stride) => Blocks.Residual(Blocks.BasicBranch(inChannels, outChannels, stride), Identity())));

    [Fact]
    public void A_linear_layer_on_feature_maps_is_named() => AssertMismatch(
        "fc: expected input [N, 12], got [1, 3, 2, 2]. Feature maps need a global pool and Flatten before them.",
        [3, 2, 2],
        Linear(12, 2).Named("fc"));

    [Fact]
    public void Pooling_after_flatten_is_named()
    {
        AssertMismatch(
            "maxpool: expected input [N, C, H, W], got [1, 12]. Pooling reads feature maps: place it before Flatten.",
            [3, 2, 2],
            Sequence(Flatten(), MaxPool(2, 2)));
        AssertMismatch(
            "avgpool: expected input [N, C, H, W], got [1, 12]. Pooling reads feature maps: place it before Flatten.",
            [3, 2, 2],
            Sequence(Flatten(), GlobalAveragePool()));
        AssertMismatch(
            "shortcut: expected input [N, C, H, W], got [1, 12]. A shortcut reads feature maps.",
            [3, 2, 2],
            Sequence(Flatten(), new ZeroPadShortcut(2, 1, 1)));
    }

    private static void AssertMismatch(string expected, Shape inputShape, Layer layer) =>
        Assert.Equal(expected, Assert.Throws<ShapeMismatchException>(() => NetworkDefinition.FromLayer("tiny", inputShape, layer)).Message);

    private static Size2d SizeOf(JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());
}
