using ResNetMl.Engine;
using ResNetMl.Images;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Tests.Onnx;

/// <summary>Networks to ONNX and back. Witness of the files: the onnx package's checker with shape inference.</summary>
public sealed class ExportTests
{
    public static TheoryData<string> LayerNetworks => new(EveryLayer.Definitions.Keys);

    public static TheoryData<string> NamedNetworks => new("resnet20", "resnet18", "resnet50", "plain20", "resnet20-option-b", "resnet110-v2", "resnet50-v2", "resnext50-32x4d", "wrn-16-4-dropout-0.3", "se-resnet50", "resnet50-d");

    [Theory]
    [MemberData(nameof(NamedNetworks))]
    public void A_named_network_comes_back_as_it_was(string name)
    {
        ImportedNetwork network = Random(NetworkCatalog.Define(name));

        ImportedNetwork back = OnnxFile.Read(OnnxFile.ToBytes(network));

        Assert.Equal(NetworkJson.Write(WithoutTrainingNotes(network.Definition)), NetworkJson.Write(back.Definition));
        AssertSameBits(network.Weights, back.Weights);
    }

    [Theory]
    [MemberData(nameof(LayerNetworks))]
    public void Every_layer_comes_back_and_computes_the_same(string name)
    {
        ImportedNetwork network = Random(EveryLayer.Definitions[name]);

        ImportedNetwork back = OnnxFile.Read(OnnxFile.ToBytes(network));

        Assert.True(back.HasBatchAxis);
        Tensor[] inputs = [.. network.Definition.Inputs.Select(input => Numbers(input.Shape.With(0, 2)))];
        IReadOnlyList<Tensor> expected = RunAll(network, inputs);
        IReadOnlyList<Tensor> actual = RunAll(back, inputs);
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);

            // The same layers, but for formulas that are written out (Affine, HardSwish): some roundings of numbers about 1.
            Networks.AssertClose(expected[i].Span, actual[i].Span, 1e-6);
        }
    }

    [Fact]
    public void The_onnx_checker_accepts_every_layer_in_every_opset_that_has_it()
    {
        Python.Require("onnx", "python3-onnx");
        string folder = Directory.CreateTempSubdirectory("resnetml-onnx").FullName;
        try
        {
            var written = new List<string>();
            foreach ((string name, NetworkDefinition definition) in EveryLayer.Definitions.Append(new("resnet20", NetworkCatalog.Define("resnet20"))))
            {
                ImportedNetwork network = Random(definition);
                foreach (int opset in (int[])[7, 9, 10, 11, 12, 13, 15, 17])
                {
                    string path = Path.Combine(folder, $"{name}-{opset}.onnx");
                    try
                    {
                        OnnxFile.Write(path, network, new OnnxExportOptions { Opset = opset });
                        written.Add(path);
                    }
                    catch (InterchangeException exception)
                    {
                        // Refused by name, and only where the operator is younger.
                        Assert.Matches("expected opset (8|9|10) or newer for |expected opset 8 or newer to repeat", exception.Message);
                        Assert.True(opset < 10, exception.Message);
                    }
                }
            }

            string[] lines = Python.Script("onnx_check.py", [.. written]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

            Assert.Equal(written.Count, lines.Length);
            Assert.Contains("13 ['N', 3, 32, 32] Add,BatchNormalization,Conv,Flatten,Gemm,GlobalAveragePool,Pad,Relu,Slice []", lines);
            Assert.Contains("9 ['N', 3, 32, 32] Add,BatchNormalization,Conv,Flatten,Gemm,GlobalAveragePool,MaxPool,Pad,Relu []", lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(18)]
    [InlineData(21)]
    public void Other_opsets_read_back_to_the_same_network(int opset)
    {
        ImportedNetwork network = Random(NetworkCatalog.Define("resnet20"));

        ImportedNetwork back = OnnxFile.Read(OnnxFile.ToBytes(network, new OnnxExportOptions { Opset = opset }));

        Assert.Equal(NetworkJson.Write(network.Definition), NetworkJson.Write(back.Definition));
    }

    [Fact]
    public void Labels_and_preprocessing_travel_in_the_metadata_and_bytes_repeat()
    {
        ImportedNetwork network = Random(NetworkCatalog.Define("resnet20")) with { Labels = ["ship", "naïve \"cat\""], Preprocessing = Preprocessing.Cifar };

        byte[] bytes = OnnxFile.ToBytes(network);
        ImportedNetwork back = OnnxFile.Read(bytes);

        Assert.Equal(network.Labels, back.Labels);
        Assert.Equal(network.Preprocessing, back.Preprocessing);
        Assert.Equal(bytes, OnnxFile.ToBytes(network));
        Assert.Equal(bytes, OnnxFile.ToBytes(back));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(22)]
    public void Opsets_that_are_not_written_are_refused(int opset)
    {
        ImportedNetwork network = Random(EveryLayer.Definitions["gelu"]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => OnnxFile.ToBytes(network, new OnnxExportOptions { Opset = opset }));

        Assert.StartsWith("ONNX files are written in opset 7 to 21.", exception.Message, StringComparison.Ordinal);
    }

    internal static ImportedNetwork Random(NetworkDefinition definition)
    {
        StateDictionary weights = InitialState.Create(definition, seed: 3);
        foreach ((string name, Tensor tensor) in weights)
        {
            // Constants and statistics start as zeros and ones: other numbers show whether they arrive.
            for (int i = 0; i < tensor.Span.Length; i++)
            {
                tensor.Span[i] = name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("value", StringComparison.Ordinal)
                    ? 0.5f + (i % 7 * 0.125f)
                    : tensor.Span[i] + (i % 5 * 0.01f);
            }
        }

        return new ImportedNetwork(definition, weights);
    }

    internal static IReadOnlyList<Tensor> RunAll(ImportedNetwork network, params Tensor[] inputs) => RunAll(Backends.Managed, network, inputs);

    internal static IReadOnlyList<Tensor> RunAll(IBackend backend, ImportedNetwork network, params Tensor[] inputs)
    {
        (OperationList operations, StateDictionary folded) = Lowering.ForInference(network.Definition, network.Weights);
        using CompiledNetwork compiled = backend.Compile(operations, folded, new CompileOptions { Precision = Precision.Float32 });
        using Plan plan = compiled.CreatePlan(inputs[0].Shape[0]);
        plan.Run(inputs);
        return [.. plan.Outputs.Select(output => output.Clone())];
    }

    internal static Tensor Numbers(Shape shape)
    {
        var tensor = new Tensor(shape);
        for (int i = 0; i < tensor.Span.Length; i++)
        {
            tensor.Span[i] = ((i * 7919 % 2001) - 1000) / 700f;
        }

        return tensor;
    }

    // How a weight starts is no part of a trained network.
    private static NetworkDefinition WithoutTrainingNotes(NetworkDefinition definition) => new(
        definition.Name,
        definition.Inputs,
        [.. definition.Nodes.Select(node => node with
        {
            Layer = node.Layer is BatchNorm norm ? norm with { WeightInitialization = Initialization.Ones } : node.Layer,
        })],
        definition.Outputs);

    private static void AssertSameBits(StateDictionary expected, StateDictionary actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string name, Tensor tensor) in expected)
        {
            Assert.True(tensor.Bytes.SequenceEqual(actual[name].Bytes), name);
        }
    }
}
