using System.Text;
using ResNetMl.Networks;

namespace ResNetMl.Foundation.Tests.Networks;

/// <summary>What is not a network is refused, with a message that names the place; nothing read takes memory beyond the limits.</summary>
public sealed class NetworkJsonStrictnessTests
{
    /// <summary>A file of version 1 as it was written on the day the format was fixed: it must stay readable.</summary>
    private const string Version1 =
        """
        {
          "format": "resnetml-network", "version": 1,
          "name": "tiny",
          "inputs": [
            {"name":"input","shape":[1,3,8,8]}
          ],
          "nodes": [
            {"name":"conv","type":"Conv2d","inputs":["input"],"attributes":{"inChannels":3,"outChannels":4,"kernelSize":[3,5],"stride":[1,2],"padding":[1,2,1,2],"groups":1,"dilation":[1,1],"hasBias":true}},
            {"name":"bn","type":"BatchNorm","inputs":["conv"],"attributes":{"channels":4,"epsilon":1E-05,"momentum":0.1,"weightInitialization":"zeros"}},
            {"name":"relu","type":"Activation","inputs":["bn"],"attributes":{"kind":"relu"}},
            {"name":"same","type":"Identity","inputs":["relu"],"attributes":{}},
            {"name":"add","type":"Add","inputs":["relu","same"],"attributes":{}},
            {"name":"shortcut","type":"ZeroPadShortcut","inputs":["add"],"attributes":{"stride":2,"channelsBefore":1,"channelsAfter":1}},
            {"name":"maxpool","type":"Pool2d","inputs":["shortcut"],"attributes":{"kind":"max","kernelSize":[2,2],"stride":[2,2],"padding":[0,0,0,0],"ceilMode":false,"countsPadding":true}},
            {"name":"avgpool","type":"GlobalAveragePool","inputs":["maxpool"],"attributes":{}},
            {"name":"flatten","type":"Flatten","inputs":["avgpool"],"attributes":{}},
            {"name":"dropout","type":"Dropout","inputs":["flatten"],"attributes":{"rate":0.5}},
            {"name":"fc","type":"Linear","inputs":["dropout"],"attributes":{"inFeatures":6,"outFeatures":2,"hasBias":true}}
          ],
          "outputs": ["fc"]
        }

        """;

    [Fact]
    public void A_file_of_version_1_reads_as_what_it_says()
    {
        NetworkDefinition read = NetworkJson.Read(Version1);

        PrimitiveLayer[] expected =
        [
            new Conv2d(3, 4, new Size2d(3, 5), new Size2d(1, 2), new Padding2d(1, 2, 1, 2), hasBias: true),
            new BatchNorm(4) { WeightInitialization = Initialization.Zeros },
            new Activation(ActivationKind.Relu),
            new Identity(),
            new Add(),
            new ZeroPadShortcut(2, 1, 1),
            new Pool2d(PoolingKind.Max, 2),
            new GlobalAveragePool(),
            new Flatten(),
            new Dropout(0.5f),
            new Linear(6, 2),
        ];
        Assert.Equal(expected, read.Nodes.Select(node => node.Layer));
        Assert.Equal([1, 2], read.ShapeOf("fc"));
        Assert.Equal(Version1, NetworkJson.Write(read));
    }

    [Fact]
    public void Every_layer_that_a_node_can_hold_has_a_format()
    {
        IEnumerable<Type> layers = typeof(PrimitiveLayer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(PrimitiveLayer)) && !type.IsAbstract);
        Assert.Equal(layers.OrderBy(type => type.Name), LayerFormat.All.Select(format => format.LayerType).OrderBy(type => type.Name));
    }

    [Fact]
    public void A_byte_order_mark_is_allowed() =>
        Assert.Equal("tiny", NetworkJson.Read(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Version1)).ToArray()).Name);

    [Theory]
    [InlineData("resnetml-network", "onnx", "The network file, member 'format': expected \"resnetml-network\", got \"onnx\". Is it another kind of file?")]
    [InlineData("\"version\": 1", "\"version\": 2", "The network file has version 2; this program reads up to 1. Use a newer ResNetMl.")]
    [InlineData("\"version\": 1", "\"version\": 0", "The network file, member 'version': expected an integer from 1 to 2147483647, got 0.")]
    [InlineData("\"name\": \"tiny\",", "", "The network file lacks the member 'name'. Has the file been edited or cut?")]
    [InlineData("\"name\": \"tiny\"", "\"name\": \"tiny\", \"weights\": []", "The network file has an unknown member 'weights'; known: format, version, name, inputs, nodes, outputs.")]
    [InlineData("\"tiny\"", "\"\"", "The network file, member 'name': expected a text of 1 to 256 characters, none of them a control character, got \"\".")]
    [InlineData("\"tiny\"", "\"a\\nb\"", "The network file, member 'name': expected a text of 1 to 256 characters, none of them a control character, got \"a\\nb\".")]
    [InlineData("[1,3,8,8]", "[2,3,8,8]", "Input 'input': expected a shape with a batch of 1, got [2, 3, 8, 8].")]
    [InlineData("[1,3,8,8]", "[1,3,8,0]", "Input 1, member 'shape': expected a shape of 1 to 8 axes, the first being a batch of 1, integers from 1 to 1048576, got [1,3,8,0].")]
    [InlineData("[1,3,8,8]", "[1,3,8.5,8]", "Input 1, member 'shape': expected a shape of 1 to 8 axes, the first being a batch of 1, integers from 1 to 1048576, got [1,3,8.5,8].")]
    [InlineData("{\"name\":\"conv\",", "{", "Node 1 lacks the member 'name'. Has the file been edited or cut?")]
    [InlineData("{\"kind\":\"relu\"}", "[]", "Node 'relu' (Activation), attributes: expected an object, got [].")]
    [InlineData("\"Activation\"", "\"Swish\"", "Node 'relu' has the unknown type 'Swish'; known: Conv2d, BatchNorm, Activation, Add, Dropout, Identity, Pool2d, GlobalAveragePool, ZeroPadShortcut, Flatten, Linear, Arithmetic, Constant, MatMul, Reduce, Concat, Slice, Pad, Reshape, Transpose, Softmax, LocalResponseNorm, StochasticDepth, Conv3d. Was the file written by a newer ResNetMl?")]
    [InlineData("\"kind\":\"relu\"", "\"kind\":\"swish\"", "Node 'relu' (Activation), attribute 'kind': expected \"relu\" or \"leakyRelu\" or \"elu\" or \"selu\" or \"sigmoid\" or \"hardSigmoid\" or \"tanh\" or \"hardSwish\" or \"silu\" or \"gelu\" or \"clip\" or \"softplus\" or \"softsign\" or \"affine\" or \"exp\" or \"log\" or \"sqrt\" or \"abs\" or \"negate\" or \"reciprocal\", got \"swish\".")]
    [InlineData("\"kind\":\"max\"", "\"kind\":1", "Node 'maxpool' (Pool2d), attribute 'kind': expected \"max\" or \"average\", got 1.")]
    [InlineData("\"groups\":1,", "", "Node 'conv' (Conv2d) lacks the attribute 'groups'. Has the file been edited or cut?")]
    [InlineData("\"groups\":1,", "\"groups\":1,\"alpha\":2,", "Node 'conv' (Conv2d) has an unknown attribute 'alpha'; known: inChannels, outChannels, kernelSize, stride, padding, groups, dilation, hasBias, biasStart, weightInitialization.")]
    [InlineData("\"inputs\":[\"conv\"],\"attributes\":{", "\"inputs\":[\"conv\"],\"attributes\":{\"channels\":4,", "The network file is not valid JSON: Duplicate property 'channels' encountered during deserialization.")]
    [InlineData("\"groups\":1", "\"groups\":3", "Node 'conv' (Conv2d): groups (3) must divide inChannels (3) and outChannels (4). (Parameter 'groups')")]
    [InlineData("\"inChannels\":3", "\"inChannels\":-3", "Node 'conv' (Conv2d), attribute 'inChannels': expected an integer from 1 to 1048576, got -3.")]
    [InlineData("\"inChannels\":3", "\"inChannels\":99999999999999", "Node 'conv' (Conv2d), attribute 'inChannels': expected an integer from 1 to 1048576, got 99999999999999.")]
    [InlineData("\"kernelSize\":[3,5]", "\"kernelSize\":[3]", "Node 'conv' (Conv2d), attribute 'kernelSize': expected [height, width], integers from 1 to 4096, got [3].")]
    [InlineData("\"padding\":[1,2,1,2]", "\"padding\":[1,2,1,-2]", "Node 'conv' (Conv2d), attribute 'padding': expected [top, left, bottom, right], integers from 0 to 4096, got [1,2,1,-2].")]
    [InlineData("\"hasBias\":true}},\n    {\"name\":\"bn\"", "\"hasBias\":1}},\n    {\"name\":\"bn\"", "Node 'conv' (Conv2d), attribute 'hasBias': expected true or false, got 1.")]
    [InlineData("\"momentum\":0.1", "\"momentum\":1.5", "Node 'bn' (BatchNorm), attribute 'momentum': expected a number from 0 to 1, got 1.5.")]
    [InlineData("\"epsilon\":1E-05", "\"epsilon\":1e999", "Node 'bn' (BatchNorm), attribute 'epsilon': expected a number from 0 to 1, got 1e999.")]
    [InlineData("\"rate\":0.5", "\"rate\":1", "Node 'dropout' (Dropout), attribute 'rate': expected a number from 0 to 0.99999994, got 1.")]
    [InlineData("\"zeros\"", "\"heNormalFanOut\"", "Node 'bn' (BatchNorm), attribute 'weightInitialization': expected \"zeros\" or \"ones\", got \"heNormalFanOut\".")]
    [InlineData("\"channels\":4", "\"channels\":5", "The network file is inconsistent. bn: expected input [N, 5, H, W], got [1, 4, 8, 4]. Give it the channels of the layer before it.")]
    [InlineData("[\"relu\",\"same\"]", "[\"relu\",\"late\"]", "The network file is inconsistent. Network 'tiny': node 'add' reads 'late', which no input and no earlier node makes.")]
    [InlineData("[\"relu\",\"same\"]", "[\"relu\"]", "The network file is inconsistent. Network 'tiny': node 'add' (Add) reads 1 values, expected two or more.")]
    [InlineData("[\"relu\",\"same\"]", "[\"relu\",7]", "Node 'add', member 'inputs': expected each to be a text of 1 to 256 characters, none of them a control character, got 7.")]
    [InlineData("{\"name\":\"bn\"", "{\"name\":\"conv\"", "The network file is inconsistent. Network 'tiny' has two values named 'conv'; name each node once.")]
    [InlineData("[\"fc\"]", "[\"logits\"]", "The network file is inconsistent. Network 'tiny' has no value named 'logits', which its outputs name. (Parameter 'outputs')")]
    [InlineData("[\"fc\"]", "[]", "The network file is inconsistent. Network 'tiny' needs at least one input and one output.")]
    [InlineData("[\"fc\"]", "\"fc\"", "The network file, member 'outputs': expected an array, got \"fc\".")]
    [InlineData("[1,3,8,8]", "[1,3,100000,100000]", "The network file is beyond the limits: input 'input' has shape [1, 3, 100000, 100000], more than 268,435,456 elements.")]
    [InlineData("\"channelsAfter\":1", "\"channelsAfter\":1000000", "The network file is inconsistent. fc: expected input [N, 6], got [1, 1000005]. Feature maps need a global pool and Flatten before them.")]
    [InlineData("\"outFeatures\":2", "\"outFeatures\":null", "Node 'fc' (Linear), attribute 'outFeatures': expected an integer from 1 to 1048576, got null.")]
    public void A_wrong_file_is_refused_naming_the_place(string text, string replacement, string expectedMessage)
    {
        Assert.Contains(text, Version1, StringComparison.Ordinal);
        int place = Version1.IndexOf(text, StringComparison.Ordinal);
        string wrong = Version1[..place] + replacement + Version1[(place + text.Length)..];

        var error = Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(wrong));

        Assert.Equal(expectedMessage, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1, 2")]
    [InlineData("not json")]
    public void What_is_not_json_is_refused(string text) =>
        Assert.StartsWith("The network file is not valid JSON: ", Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        string content = Version1.TrimEnd();
        Assert.All(Enumerable.Range(0, content.Length), length =>
            Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(content[..length])));
    }

    [Fact]
    public void A_file_longer_than_the_limit_is_refused_unread() =>
        Assert.Equal(
            "The network file is 16,777,217 bytes long; networks are read up to 16,777,216.",
            Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(new byte[NetworkLimits.MaxBytes + 1])).Message);

    [Fact]
    public void A_short_file_that_asks_for_much_memory_is_refused_without_taking_it()
    {
        // Each of 1 million channels to 1 million channels: 4 TiB of weights in a few hundred bytes.
        string huge = Version1
            .Replace("\"outFeatures\":2", "\"outFeatures\":1048576", StringComparison.Ordinal)
            .Replace("\"channelsAfter\":1", "\"channelsAfter\":1048571", StringComparison.Ordinal)
            .Replace("\"inFeatures\":6", "\"inFeatures\":1048576", StringComparison.Ordinal);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(huge));

        Assert.Equal(
            "The network file is beyond the limits: node 'fc' has a weight [1048576, 1048576], more than 268,435,456 elements.", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Damaged_files_give_the_formats_error_and_no_other()
    {
        var random = new Random(20240229);
        byte[] sound = Encoding.UTF8.GetBytes(Version1);
        int refused = 0;
        for (int trial = 0; trial < 20_000; trial++)
        {
            byte[] damaged = [.. sound];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                // Characters that mean something in JSON reach further than random bytes.
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:0123456789-eE\\u.dtfn"[random.Next(27)];
            }

            try
            {
                NetworkJson.Read(damaged);
            }
            catch (NetworkFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00x")]
    public void Half_a_surrogate_pair_is_refused(string half) =>
        Assert.Throws<NetworkFormatException>(() => NetworkJson.Read(Version1.Replace("tiny", half, StringComparison.Ordinal)));
}
