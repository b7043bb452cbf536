using ResNetMl.Interchange.Onnx;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>How the images' axis and shape arithmetic are understood. Expected numbers by arithmetic.</summary>
public sealed class BatchAxisTests
{
    [Theory]
    [InlineData("N", 0L, -1L)]
    [InlineData("N", -1L, 12L)]
    [InlineData("N", 1L, -1L)]
    [InlineData(1, 1L, 12L)]
    [InlineData(1, 1L, -1L)]
    [InlineData(5, 5L, 12L)]
    public void A_reshape_before_the_classifier_keeps_the_images(object batch, long first, long second)
    {
        ImportedNetwork network = new TestModel().Input("x", batch, 3, 2, 2).Integers("shape", first, second).Weights("fc.weight", 2, 12)
            .Node("Reshape", "flat", ["x", "shape"]).Node("Gemm", "y", ["flat", "fc.weight"], OnnxGraph.Attribute("transB", 1L)).Output("y").Read();

        Assert.True(network.HasBatchAxis);
        Assert.Equal(["flat: Flatten", "fc: Linear"], Layers(network));
        Assert.Equal(new Shape(1, 2), network.Definition.ShapeOf("fc"));
    }

    [Fact]
    public void Shape_arithmetic_around_a_reshape_folds()
    {
        // x.view(x.size(0), x.size(1) // 2, -1), as torch.onnx writes it.
        ImportedNetwork network = new TestModel().Input("x", "N", 4, 3, 2).Integers("zero", 0).Integers("one", 1).Integers("two", 2).Integers("rest", -1)
            .Node("Shape", "shape", ["x"]).Node("Gather", "n", ["shape", "zero"]).Node("Gather", "c", ["shape", "one"]).Node("Div", "half", ["c", "two"])
            .Node("Concat", "target", ["n", "half", "rest"], OnnxGraph.Attribute("axis", 0L)).Node("Reshape", "y", ["x", "target"]).Output("y").Read();

        Assert.True(network.HasBatchAxis);
        Assert.Equal(["y: Reshape"], Layers(network));
        Assert.Equal(new Shape(1, 2, 12), network.Definition.ShapeOf("y"));
    }

    [Fact]
    public void A_graph_that_works_along_axis_0_has_no_batch()
    {
        TestModel model = new TestModel().Input("x", 2, 3).Node("Softmax", "y", ["x"], OnnxGraph.Attribute("axis", 0L)).Output("y");

        ImportedNetwork network = model.Read();
        Tensor output = ExportTests.RunAll(network, new Tensor([1, 2, 3], [0, 0, 0, 0, MathF.Log(3), 0]))[0];

        Assert.False(network.HasBatchAxis);
        Networks.AssertClose([0.5f, 0.25f, 0.5f, 0.5f, 0.75f, 0.5f], output.Span, 1e-6);
        Assert.Equal(
            "ONNX model: node 'y' (Softmax): works along axis 0, which mixes images if axis 0 counts them. Images are scored in batches here, so that axis must pass through untouched.",
            model.Refusal(new OnnxImportOptions { BatchAxis = OnnxBatchAxis.First }));
    }

    [Fact]
    public void Inputs_without_a_batch_are_read_so_on_request()
    {
        ImportedNetwork network = new TestModel().Input("x", 2, 3).Node("Relu", "y", ["x"]).Output("y").Read(new OnnxImportOptions { BatchAxis = OnnxBatchAxis.None });

        Assert.False(network.HasBatchAxis);
        Assert.Equal(new Shape(1, 2, 3), network.Definition.Inputs[0].Shape);
    }

    [Fact]
    public void Zeros_around_an_image_become_the_convolutions_padding()
    {
        ImportedNetwork network = new TestModel().Input("x", "N", 1, 4, 4).Integers("pads", 0, 0, 1, 2, 0, 0, 3, 0).Weights("stem.weight", 1, 1, 3, 3)
            .Node("Pad", "padded", ["x", "pads"]).Node("Conv", "y", ["padded", "stem.weight"], OnnxGraph.Attribute("pads", 0, 1, 0, 1)).Output("y").Read();

        Assert.Equal(["stem: Conv2d"], Layers(network));
        Assert.Equal(new Padding2d(1, 3, 3, 1), ((Conv2d)network.Definition.Nodes[0].Layer).Padding);
    }

    [Fact]
    public void A_padded_image_that_is_read_twice_keeps_its_padding()
    {
        ImportedNetwork network = new TestModel().Input("x", "N", 1, 4, 4).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).Weights("stem.weight", 1, 1, 3, 3)
            .Node("Pad", "padded", ["x", "pads"]).Node("Conv", "y", ["padded", "stem.weight"]).Output("y").Output("padded").Read();

        Assert.Equal(["padded: Pad", "padded2: Pad", "stem: Conv2d"], Layers(network));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    public void Option_A_is_recognised_in_both_of_its_forms(int opset)
    {
        NetworkDefinition definition = new(
            "shortcut", [new NetworkInput("input", [1, 2, 5, 7])], [new Node("layer2.0.shortcut", new ZeroPadShortcut(2, 1, 1), ["input"])], ["layer2.0.shortcut"]);

        ImportedNetwork back = OnnxFile.Read(OnnxFile.ToBytes(ExportTests.Random(definition), new OnnxExportOptions { Opset = opset }));

        Assert.Equal(["layer2.0.shortcut: ZeroPadShortcut"], Layers(back));
        Assert.Equal(new ZeroPadShortcut(2, 1, 1), back.Definition.Nodes[0].Layer);
    }

    [Fact]
    public void A_product_and_a_sum_are_one_linear_layer_and_a_gate_by_its_own_sigmoid_is_Silu()
    {
        ImportedNetwork network = new TestModel().Input("x", "N", 3).Weights("head.weight", 3, 4).Weights("bias", 4).Node("Sigmoid", "s", ["x"])
            .Node("Mul", "silu", ["x", "s"]).Node("MatMul", "product", ["silu", "head.weight"]).Node("Add", "y", ["bias", "product"]).Output("y").Read();

        Assert.Equal(["silu: Activation", "head: Linear"], Layers(network));
        Assert.Equal(new Activation(ActivationKind.Silu), network.Definition.Nodes[0].Layer);
        Assert.True(((Linear)network.Definition.Nodes[1].Layer).HasBias);
    }

    private static string[] Layers(ImportedNetwork network) => [.. network.Definition.Nodes.Select(node => $"{node.Name}: {node.Layer.GetType().Name}")];
}
