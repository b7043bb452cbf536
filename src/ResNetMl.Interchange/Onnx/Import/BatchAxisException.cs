namespace ResNetMl.Interchange.Onnx;

/// <summary>An operator works along axis 0, so that axis cannot be the images; the graph may still be read as one without a batch.</summary>
internal sealed class BatchAxisException(string message) : Exception(message);
