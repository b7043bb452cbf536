namespace ResNetMl.Transforms.Onnx;

/// <summary>
/// What is known of whether a model treats rows along axis 0 each on its own. A file's open axis 0 need not count images: a model may
/// normalise along it, or quantise by the largest value of all. So the first rows that are computed together are computed alone, too.
/// Shared by all passes of a transformer.
/// </summary>
internal sealed class BatchGate
{
    private volatile int _state;

    /// <summary>Whether several rows may be computed together.</summary>
    internal bool IsOpen => _state >= 0;

    /// <summary>Whether that was found to give what single rows give.</summary>
    internal bool IsChecked => _state > 0;

    internal void Confirm() => Interlocked.CompareExchange(ref _state, 1, 0);

    internal void Close() => _state = -1;
}
