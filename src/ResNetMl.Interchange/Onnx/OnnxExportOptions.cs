namespace ResNetMl.Interchange;

/// <summary>How an ONNX file is written.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The oldest version of ONNX's operators that is written.</summary>
    public const int OldestOpset = 7;

    /// <summary>The newest version of ONNX's operators that is written.</summary>
    public const int NewestOpset = 21;

    /// <summary>
    /// Version of ONNX's operators, 7 to 21; at least 18 is written where the graph includes the preprocessing, whose resizing averages what it shrinks.
    /// Some layers need a newer one than 7; the error says which.
    /// </summary>
    public int Opset { get; init; } = 17;

    /// <summary>
    /// Whether the graph takes 8-bit RGB images [N, H, W, 3] of any one size and prepares them itself. Else it takes the network's own
    /// input, and the preprocessing is named in the metadata alone.
    /// </summary>
    public bool IncludesPreprocessing { get; init; }
}
