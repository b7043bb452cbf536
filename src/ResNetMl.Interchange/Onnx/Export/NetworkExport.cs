using Google.Protobuf;
using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Writes a network as an ONNX model: a node or a few for each layer, under the layer's name, with the batch open. Batch norm is kept as it is. The same
/// network gives the same bytes.
/// </summary>
internal static class NetworkExport
{
    internal const string BatchSymbol = "N";

    // protobuf's own limit is 2 GiB for a message; names and attributes need some of it.
    private const long MaxWeightBytes = (2L << 30) - (64L << 20);

    internal static ModelProto Write(ImportedNetwork network, OnnxExportOptions options)
    {
        NetworkDefinition definition = network.Definition;
        if (options.Opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Opset, $"ONNX files are written in opset {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}.");
        }

        int opset = options.IncludesPreprocessing ? Math.Max(options.Opset, PreprocessingExport.OldestOpset) : options.Opset;
        CheckSize(definition);
        var export = new LayerExport(new OnnxGraph(opset), definition, network.Weights, network.HasBatchAxis);
        export.WriteInputs(options.IncludesPreprocessing ? PreprocessingOf(network) : null);
        foreach (Node node in definition.Nodes)
        {
            export.WriteNode(node);
        }

        export.WriteOutputs();
        ModelProto model = Model(export.Graph, definition.Name);
        OnnxMetadata.Write(model, network);
        return model;
    }

    /// <summary>Refuses a network that is too large for one file.</summary>
    internal static void CheckSize(NetworkDefinition definition)
    {
        long weightBytes = definition.State.Sum(parameter => parameter.Shape.ElementCount) * sizeof(float);
        if (weightBytes > MaxWeightBytes)
        {
            throw new InterchangeException(
                $"{definition.Name}: expected weights of at most {MaxWeightBytes:N0} bytes, which is what one ONNX file can hold, got {weightBytes:N0}. " +
                "Write safetensors and a definition instead.");
        }
    }

    internal static ModelProto Model(OnnxGraph graph, string name)
    {
        graph.Proto.Name = name;
        var model = new ModelProto { IrVersion = IrVersion(graph.Opset), ProducerName = "ResNetMl", Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = graph.Opset });
        return model;
    }

    internal static byte[] ToBytes(ModelProto model) => model.ToByteArray();

    private static Images.Preprocessing PreprocessingOf(ImportedNetwork network)
    {
        if (network.Preprocessing is null)
        {
            throw new InterchangeException(
                $"{network.Definition.Name}: expected a preprocessing to put into the graph, got a network without one. Give it one, or leave it out.");
        }

        return network.Preprocessing;
    }

    // The version of the file format that came with an opset (onnx.helper.VERSION_TABLE). 4 is the first whose initializers need not be inputs.
    private static int IrVersion(int opset) => opset switch
    {
        <= 9 => 4,
        10 => 5,
        11 => 6,
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        _ => 10,
    };
}
