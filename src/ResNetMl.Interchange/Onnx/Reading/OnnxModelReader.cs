using System.Buffers;
using Google.Protobuf;
using ResNetMl.Interchange.Onnx.Generated;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Bytes → messages → network.</summary>
internal static class OnnxModelReader
{
    internal const int OldestOpset = 6;
    internal const int NewestOpset = 21;

    internal static ImportedNetwork ReadFile(string path, OnnxImportOptions options)
    {
        return Read(path, ForeignFile.ReadAll(path, "an ONNX model"), Path.GetDirectoryName(Path.GetFullPath(path)), options);
    }

    internal static ImportedNetwork ReadBytes(ReadOnlyMemory<byte> bytes, OnnxImportOptions options) => Read("ONNX model", bytes, folder: null, options);

    private static ImportedNetwork Read(string where, ReadOnlyMemory<byte> bytes, string? folder, OnnxImportOptions options)
    {
        var budget = new ModelBudget(where, bytes.Length);
        ModelProto model = Parse(where, bytes, budget);
        if (model.Graph is null || model.Graph.Node.Count + model.Graph.Output.Count == 0)
        {
            throw new InterchangeException($"{where}: expected an ONNX model with a graph, got a message without one. The file is damaged or of another kind.");
        }

        int opset = OpsetOf(where, model);
        var tensors = new TensorReader(budget, new ExternalData(folder, budget));
        ImportedNetwork network = GraphImport.Read(where, model.Graph, opset, tensors, options);
        return OnnxMetadata.Apply(where, model, network);
    }

    private static ModelProto Parse(string where, ReadOnlyMemory<byte> bytes, ModelBudget budget)
    {
        budget.Take(bytes.Length, "its bytes");
        WireScan.Check(where, bytes.Span, budget);
        try
        {
            return ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(new ReadOnlySequence<byte>(bytes));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InterchangeException(
                $"{where}: expected an ONNX model (a protobuf message), got bytes that are none ({exception.Message}). The file is damaged or of another kind.", exception);
        }
    }

    private static int OpsetOf(string where, ModelProto model)
    {
        long opset = model.OpsetImport.Where(set => set.Domain is "" or "ai.onnx").Select(set => set.Version).DefaultIfEmpty(0).Max();
        bool isUnchanged = opset is > 0 and < OldestOpset && model.Graph.Node.All(node => OperatorTable.UnchangedSinceOpset1.Contains(node.OpType));
        return isUnchanged || opset is >= OldestOpset and <= NewestOpset
            ? (int)opset
            : throw new InterchangeException(
                $"{where}: expected ONNX opset {OldestOpset} to {NewestOpset}, got {(opset == 0 ? "none" : opset)}. Convert it with onnx.version_converter.");
    }
}
