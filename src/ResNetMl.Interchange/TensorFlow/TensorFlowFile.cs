using Google.Protobuf;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Writes networks as TensorFlow's frozen GraphDef: one file (<c>.pb</c>) of operations whose weights are constants.</summary>
/// <remarks>
/// <para>
/// Feature maps are channels last. The input is a placeholder <c>input</c> [N, H, W, C] of single precision, any N; the output is <c>logits</c>
/// [N, classes]. A network of several inputs or outputs has <c>input</c>, <c>input_1</c>, … and <c>logits</c>, <c>logits_1</c>, … A GraphDef has no place for labels
/// and preprocessing: give them to the reader another way.
/// </para>
/// <para>
/// Operations are those of TensorFlow 1.15 and later. Where the residual networks need something that OpenCV's reader lacks, another way is taken:
/// option A is a 1×1 max pool with stride and a pad.
/// </para>
/// </remarks>
public static class TensorFlowFile
{
    /// <summary>Writes a network to a file, which is replaced when all is written.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="network">Definition and weights.</param>
    /// <exception cref="ArgumentException">The weights are of another network.</exception>
    /// <exception cref="InterchangeException">A layer cannot be expressed in TensorFlow's operations; the message names the node.</exception>
    /// <exception cref="IOException">Writing failed; an earlier file is unchanged.</exception>
    public static void Write(string path, ImportedNetwork network)
    {
        TensorFlow.Generated.GraphDef graph = Graph(network);
        ForeignFile.Replace(path, stream => graph.WriteTo(stream));
    }

    /// <summary>The bytes that <see cref="Write"/> writes. The same network gives the same bytes.</summary>
    /// <inheritdoc cref="Write"/>
    public static byte[] ToBytes(ImportedNetwork network) => Graph(network).ToByteArray();

    private static TensorFlow.Generated.GraphDef Graph(ImportedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach (ParameterSpec expected in network.Definition.State)
        {
            network.Weights.TryGetValue(expected.Name, out Tensor? weights);
            if (weights is not { ElementType: ElementType.Float32 } || weights.Shape != expected.Shape)
            {
                throw new ArgumentException(
                    $"Network '{network.Definition.Name}': expected weights '{expected.Name}' of Float32 {expected.Shape}, " +
                    $"got {weights?.ToString() ?? "none"}. The weights are of another network.",
                    nameof(network));
            }
        }

        return new GraphWriter(network.Definition, network.Weights).Write();
    }
}
