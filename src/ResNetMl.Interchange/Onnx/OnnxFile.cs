using ResNetMl.Interchange.Onnx;

namespace ResNetMl.Interchange;

/// <summary>Networks in ONNX files (https://onnx.ai): read from opsets 6 to 21, written in opset 7 to 21.</summary>
/// <remarks>The operators, their attributes and limits are listed in docs/onnx-operators.md.</remarks>
public static class OnnxFile
{
    /// <summary>Reads a model file; weights beside it (external data) are read from its own folder alone.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="options">What the file leaves open; null for nothing.</param>
    /// <exception cref="InterchangeException">The file is no ONNX model, is damaged, or has an operator or attribute that is not known here.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImportedNetwork Read(string path, OnnxImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OnnxModelReader.ReadFile(path, options ?? new OnnxImportOptions());
    }

    /// <summary>Reads a model from memory; one whose weights lie in other files is refused.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="options">What the file leaves open; null for nothing.</param>
    /// <exception cref="InterchangeException">As for a file.</exception>
    public static ImportedNetwork Read(ReadOnlyMemory<byte> bytes, OnnxImportOptions? options = null) =>
        OnnxModelReader.ReadBytes(bytes, options ?? new OnnxImportOptions());

    /// <summary>Writes a model file with the batch open, labels and preprocessing in its metadata.</summary>
    /// <param name="path">Where; a file there is replaced once the new one is whole.</param>
    /// <param name="network">The network, its weights and what is known of them.</param>
    /// <param name="options">Opset and contents; null for opset 17 without preprocessing in the graph.</param>
    /// <exception cref="InterchangeException">The opset has no operator for a layer, or the weights do not fit one file of 2 GiB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ImportedNetwork network, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = ToBytes(network, options);
        ForeignFile.Replace(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of a model file; the same network gives the same bytes.</summary>
    /// <param name="network">The network, its weights and what is known of them.</param>
    /// <param name="options">Opset and contents; null for opset 17 without preprocessing in the graph.</param>
    /// <exception cref="InterchangeException">The opset has no operator for a layer, or the weights do not fit one file of 2 GiB.</exception>
    public static byte[] ToBytes(ImportedNetwork network, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return NetworkExport.ToBytes(NetworkExport.Write(network, options ?? new OnnxExportOptions()));
    }
}
