using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.TensorFlow;

/// <summary>GraphDefs written here give the same numbers in other readers: OpenCV, and numpy by TensorFlow's descriptions.</summary>
public sealed class TensorFlowFileTests(GraphReaders readers) : IClassFixture<GraphReaders>
{
    // Rounding differences of sums; the deepest case has 20 layers.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> AllCases => new(GraphCases.All.Select(one => one.Name));

    public static TheoryData<string> CasesOfOpenCv => new(GraphCases.All.Where(one => one.IsReadByOpenCv).Select(one => one.Name));

    [Theory, MemberData(nameof(AllCases))]
    public void TensorFlows_operations_as_described_compute_what_the_network_computes(string name) => AssertAnswer(name, "numpy");

    [Theory, MemberData(nameof(CasesOfOpenCv))]
    public void OpenCV_computes_what_the_network_computes(string name)
    {
        Python.Require("cv2", "python3-opencv");
        AssertAnswer(name, "opencv");
    }

    [Theory]
    [InlineData("resnet20", "resnet20-12fca82f.th", 500)]
    [InlineData("resnet56", "resnet56-4bfd9763.th", 100)]
    public void Published_CIFAR_networks_have_the_logits_of_PyTorch_in_OpenCV(string name, string file, int count)
    {
        Python.Require("cv2", "python3-opencv");
        ImportedNetwork network = KnownNetworks.Recognize(PyTorchFile.Read(CifarOracle.Model(file)))!;
        var images = new Tensor([count, 3, 32, 32], CifarOracle.Images().Span[..(count * 3 * 32 * 32)]);
        string folder = Directory.CreateTempSubdirectory("resnetml-graphdef-").FullName;
        try
        {
            GraphReaders.Run(folder, [(name, network, images, ["opencv"])]);

            CifarOracle.AssertLogits(name, GraphReaders.Answer(folder, name, "opencv"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        GraphCase one = GraphCases.All[0];

        Assert.Equal(
            TensorFlowFile.ToBytes(new ImportedNetwork(one.Definition, one.Weights())),
            TensorFlowFile.ToBytes(new ImportedNetwork(one.Definition, one.Weights())));
    }

    [Fact]
    public void What_TensorFlow_cannot_express_is_refused_by_node()
    {
        Refuses(
            "Node 'pool' (Pool2d): expected a layer that TensorFlow's operations express, but its pooling has no dilation. " +
            "Export the network to ONNX instead.",
            [3, 8, 8],
            ("pool", new Pool2d(PoolingKind.Max, 3, 1, dilation: 2), ["input"]));
        Refuses(
            "Node 'norm' (LocalResponseNorm): expected a layer that TensorFlow's operations express, but its LRN reads feature maps [N, C, H, W] and takes " +
            "as many channels on both sides: an odd size. Export the network to ONNX instead.",
            [3, 8, 8],
            ("norm", new LocalResponseNorm(4), ["input"]));
        Refuses(
            "Node 'edge' (Pad): expected a layer that TensorFlow's operations express, but it repeats an edge at most 16 times. " +
            "Export the network to ONNX instead.",
            [3, 8, 8],
            ("edge", new Pad(2, 17, 0, PadMode.Edge), ["input"]));
        Refuses(
            "Node 'both' (Concat): expected a layer that TensorFlow's operations express, but a constant cannot be repeated for each image here. " +
            "Export the network to ONNX instead.",
            [3, 8, 8],
            ("c", new Constant([3, 8, 8]), []),
            ("both", new Concat(1), ["input", "c"]));
        Refuses(
            "Output 'c': expected a value that depends on the images, got a constant. Leave it out of the outputs.",
            [3, 8, 8],
            ("c", new Constant([3, 8, 8]), []));
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => TensorFlowFile.ToBytes(new ImportedNetwork(NetworkCatalog.Define("resnet8"), new StateDictionary())));

        Assert.Equal(
            "Network 'resnet8': expected weights 'conv1.weight' of Float32 [16, 3, 3, 3], got none. The weights are of another network. (Parameter 'network')",
            error.Message);
    }

    private static void Refuses(string expected, Shape input, params (string Name, PrimitiveLayer Layer, string[] Inputs)[] nodes)
    {
        var definition = new NetworkDefinition(
            "refused", [new NetworkInput("input", input.Prepend(1))], [.. nodes.Select(node => new Node(node.Name, node.Layer, node.Inputs))], [nodes[^1].Name]);
        GraphCase one = new("refused", definition);

        Assert.Equal(expected, Assert.Throws<InterchangeException>(() => TensorFlowFile.ToBytes(new ImportedNetwork(definition, one.Weights()))).Message);
    }

    private void AssertAnswer(string name, string reader)
    {
        GraphCase one = GraphCases.All.Single(one => one.Name == name);
        float[] answer = readers.Answer(name, reader);
        Tensor expected = Networks.Run(ResNetMl.Engine.Backends.Managed, one.Definition, one.Weights(), one.Input());

        Networks.AssertClose(
            ChannelsLast.Permute(expected.Span, expected.Shape, ChannelsLast.FromOwn(expected.Shape.Rank)), answer, Tolerance);
    }
}
