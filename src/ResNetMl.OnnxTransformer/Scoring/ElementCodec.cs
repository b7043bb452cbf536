using Microsoft.ML.OnnxRuntime;
using ResNetMl.Data;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ResNetMl.Transforms.Onnx;

/// <summary>How the elements of tensors of one ONNX type go from columns to tensors and back.</summary>
internal abstract class ElementCodec
{
    /// <summary>What part of the largest number a sum of some thousand products may differ by when it is added in another order.</summary>
    internal const double UsualTolerance = 1e-4;

    /// <summary>What columns hold for these elements.</summary>
    internal abstract PrimitiveDataViewType ItemType { get; }

    /// <summary>The codec of an element type; null for types that no column holds (complex numbers, 8-bit floats, 4-bit integers).</summary>
    internal static ElementCodec? For(OrtElementType type) => type switch
    {
        OrtElementType.Float => new NumberCodec<float>(type, NumberDataViewType.Single),
        OrtElementType.Double => new NumberCodec<double>(type, NumberDataViewType.Double),
        OrtElementType.Int8 => new NumberCodec<sbyte>(type, NumberDataViewType.SByte),
        OrtElementType.UInt8 => new NumberCodec<byte>(type, NumberDataViewType.Byte),
        OrtElementType.Int16 => new NumberCodec<short>(type, NumberDataViewType.Int16),
        OrtElementType.UInt16 => new NumberCodec<ushort>(type, NumberDataViewType.UInt16),
        OrtElementType.Int32 => new NumberCodec<int>(type, NumberDataViewType.Int32),
        OrtElementType.UInt32 => new NumberCodec<uint>(type, NumberDataViewType.UInt32),
        OrtElementType.Int64 => new NumberCodec<long>(type, NumberDataViewType.Int64),
        OrtElementType.UInt64 => new NumberCodec<ulong>(type, NumberDataViewType.UInt64),
        OrtElementType.Bool => new NumberCodec<bool>(type, BooleanDataViewType.Instance),
        OrtElementType.Float16 => new Float16Codec(),
        OrtElementType.BFloat16 => new BFloat16Codec(),
        OrtElementType.String => new TextCodec(),
        _ => null,
    };

    /// <summary>Reads rows of a column as tensors, for one pass.</summary>
    /// <param name="column">The column's position.</param>
    /// <param name="isVector">Whether the column holds vectors.</param>
    internal abstract TensorFeed NewFeed(int column, bool isVector);

    /// <summary>Gathers tensors as values of a column, for one pass.</summary>
    /// <param name="isVector">Whether the column holds vectors.</param>
    internal abstract OutputSink NewSink(bool isVector);

    /// <summary>Reads sequences of tensors, each as a vector.</summary>
    internal abstract CollectionCodec NewSequenceCodec();
}

/// <summary>The codec of a .NET type that columns hold.</summary>
/// <typeparam name="T">The raw type of the column's elements.</typeparam>
internal abstract class ElementCodec<T> : ElementCodec
{
    /// <summary>What part of the largest number is rounding; half precision rounds to a 2000th or, as bfloat16, a 250th at each step.</summary>
    internal virtual double Tolerance => UsualTolerance;

    internal override OutputSink NewSink(bool isVector) => new TensorSink<T>(this, isVector);

    internal override CollectionCodec NewSequenceCodec() => new SequenceCodec<VBuffer<T>>(
        Whole,
        (together, alone) => Closeness.Of(together.GetValues(), alone.GetValues(), Tolerance));

    /// <summary>Copies adjacent elements of a tensor.</summary>
    internal abstract void Read(OrtValue tensor, int start, Span<T> destination);

    private VBuffer<T> Whole(OrtValue tensor)
    {
        var elements = new T[checked((int)tensor.GetTensorTypeAndShape().ElementCount)];
        Read(tensor, 0, elements);
        return new VBuffer<T>(elements.Length, elements);
    }
}

/// <summary>Elements that are the same bits in columns and tensors.</summary>
internal sealed class NumberCodec<T>(OrtElementType type, PrimitiveDataViewType itemType) : ElementCodec<T>
    where T : unmanaged
{
    internal override PrimitiveDataViewType ItemType => itemType;

    internal override TensorFeed NewFeed(int column, bool isVector) => new NumberFeed<T>(type, column, isVector);

    internal override void Read(OrtValue tensor, int start, Span<T> destination)
        => tensor.GetTensorDataAsSpan<T>().Slice(start, destination.Length).CopyTo(destination);
}

/// <summary>IEEE half precision in the model, single precision in columns: rounded to nearest even on the way in, exact on the way out.</summary>
internal sealed class Float16Codec : ElementCodec<float>
{
    internal override double Tolerance => 0.01;

    internal override PrimitiveDataViewType ItemType => NumberDataViewType.Single;

    internal override TensorFeed NewFeed(int column, bool isVector) => new ConvertedFeed<Half>(OrtElementType.Float16, column, isVector, static (source, destination) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (Half)source[i];
        }
    });

    internal override void Read(OrtValue tensor, int start, Span<float> destination)
    {
        ReadOnlySpan<Float16> source = tensor.GetTensorDataAsSpan<Float16>().Slice(start, destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i].value);
        }
    }
}

/// <summary>The upper half of single precision in the model, single precision in columns: rounded to nearest even on the way in, exact on the way out.</summary>
internal sealed class BFloat16Codec : ElementCodec<float>
{
    internal override double Tolerance => 0.05;

    internal override PrimitiveDataViewType ItemType => NumberDataViewType.Single;

    internal override TensorFeed NewFeed(int column, bool isVector) => new ConvertedFeed<ushort>(OrtElementType.BFloat16, column, isVector, static (source, destination) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);

            // Adding just under half a step, and the step's parity, rounds to nearest even; NaN keeps a set mantissa bit.
            destination[i] = float.IsNaN(source[i]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    });

    internal override void Read(OrtValue tensor, int start, Span<float> destination)
    {
        ReadOnlySpan<BFloat16> source = tensor.GetTensorDataAsSpan<BFloat16>().Slice(start, destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i].value << 16);
        }
    }
}

/// <summary>Texts: UTF-8 in tensors, UTF-16 in columns.</summary>
internal sealed class TextCodec : ElementCodec<ReadOnlyMemory<char>>
{
    internal override PrimitiveDataViewType ItemType => TextDataViewType.Instance;

    internal override TensorFeed NewFeed(int column, bool isVector) => new TextFeed(column, isVector);

    internal override void Read(OrtValue tensor, int start, Span<ReadOnlyMemory<char>> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = tensor.GetStringElementAsMemory(start + i);
        }
    }
}
