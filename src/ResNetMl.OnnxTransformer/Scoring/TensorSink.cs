using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Gathers what runs give for one output as the values of a column. Belongs to one pass.</summary>
internal abstract class TensorSink
{
    /// <summary>Begins a block.</summary>
    internal abstract void Begin(int rowCount);

    /// <summary>Takes the result of a run: the same number of elements for each row, in the order of the rows.</summary>
    /// <param name="value">The result; the caller's.</param>
    /// <param name="rows">Rows of the block.</param>
    internal abstract void Take(OrtValue value, ReadOnlySpan<int> rows);

    /// <summary>The block's column.</summary>
    internal abstract BlockColumn Finish();
}

/// <summary>Tensors as vectors or single values.</summary>
/// <typeparam name="T">The raw type of the column's elements.</typeparam>
internal sealed class TensorSink<T>(ElementCodec<T> codec, bool isVector) : TensorSink
{
    private T[] _values = [];
    private VBuffer<T>[] _vectors = [];

    internal override void Begin(int rowCount)
    {
        // New arrays for each block: it owns them.
        if (isVector)
        {
            _vectors = new VBuffer<T>[rowCount];
        }
        else
        {
            _values = new T[rowCount];
        }
    }

    internal override void Take(OrtValue value, ReadOnlySpan<int> rows)
    {
        int count = checked((int)value.GetTensorTypeAndShape().ElementCount);
        int length = count / rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            if (isVector)
            {
                var elements = new T[length];
                codec.Read(value, i * length, elements);
                _vectors[rows[i]] = new VBuffer<T>(length, elements);
            }
            else
            {
                codec.Read(value, i * length, _values.AsSpan(rows[i], 1));
            }
        }
    }

    internal override BlockColumn Finish() => isVector ? new BlockColumn<VBuffer<T>>(_vectors) : new BlockColumn<T>(_values);
}
