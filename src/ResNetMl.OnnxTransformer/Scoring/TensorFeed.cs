using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ResNetMl.Transforms.Onnx;

/// <summary>Lends rows of one column to ONNX Runtime as a tensor. Belongs to one pass.</summary>
internal abstract class TensorFeed(int column, bool isVector)
{
    protected int Column => column;

    protected bool IsVector => isVector;

    /// <summary>How many elements a row has.</summary>
    internal abstract int Length(Block block, int row);

    /// <summary>Whether two rows have the same elements.</summary>
    internal abstract bool AreEqual(Block block, int row, int other);

    /// <summary>Makes a tensor of some rows, one after the other, lets the run go on with its next input, and takes the tensor back.</summary>
    /// <param name="block">Holds the rows.</param>
    /// <param name="rows">Which.</param>
    /// <param name="shape">The tensor's shape; its axes' product is the rows' elements.</param>
    /// <param name="run">Goes on.</param>
    internal abstract void Lend(Block block, ReadOnlySpan<int> rows, long[] shape, OnnxRun run);
}

/// <summary>Rows of elements of one type.</summary>
/// <typeparam name="T">The raw type of the column's elements.</typeparam>
internal abstract class TensorFeed<T>(int column, bool isVector) : TensorFeed(column, isVector)
{
    internal override int Length(Block block, int row) => IsVector ? block.Values<VBuffer<T>>(Column)[row].Length : 1;

    internal override bool AreEqual(Block block, int row, int other)
    {
        var one = new T[Length(block, row)];
        var two = new T[Length(block, other)];
        CopyRow(block, row, one);
        CopyRow(block, other, two);
        return Closeness.Of<T>(one, two, tolerance: 0);
    }

    /// <summary>Writes all elements of a row.</summary>
    /// <returns>How many.</returns>
    protected int CopyRow(Block block, int row, Span<T> destination)
    {
        if (!IsVector)
        {
            destination[0] = block.Values<T>(Column)[row];
            return 1;
        }

        VBuffer<T> vector = block.Values<VBuffer<T>>(Column)[row];
        vector.CopyTo(destination);
        return vector.Length;
    }
}

/// <summary>Numbers and truth values. The only row of a run is lent where it lies; several are copied into one buffer first.</summary>
internal sealed class NumberFeed<T>(OrtElementType type, int column, bool isVector) : TensorFeed<T>(column, isVector)
    where T : unmanaged
{
    private T[] _buffer = [];

    internal override unsafe void Lend(Block block, ReadOnlySpan<int> rows, long[] shape, OnnxRun run)
    {
        if (rows.Length == 1 && IsVector && block.Values<VBuffer<T>>(Column)[rows[0]] is { IsDense: true, Length: > 0 } only)
        {
            fixed (T* address = only.GetValues())
            {
                run.GoOn(type, shape, (nint)address, (long)only.Length * sizeof(T));
            }

            return;
        }

        long count = shape.Aggregate(1L, (product, length) => product * length);
        if (_buffer.Length < count)
        {
            _buffer = GC.AllocateUninitializedArray<T>(checked((int)count), pinned: true);
        }

        int filled = 0;
        foreach (int row in rows)
        {
            filled += CopyRow(block, row, _buffer.AsSpan(filled));
        }

        // A pinned array does not move, and this object keeps it reachable.
        run.GoOn(type, shape, (nint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_buffer)), count * sizeof(T));
    }
}

/// <summary>Single precision converted to a type of the model's.</summary>
internal sealed class ConvertedFeed<T>(OrtElementType type, int column, bool isVector, ConvertedFeed<T>.Conversion convert)
    : TensorFeed<float>(column, isVector)
    where T : unmanaged
{
    private float[] _row = [];
    private T[] _buffer = [];

    internal delegate void Conversion(ReadOnlySpan<float> source, Span<T> destination);

    internal override unsafe void Lend(Block block, ReadOnlySpan<int> rows, long[] shape, OnnxRun run)
    {
        int count = checked((int)shape.Aggregate(1L, (product, length) => product * length));
        if (_buffer.Length < count)
        {
            _buffer = GC.AllocateUninitializedArray<T>(count, pinned: true);
            _row = new float[count];
        }

        int filled = 0;
        foreach (int row in rows)
        {
            int length = CopyRow(block, row, _row);
            convert(_row.AsSpan(0, length), _buffer.AsSpan(filled));
            filled += length;
        }

        run.GoOn(type, shape, (nint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_buffer)), (long)count * sizeof(T));
    }
}

/// <summary>Texts, which ONNX Runtime keeps in memory of its own.</summary>
internal sealed class TextFeed(int column, bool isVector) : TensorFeed<ReadOnlyMemory<char>>(column, isVector)
{
    internal override void Lend(Block block, ReadOnlySpan<int> rows, long[] shape, OnnxRun run)
    {
        using OrtValue tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        int filled = 0;
        foreach (int row in rows)
        {
            var texts = new ReadOnlyMemory<char>[Length(block, row)];
            CopyRow(block, row, texts);
            foreach (ReadOnlyMemory<char> text in texts)
            {
                tensor.StringTensorSetElementAt(text.Span, filled++);
            }
        }

        run.GoOn(tensor);
    }
}
