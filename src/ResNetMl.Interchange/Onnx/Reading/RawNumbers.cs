using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>The little-endian bytes of raw_data as numbers.</summary>
internal static class RawNumbers
{
    internal static void ToFloats(int kind, ReadOnlySpan<byte> raw, Span<float> destination)
    {
        switch (kind)
        {
            case ElementKind.Float when BitConverter.IsLittleEndian:
                raw.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementKind.Float:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = BinaryPrimitives.ReadSingleLittleEndian(raw[(i * sizeof(float))..]);
                }

                break;
            case ElementKind.Double:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(raw[(i * sizeof(double))..]);
                }

                break;
            case ElementKind.Float16:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(raw[(i * sizeof(ushort))..]);
                }

                break;
            default:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = new BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(raw[(i * sizeof(ushort))..])).ToSingle();
                }

                break;
        }
    }

    internal static void ToIntegers(int kind, ReadOnlySpan<byte> raw, Span<Number> destination)
    {
        int size = ElementKind.SizeOf(kind);
        for (int i = 0; i < destination.Length; i++)
        {
            ReadOnlySpan<byte> bytes = raw.Slice(i * size, size);
            destination[i] = kind switch
            {
                ElementKind.UInt8 or ElementKind.Bool => bytes[0],
                ElementKind.Int8 => (sbyte)bytes[0],
                ElementKind.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                ElementKind.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
                ElementKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                ElementKind.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                ElementKind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                _ => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes), long.MaxValue),
            };
        }
    }
}
