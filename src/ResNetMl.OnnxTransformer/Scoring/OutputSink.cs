using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Gathers what runs give for one output as the values of a column. Belongs to one pass.</summary>
internal abstract class OutputSink
{
    /// <summary>Begins a block.</summary>
    internal abstract void Begin(int rowCount);

    /// <summary>Whether a result holds an entry for each of some rows along its first axis.</summary>
    internal abstract bool HasEntries(OrtValue value, int count);

    /// <summary>Whether an entry of a result is what the row gave alone, up to rounding.</summary>
    /// <param name="together">The result of several rows.</param>
    /// <param name="position">Which of them.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="alone">The result of that row.</param>
    internal abstract bool Agrees(OrtValue together, int position, int count, OrtValue alone);

    /// <summary>Takes the result of a run.</summary>
    /// <param name="value">The result, one entry for each row; the caller's.</param>
    /// <param name="rows">Rows of the block.</param>
    internal abstract void Take(OrtValue value, ReadOnlySpan<int> rows);

    /// <summary>The block's column.</summary>
    internal abstract BlockColumn Finish();
}

/// <summary>Tensors as vectors or single values.</summary>
/// <typeparam name="T">The raw type of the column's elements.</typeparam>
internal sealed class TensorSink<T>(ElementCodec<T> codec, bool isVector) : OutputSink
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

    internal override bool HasEntries(OrtValue value, int count) => value.GetTensorTypeAndShape().Shape is [var first, ..] && first == count;

    internal override bool Agrees(OrtValue together, int position, int count, OrtValue alone)
    {
        var expected = new T[CountOf(alone)];
        var actual = new T[CountOf(together) / count];
        codec.Read(alone, 0, expected);
        codec.Read(together, position * actual.Length, actual);
        return Closeness.Of<T>(actual, expected, codec.Tolerance);
    }

    internal override void Take(OrtValue value, ReadOnlySpan<int> rows)
    {
        int length = CountOf(value) / rows.Length;
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

    private static int CountOf(OrtValue value) => checked((int)value.GetTensorTypeAndShape().ElementCount);
}
