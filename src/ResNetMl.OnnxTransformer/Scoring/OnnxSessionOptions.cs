namespace ResNetMl.Transforms.Onnx;

/// <summary>How ONNX Runtime runs the models of a context.</summary>
public sealed class OnnxSessionOptions
{
}
