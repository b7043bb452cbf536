namespace ResNetMl.Transforms.Onnx;

/// <summary>A transformer that computes columns with an ONNX model: an export of its pipeline takes the model over.</summary>
public interface IOnnxModelTransformer : ITransformer
{
    /// <summary>What the model's inputs are called, which are the names of the columns they are read from.</summary>
    IReadOnlyList<string> InputColumnNames { get; }

    /// <summary>The columns made, in the order of the model's outputs that they are made from.</summary>
    IReadOnlyList<string> OutputColumnNames { get; }

    /// <summary>How many outputs the model has, whether they become columns or not.</summary>
    int ModelOutputCount { get; }

    /// <summary>The model's file.</summary>
    /// <exception cref="IOException">The file that it was read from is gone, or another by now.</exception>
    ReadOnlyMemory<byte> ReadModel();
}
