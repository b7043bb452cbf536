namespace ResNetMl.Transforms.Onnx;

/// <summary>What running an ONNX model depends on besides the model and its inputs.</summary>
public sealed record OnnxRuntimeOptions
{
    /// <summary>Threads that share the work of one operator; 0 is one a core of this machine.</summary>
    public int Threads { get; init; }
}
