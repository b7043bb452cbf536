using System.Diagnostics;
using Google.Protobuf;
using ResNetMl.Interchange.Onnx;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Files that are damaged or made to do harm end in one typed error, soon and without taking memory.</summary>
public sealed class UntrustedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resnetml-onnx").FullName;

    [Fact]
    public void Other_bytes_are_no_model()
    {
        Assert.Equal(
            "ONNX model: expected an ONNX model (a protobuf message), got a part of 80 bytes where 2 are left at byte 2. The file is damaged or of another kind.",
            Refusal("zPzz"u8.ToArray()));
        Assert.Equal("ONNX model: expected an ONNX model with a graph, got a message without one. The file is damaged or of another kind.", Refusal([]));
    }

    [Fact]
    public void An_unknown_operator_and_an_unknown_attribute_are_named_with_their_node()
    {
        Assert.StartsWith(
            "ONNX model: node 'y' (Det): expected a known operator, got 'Det'. Known are Abs, Add,",
            new TestModel().Input("x", "N", 3).Node("Det", "y", ["x"]).Output("y").Refusal(), StringComparison.Ordinal);
        Assert.Equal(
            "ONNX model: node 'y' (Relu): expected the attributes known for opset 17 (consumed_inputs), got 'slope'. See docs/onnx-operators.md.",
            new TestModel().Input("x", "N", 3).Node("Relu", "y", ["x"], OnnxGraph.Attribute("slope", 1f)).Output("y").Refusal());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(22)]
    public void Other_opsets_are_refused(int opset) => Assert.Equal(
        $"ONNX model: expected ONNX opset 6 to 21, got {opset}. Convert it with onnx.version_converter.",
        new TestModel(opset).Input("x", "N", 3).Node("Relu", "y", ["x"]).Output("y").Refusal());

    [Fact]
    public void A_shape_that_the_file_does_not_hold_is_refused_before_memory_is_taken()
    {
        TestModel model = new TestModel().Input("x", "N", 4).Node("Gemm", "y", ["x", "w"]).Output("y");
        model.Proto.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = ElementKind.Float, Dims = { 16384, 16384 }, RawData = ByteString.CopyFrom(new byte[8]) });

        Assert.StartsWith(
            "ONNX model: expected a model that takes at most 32 MiB and 6 times its file's size in memory, got ONNX model: node 'y' (Gemm), a tensor [16384, 16384], which goes beyond.",
            model.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConstantOfShape")]
    [InlineData("Expand")]
    [InlineData("Tile")]
    [InlineData("Range")]
    public void Operators_that_make_much_of_little_are_refused(string type)
    {
        TestModel model = new TestModel().Input("x", "N", 16384).Integers("shape", 16384, 16000).Integers("many", 1 << 30).Integers("one", 1);
        model = type switch
        {
            "ConstantOfShape" => model.Node(type, "c", ["shape"]).Node("MatMul", "y", ["x", "c"]),
            "Expand" => model.Floats("f", [1, 1], 2).Node(type, "c", ["f", "shape"]).Node("MatMul", "y", ["x", "c"]),
            "Tile" => model.Floats("f", [1], 2).Integers("thousand", 1000)
                .Node(type, "c1", ["f", "thousand"]).Node(type, "c2", ["c1", "thousand"]).Node(type, "c3", ["c2", "thousand"]).Node("Mul", "y", ["x", "c3"]),
            _ => model.Node(type, "c", ["one", "many", "one"]).Node("Reshape", "y", ["x", "c"]),
        };

        string message = model.Output("y").Refusal();

        Assert.Matches("takes at most 32 MiB and 6 times its file's size in memory|expected at most 1,048,576 numbers|expected at most 268,435,456 elements", message);
    }

    [Fact]
    public void One_initializer_used_many_times_does_not_multiply()
    {
        TestModel model = new TestModel().Input("x", "N", 512).Weights("w", 512, 512);
        for (int i = 0; i < 200; i++)
        {
            model.Node("MatMul", $"y{i}", [i == 0 ? "x" : $"y{i - 1}", "w"]);
        }

        Assert.Contains("takes at most 32 MiB and 6 times its file's size", model.Output("y199").Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Transpose")]
    [InlineData("Cast")]
    [InlineData("Identity")]
    [InlineData("Relu")]
    public void A_chain_of_many_operators_is_read_soon(string type)
    {
        const int Length = 40_000;
        TestModel model = new TestModel().Input("x", "N", 2).Weights("w", 2, 2);
        for (int i = 0; i < Length; i++)
        {
            string input = i > 0 ? $"c{i - 1}" : type == "Relu" ? "x" : "w";
            model.Node(type, $"c{i}", [input], type == "Cast" ? [OnnxGraph.Attribute("to", i % 2 == 0 ? 7L : 1L)] : []);
        }

        byte[] bytes = (type == "Relu" ? model.Output($"c{Length - 1}") : model.Node("MatMul", "y", ["x", $"c{Length - 1}"]).Output("y")).Bytes;
        var watch = Stopwatch.StartNew();

        ImportedNetwork network = OnnxFile.Read(bytes);

        Assert.Equal(type == "Relu" ? Length : 1, network.Definition.Nodes.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"it took {watch.Elapsed}");
    }

    [Fact]
    public void Messages_of_two_bytes_are_counted_before_they_become_objects()
    {
        // A graph of a million empty initializers: 2 MB of file, 256 MB of objects.
        byte[] graph = [.. Enumerable.Repeat<byte[]>([0x2A, 0x00], 1_000_000).SelectMany(part => part)];
        byte[] file = [0x3A, .. Varint(graph.Length), .. graph];

        Assert.Contains("got its messages, which goes beyond", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights.bin", "got the location '../weights.bin'")]
    [InlineData("/etc/passwd", "got the location '/etc/passwd'")]
    [InlineData("a/../../weights.bin", "got the location 'a/../../weights.bin'")]
    [InlineData("C:\\weights.bin", "got the location 'C:\\weights.bin'")]
    [InlineData("", "got the location ''")]
    [InlineData("link.bin", "got 'link.bin', a link that leaves it")]
    [InlineData("linked/weights.bin", "got 'linked/weights.bin', a link that leaves it")]
    [InlineData("missing.bin", "expected the file 'missing.bin' beside the model, got none")]
    [InlineData("short.bin", "expected 24 bytes at 0 of 'short.bin', got 24 of a file of 5")]
    public void External_data_outside_the_folder_is_refused(string location, string expected)
    {
        string inside = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), new byte[24]);
        File.WriteAllBytes(Path.Combine(inside, "short.bin"), new byte[5]);
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), Path.Combine(_folder, "weights.bin"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "linked"), _folder);
        string path = WriteExternal(inside, location);

        string message = Assert.Throws<InterchangeException>(() => OnnxFile.Read(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("sub/weights.bin")]
    [InlineData("inner.bin")]
    public void External_data_inside_the_folder_is_read(string location)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        byte[] numbers = [.. Enumerable.Range(1, 7).SelectMany(i => BitConverter.GetBytes((float)i))];
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), numbers);
        File.WriteAllBytes(Path.Combine(_folder, "sub", "weights.bin"), numbers);
        File.CreateSymbolicLink(Path.Combine(_folder, "inner.bin"), "sub/../weights.bin");

        ImportedNetwork network = OnnxFile.Read(WriteExternal(_folder, location, offset: 4));

        Assert.Equal([2f, 4, 6, 3, 5, 7], network.Weights["y.weight"].Span.ToArray());
        Assert.Contains(
            "expected weights inside the model, got a reference to another file. Read the model by its path.",
            Refusal(File.ReadAllBytes(Path.Combine(_folder, "model.onnx"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_end_in_a_typed_error_soon_and_without_taking_memory()
    {
        byte[][] seeds =
        [
            .. EveryLayer.Definitions.Values.SelectMany(definition => (byte[][])[Seed(definition, 17), Seed(definition, 20)]),
            .. BackendTests.BackendTestCase.IsInstalled ? BackendModels() : [],
        ];
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] file = Mutated([.. seeds[random.Next(seeds.Length)]], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            Exception? exception = Record.Exception(() => OnnxFile.Read(file));

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(exception is null or InterchangeException, $"mutation {i}: {exception}");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"mutation {i} took {watch.Elapsed}");
            Assert.True(allocated <= (64L << 20) + (8L * file.Length), $"mutation {i} of {file.Length} bytes took {allocated:N0} bytes");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<byte[]> BackendModels() =>
        from test in BackendTests.BackendTestCase.All()
        let path = Path.Combine(test.Folder, "model.onnx")
        where new FileInfo(path).Length < 20_000
        select File.ReadAllBytes(path);

    // Some bytes changed, repeated, dropped or made large; or the end cut off.
    private static byte[] Mutated(byte[] file, Random random)
    {
        for (int change = random.Next(1, 5); change > 0 && file.Length > 8; change--)
        {
            int place = random.Next(file.Length - 4);
            int length = random.Next(1, Math.Min(64, file.Length - place));
            file = random.Next(7) switch
            {
                0 => [.. file[..place], .. file[(place + length)..]],
                1 => [.. file[..(place + length)], .. file[place..]],
                2 => [.. file[..place], 0xFF, 0xFF, 0xFF, 0x7F, .. file[(place + 4)..]],
                3 => file[..place],
                _ => [.. file[..place], (byte)random.Next(256), .. file[(place + 1)..]],
            };
        }

        return file;
    }

    private static byte[] Seed(NetworkDefinition definition, int opset) => OnnxFile.ToBytes(ExportTests.Random(definition), new OnnxExportOptions { Opset = opset });

    private static string Refusal(byte[] bytes) => Assert.Throws<InterchangeException>(() => OnnxFile.Read(bytes)).Message;

    private static byte[] Varint(int number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        return [.. bytes, (byte)number];
    }

    // y = x·w of a weight [3, 2] in another file.
    private static string WriteExternal(string folder, string location, int offset = 0)
    {
        TestModel model = new TestModel().Input("x", "N", 3).Node("MatMul", "y", ["x", "w"]).Output("y");
        var weight = new TensorProto { Name = "w", DataType = ElementKind.Float, Dims = { 3, 2 }, DataLocation = 1 };
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset}" });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "24" });
        model.Proto.Graph.Initializer.Add(weight);
        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, model.Bytes);
        return path;
    }
}
