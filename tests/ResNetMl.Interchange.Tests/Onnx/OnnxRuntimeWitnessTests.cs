using Google.Protobuf;
using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Interchange.Onnx;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;
using ResNetMl.Transforms.Onnx;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Models in all opsets, also those that are newer than the backend tests. Witness: ONNX Runtime, which runs the same bytes.</summary>
public sealed class OnnxRuntimeWitnessTests
{
    public static TheoryData<string> LayerNetworks => new(EveryLayer.Definitions.Keys);

    public static TheoryData<string> NewerModels => new(Models.Keys);

    private static Dictionary<string, TestModel> Models { get; } = new(StringComparer.Ordinal)
    {
        ["split 18"] = new TestModel(18).Input("x", "N", 7, 2).Node("Split", "a", ["x"], OnnxGraph.Attribute("axis", 1L), OnnxGraph.Attribute("num_outputs", 1L)).Output("a"),
        ["pad 19 with axes"] = new TestModel(19).Input("x", "N", 3, 4).Integers("pads", 1, -1, 2, 1).Floats("value", [], 0.5f).Integers("axes", -1, 1)
            .Node("Pad", "y", ["x", "pads", "value", "axes"]).Output("y"),
        ["reduce 18"] = new TestModel(18).Input("x", "N", 3, 4, 5).Integers("axes", -1, 1).Node("ReduceMax", "m", ["x", "axes"], OnnxGraph.Attribute("keepdims", 0L))
            .Node("ReduceMean", "same", ["m"], OnnxGraph.Attribute("noop_with_empty_axes", 1L)).Node("Relu", "y", ["same"]).Output("y"),
        ["average pool 19 dilated"] = new TestModel(19).Input("x", "N", 2, 9, 8).Node(
            "AveragePool", "y", ["x"], OnnxGraph.Attribute("kernel_shape", 2, 3), OnnxGraph.Attribute("dilations", 2, 1), OnnxGraph.Attribute("strides", 2, 1),
            OnnxGraph.Attribute("pads", 1, 1, 0, 2), OnnxGraph.Attribute("ceil_mode", 1L)).Output("y"),
        ["average pool 21 same lower"] = new TestModel(21).Input("x", "N", 2, 9, 8).Node(
            "AveragePool", "y", ["x"], OnnxGraph.Attribute("kernel_shape", 4, 3), OnnxGraph.Attribute("strides", 2, 3), OnnxGraph.Attribute("auto_pad", "SAME_LOWER"),
            OnnxGraph.Attribute("count_include_pad", 1L)).Output("y"),
        ["max pool 21 of a volume"] = new TestModel(21).Input("x", "N", 2, 5, 6, 7).Node(
            "MaxPool", "y", ["x"], OnnxGraph.Attribute("kernel_shape", 2, 3, 2), OnnxGraph.Attribute("pads", 1, 1, 0, 0, 1, 1), OnnxGraph.Attribute("strides", 2, 1, 2)).Output("y"),
        ["gelu 20"] = new TestModel(20).Input("x", "N", 6).Node("Gelu", "y", ["x"]).Output("y"),
        ["conv 21 of a line"] = new TestModel(21).Input("x", "N", 4, 9).Weights("c.weight", 6, 2, 3).Weights("c.bias", 6).Node(
            "Conv", "y", ["x", "c.weight", "c.bias"], OnnxGraph.Attribute("group", 2L), OnnxGraph.Attribute("auto_pad", "SAME_UPPER"), OnnxGraph.Attribute("strides", 2)).Output("y"),
        ["batch norm 15 of rows"] = new TestModel(20).Input("x", "N", 3).Weights("b.weight", 3).Weights("b.bias", 3).Weights("b.running_mean", 3).Weights("b.running_var", 3)
            .Node("BatchNormalization", "y", ["x", "b.weight", "b.bias", "b.running_mean", "b.running_var"], OnnxGraph.Attribute("epsilon", 0.01f)).Output("y"),
        ["prelu"] = new TestModel(18).Input("x", "N", 3, 4).Weights("slope", 3, 1).Node("PRelu", "y", ["x", "slope"]).Output("y"),
        ["softmax over channels"] = new TestModel(21).Input("x", "N", 3, 2, 2).Node("LogSoftmax", "y", ["x"], OnnxGraph.Attribute("axis", -3L)).Output("y"),
        ["attention"] = new TestModel(21).Input("x", "N", 5, 8).Weights("q", 8, 6).Weights("k", 8, 6)
            .Node("MatMul", "xq", ["x", "q"]).Node("MatMul", "xk", ["x", "k"]).Node("Transpose", "kt", ["xk"], OnnxGraph.Attribute("perm", 0, 2, 1))
            .Node("MatMul", "scores", ["xq", "kt"]).Node("Softmax", "p", ["scores"]).Node("MatMul", "y", ["p", "x"]).Output("y"),
        ["gemm scaled"] = new TestModel(18).Input("x", "N", 5).Weights("w", 5, 4).Weights("c", 1, 4).Node(
            "Gemm", "y", ["x", "w", "c"], OnnxGraph.Attribute("alpha", 0.5f), OnnxGraph.Attribute("beta", -2f)).Output("y"),
        ["slices"] = new TestModel(18).Input("x", "N", 5, 6).Integers("starts", -1, 1).Integers("ends", int.MinValue, 1 << 30).Integers("axes", 1, 2).Integers("steps", -2, 2)
            .Node("Slice", "y", ["x", "starts", "ends", "axes", "steps"]).Output("y"),
        ["gather and expand"] = new TestModel(18).Input("x", "N", 5, 1).Integers("places", 3, 0, -1).Integers("shape", 1, 1, 4)
            .Node("Gather", "g", ["x", "places"], OnnxGraph.Attribute("axis", 1L)).Node("Expand", "y", ["g", "shape"]).Output("y"),
        ["clip below"] = new TestModel(18).Input("x", "N", 5).Floats("least", [], 0.25f).Node("Clip", "y", ["x", "least"]).Output("y"),
        ["squeeze and excitation"] = new TestModel(21).Input("x", "N", 4, 5, 6).Integers("axes", 2, 3).Weights("w", 4, 4, 1, 1)
            .Node("ReduceMean", "pool", ["x", "axes"]).Node("Conv", "c", ["pool", "w"]).Node("HardSigmoid", "gate", ["c"]).Node("Mul", "y", ["x", "gate"]).Output("y"),
    };

    [Theory]
    [MemberData(nameof(LayerNetworks))]
    public void Every_layer_written_in_every_opset_gives_there_what_it_gives_here(string name)
    {
        RequireOnnxRuntime();
        ImportedNetwork network = ExportTests.Random(EveryLayer.Definitions[name]);
        Tensor[] inputs = [.. network.Definition.Inputs.Select(input => ExportTests.Numbers(input.Shape.With(0, 3)))];
        foreach (IBackend backend in Backends.Available)
        {
            IReadOnlyList<Tensor> expected = ExportTests.RunAll(backend, network, inputs);
            foreach (int opset in (int[])[10, 11, 13, 17, 18, 19, 20, 21])
            {
                if (name == "newer pools" && opset < 19)
                {
                    continue;
                }

                AssertLike(expected, OnnxFile.ToBytes(network, new OnnxExportOptions { Opset = opset }), inputs);
            }
        }
    }

    [Theory]
    [MemberData(nameof(NewerModels))]
    public void Models_of_newer_opsets_give_here_what_they_give_there(string name)
    {
        RequireOnnxRuntime();
        TestModel model = Models[name];
        ImportedNetwork network = model.Read();
        Tensor input = ExportTests.Numbers(network.Definition.Inputs[0].Shape.With(0, 2));

        Assert.True(network.HasBatchAxis);
        foreach (IBackend backend in Backends.Available)
        {
            AssertLike(ExportTests.RunAll(backend, network, input), model.Bytes, input);
        }
    }

    public static TheoryData<string> Preprocessings => new(
        """{"resize":{"height":20,"width":30},"crop":null,"channelOrder":"RGB","mean":[0.485,0.456,0.406],"standardDeviation":[0.229,0.224,0.225]}""",
        """{"resize":{"shorterSide":25},"crop":{"height":20,"width":22},"channelOrder":"BGR","mean":[0.5,0.4,0.3],"standardDeviation":[0.5,0.25,1]}""",
        """{"resize":{"shorterSide":70},"crop":{"height":64,"width":65},"channelOrder":"Grey","mean":[0.286],"standardDeviation":[0.353]}""",
        """{"resize":{"height":90,"width":33},"crop":null,"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1],"filter":"bicubic"}""",
        """{"resize":{"height":30,"width":100},"crop":null,"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1],"filter":"nearest"}""",
        """{"resize":null,"crop":{"height":33,"width":32},"channelOrder":"RGB","mean":[0,0,0],"standardDeviation":[1,1,1]}""");

    [Theory]
    [MemberData(nameof(Preprocessings))]
    public void Preprocessing_inside_the_graph_prepares_as_outside(string json)
    {
        RequireOnnxRuntime();
        Preprocessing preprocessing = Preprocessing.FromJson(json);
        (int width, int height) = (61, 47);
        byte[] pixels = [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)((i * 37 % 256 / 4) + (i / 90)))];
        Tensor expected = preprocessing.Apply(new RgbImage(width, height, pixels));
        NetworkDefinition nothing = new(
            "nothing", [new NetworkInput("input", expected.Shape)], [new Node("output", new Activation(ActivationKind.Abs), ["input"])], ["output"]);
        byte[] bytes = OnnxFile.ToBytes(
            new ImportedNetwork(nothing, new StateDictionary()) { Preprocessing = preprocessing }, new OnnxExportOptions { IncludesPreprocessing = true });
        using OnnxRuntimeModel asWritten = OnnxRuntimeModel.Load(bytes);

        // The runtime is fed single precision here: the same graph with that as its input's type.
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        model.Graph.Input[0].Type.TensorType.ElemType = ElementKind.Float;
        using OnnxRuntimeModel fed = OnnxRuntimeModel.Load(model.ToByteArray());
        Tensor actual = fed.Run(new Tensor([1, height, width, 3], Array.ConvertAll(pixels, pixel => (float)pixel)));

        Assert.Equal("image", asWritten.Inputs[0].Name);
        Assert.Equal([null, null, null, 3], asWritten.Inputs[0].Dimensions);
        Assert.Equal(expected.Shape, actual.Shape);
        int plane = expected.Shape[2] * expected.Shape[3];
        int different = 0;
        for (int i = 0; i < expected.Span.Length; i++)
        {
            // In 8-bit steps: sums that end near a half may be rounded to either side.
            double step = 1 / (255.0 * preprocessing.StandardDeviation[i / plane]);
            double difference = Math.Abs(Math.Abs(expected.Span[i]) - actual.Span[i]) / step;
            Assert.True(difference < 1.001, $"element {i} differs by {difference} of a step");
            different += difference > 0.5 ? 1 : 0;
        }

        Assert.True(different <= (preprocessing.Resize is null ? 0 : expected.Span.Length / 50), $"{different} of {expected.Span.Length} numbers differ");
    }

    private static void AssertLike(IReadOnlyList<Tensor> actual, byte[] bytes, params Tensor[] inputs)
    {
        using OnnxRuntimeModel model = OnnxRuntimeModel.Load(bytes);
        IReadOnlyDictionary<string, Tensor> results = model.Run(
            model.Inputs.Select((input, i) => (input.Name, inputs[i])).ToDictionary(input => input.Name, input => input.Item2, StringComparer.Ordinal));
        Tensor[] expected = [.. model.Outputs.Select(output => results[output.Name])];
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);

            // Single precision on both sides; powers and logarithms of chains of twenty activations lose the most.
            Networks.AssertClose(expected[i].Span, actual[i].Span, 2e-5);
        }
    }

    private static void RequireOnnxRuntime()
    {
        if (OnnxRuntimeExecutor.Instance is null)
        {
            Assert.Skip($"needs ONNX Runtime: {OnnxRuntimeExecutor.UnavailableReason}");
        }
    }
}
