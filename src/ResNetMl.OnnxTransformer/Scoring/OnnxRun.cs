using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ResNetMl.Transforms.Onnx;

/// <summary>
/// Runs a model on rows of a block. Each feed lends its tensor only while the ones after it do and the model runs, so that memory of rows is
/// pinned no longer than that. Belongs to one pass.
/// </summary>
internal sealed class OnnxRun(OnnxSession session, string[] inputNames, TensorFeed[] feeds, string[] outputNames)
{
    private readonly OrtValue[] _values = new OrtValue[feeds.Length];
    private Block _block = null!;
    private int[] _rows = [];
    private long[][] _shapes = [];
    private bool _isTrial;
    private int _lent;
    private IDisposableReadOnlyCollection<OrtValue>? _results;

    /// <summary>Computes the outputs of some rows together.</summary>
    /// <param name="block">Holds the rows.</param>
    /// <param name="rows">Which; one, or several along axis 0.</param>
    /// <param name="shapes">The shape of each input's tensor.</param>
    /// <param name="isTrial">Whether a failure is expected, and so not worth a message.</param>
    /// <returns>A value for each output; the caller's.</returns>
    /// <exception cref="OnnxRuntimeException">The model cannot be computed on these rows.</exception>
    internal IDisposableReadOnlyCollection<OrtValue> Compute(Block block, int[] rows, long[][] shapes, bool isTrial = false)
    {
        _isTrial = isTrial;
        _block = block;
        _rows = rows;
        _shapes = shapes;
        _lent = 0;
        try
        {
            GoOn();
            return _results!;
        }
        finally
        {
            _results = null;
            _block = null!;
        }
    }

    /// <summary>Lends memory as the next input's tensor and goes on. The memory must stay where it is until this returns.</summary>
    internal void GoOn(OrtElementType type, long[] shape, nint address, long byteCount)
    {
        using OrtValue tensor = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, address, byteCount);
        GoOn(tensor);
    }

    /// <summary>Lends a tensor as the next input and goes on.</summary>
    internal void GoOn(OrtValue tensor)
    {
        _values[_lent++] = tensor;
        GoOn();
    }

    private void GoOn()
    {
        if (_lent < feeds.Length)
        {
            feeds[_lent].Lend(_block, _rows, _shapes[_lent], this);
        }
        else
        {
            _results = session.Run(inputNames, _values, outputNames, _isTrial);
        }
    }
}
