using ResNetMl.Interchange.Onnx.Generated;
using ResNetMl.Networks;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>
/// Turns tensors of a file into constants: floating-point ones into single precision (float16 and bfloat16 exactly, double rounded), whole ones
/// and truth values into 64 bits. Sizes are checked against the file before memory is taken.
/// </summary>
internal sealed class TensorReader(ModelBudget budget, ExternalData external)
{
    /// <summary>More whole numbers than any shape, axis or index list has.</summary>
    internal const int MaxIntegers = 1 << 20;

    private const int IntegerBytes = 16;

    internal ModelBudget Budget { get; } = budget;

    /// <summary>Reads a tensor's header; its numbers are read when asked for.</summary>
    internal ConstantValue Read(string where, TensorProto tensor)
    {
        Shape shape = ReadShape(where, tensor);
        int kind = tensor.DataType;
        if (!ElementKind.IsFloat(kind) && !ElementKind.IsInteger(kind))
        {
            throw new InterchangeException(
                $"{where}: expected numbers of float, float16, bfloat16, double, whole numbers or bool, got {ElementKind.NameOf(kind)}. It cannot be read here.");
        }

        string? name = tensor.Name.Length > 0 ? tensor.Name : null;
        return ElementKind.IsFloat(kind)
            ? new ConstantValue(shape, () => ReadFloats(where, tensor, shape), name)
            : new ConstantValue(shape, () => ReadIntegers(where, tensor, shape), name);
    }

    /// <summary>A tensor of zeros, paid for.</summary>
    internal Tensor NewTensor(string where, Shape shape)
    {
        RequireSize(where, shape);
        Budget.Take(sizeof(float) * shape.ElementCount, $"{where}, a tensor {shape}");
        return new Tensor(shape);
    }

    /// <summary>A list of whole numbers, paid for.</summary>
    internal Number[] NewIntegers(string where, Shape shape)
    {
        RequireSize(where, shape);
        if (shape.ElementCount > MaxIntegers)
        {
            throw new InterchangeException(
                $"{where}: expected at most {MaxIntegers:N0} whole numbers, got {shape.ElementCount:N0}. Whole numbers are read as shapes, axes and indices alone.");
        }

        Budget.Take(IntegerBytes * shape.ElementCount, $"{where}, a tensor {shape}");
        return new Number[shape.ElementCount];
    }

    internal static void RequireSize(string where, ReadOnlySpan<int> lengths)
    {
        long elements = 1;
        foreach (int length in lengths)
        {
            // Multiplied one by one: the product of all may not fit 64 bits.
            elements = Math.Min(elements, NetworkLimits.MaxTensorElements + 1) * length;
        }

        if (elements > NetworkLimits.MaxTensorElements || lengths.Length > NetworkLimits.MaxRank)
        {
            throw new InterchangeException(
                $"{where}: expected at most {NetworkLimits.MaxTensorElements:N0} elements and {NetworkLimits.MaxRank} axes, got [{string.Join(", ", lengths.ToArray())}].");
        }
    }

    private static void RequireSize(string where, Shape shape) => RequireSize(where, shape.AsSpan());

    private static Shape ReadShape(string where, TensorProto tensor)
    {
        foreach (long length in tensor.Dims)
        {
            if (length < 0 || length > NetworkLimits.MaxTensorElements)
            {
                throw new InterchangeException($"{where}: expected axes of 0 to {NetworkLimits.MaxTensorElements:N0} elements, got {length}.");
            }
        }

        if (tensor.Dims.Count > NetworkLimits.MaxRank)
        {
            throw new InterchangeException($"{where}: expected at most {NetworkLimits.MaxRank} axes, got {tensor.Dims.Count}.");
        }

        var shape = new Shape([.. tensor.Dims.Select(length => (int)length)]);
        RequireSize(where, shape);
        return shape;
    }

    private Tensor ReadFloats(string where, TensorProto tensor, Shape shape)
    {
        long count = shape.ElementCount;
        int kind = tensor.DataType;
        if (kind == ElementKind.Float && tensor.FloatData.Count > 0 && !IsExternal(tensor))
        {
            RequireCount(where, "float_data", tensor.FloatData.Count, count);
            Tensor result = NewTensor(where, shape);
            CopyTo(tensor.FloatData, result.Span);
            return result;
        }

        if (kind == ElementKind.Double && tensor.DoubleData.Count > 0 && !IsExternal(tensor))
        {
            RequireCount(where, "double_data", tensor.DoubleData.Count, count);
            Tensor result = NewTensor(where, shape);
            for (int i = 0; i < tensor.DoubleData.Count; i++)
            {
                result.Span[i] = (float)tensor.DoubleData[i];
            }

            return result;
        }

        if (tensor.Int32Data.Count > 0 && !IsExternal(tensor))
        {
            RequireCount(where, "int32_data", tensor.Int32Data.Count, count);
            Tensor result = NewTensor(where, shape);
            for (int i = 0; i < tensor.Int32Data.Count; i++)
            {
                ushort bits = unchecked((ushort)tensor.Int32Data[i]);
                result.Span[i] = kind == ElementKind.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits) : new BFloat16(bits).ToSingle();
            }

            return result;
        }

        ReadOnlyMemory<byte> raw = ReadRaw(where, tensor, count * ElementKind.SizeOf(kind));
        Tensor tensorOfRaw = NewTensor(where, shape);
        RawNumbers.ToFloats(kind, raw.Span, tensorOfRaw.Span);
        return tensorOfRaw;
    }

    private Number[] ReadIntegers(string where, TensorProto tensor, Shape shape)
    {
        long count = shape.ElementCount;
        int kind = tensor.DataType;
        int listed = tensor.Int64Data.Count + tensor.Int32Data.Count + tensor.Uint64Data.Count;
        if (listed > 0 && !IsExternal(tensor))
        {
            RequireCount(where, "its data", listed, count);
            Number[] numbers = NewIntegers(where, shape);
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = kind switch
                {
                    ElementKind.Int64 => tensor.Int64Data.Count > i ? tensor.Int64Data[i] : 0,
                    ElementKind.UInt32 or ElementKind.UInt64 => tensor.Uint64Data.Count > i ? (long)Math.Min(tensor.Uint64Data[i], long.MaxValue) : 0,
                    _ => tensor.Int32Data.Count > i ? tensor.Int32Data[i] : 0,
                };
            }

            return numbers;
        }

        ReadOnlyMemory<byte> raw = ReadRaw(where, tensor, count * ElementKind.SizeOf(kind));
        Number[] result = NewIntegers(where, shape);
        RawNumbers.ToIntegers(kind, raw.Span, result);
        return result;
    }

    private static bool IsExternal(TensorProto tensor) => tensor.DataLocation == 1;

    private ReadOnlyMemory<byte> ReadRaw(string where, TensorProto tensor, long byteCount)
    {
        if (!IsExternal(tensor))
        {
            RequireCount(where, "raw_data", tensor.RawData.Length, byteCount);
            return tensor.RawData.Memory;
        }

        ExternalData.Place place = external.Find(where, tensor, byteCount);
        Budget.Take(byteCount, where);
        var bytes = new byte[byteCount];
        ExternalData.Read(where, place, bytes);
        return bytes;
    }

    private static void RequireCount(string where, string field, long got, long expected)
    {
        if (got != expected)
        {
            throw new InterchangeException(
                $"{where}: expected {expected:N0} {(field == "raw_data" ? "bytes" : "numbers")} in {field} by its shape, got {got:N0}. The file is damaged.");
        }
    }

    private static void CopyTo(Google.Protobuf.Collections.RepeatedField<float> source, Span<float> destination)
    {
        for (int i = 0; i < source.Count; i++)
        {
            destination[i] = source[i];
        }
    }
}
