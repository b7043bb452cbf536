using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>Turns views of stored numbers into single-precision tensors.</summary>
internal static class StorageBytes
{
    /// <summary>The elements of a view, row-major, in single precision; half and bfloat16 exactly, double rounded to nearest.</summary>
    /// <param name="tensor">The view, checked to lie inside its storage; of a real type.</param>
    /// <param name="storage">All bytes of the storage, little-endian.</param>
    internal static Tensor ToTensor(PickleTensor tensor, ReadOnlySpan<byte> storage)
    {
        var result = new Tensor(tensor.Shape);
        Span<float> target = result.Span;
        if (target.IsEmpty)
        {
            return result;
        }

        int size = tensor.Storage.Type.SizeInBytes();
        if (IsContiguous(tensor))
        {
            Convert(tensor.Storage.Type, storage.Slice(checked((int)(tensor.Offset * size)), target.Length * size), target);
            return result;
        }

        Span<int> index = stackalloc int[tensor.Shape.Rank];
        index.Clear();
        long source = tensor.Offset;
        for (int i = 0; i < target.Length; i++)
        {
            Convert(tensor.Storage.Type, storage.Slice((int)(source * size), size), target.Slice(i, 1));
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                source += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }

                source -= tensor.Strides[axis] * index[axis];
                index[axis] = 0;
            }
        }

        return result;
    }

    /// <summary>Converts stored numbers of a real type, little-endian, to single precision.</summary>
    internal static void Convert(StorageType type, ReadOnlySpan<byte> source, Span<float> target)
    {
        switch (type)
        {
            case StorageType.Float32 when BitConverter.IsLittleEndian:
                source.CopyTo(MemoryMarshal.AsBytes(target));
                break;

            case StorageType.Float32:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
                }

                break;

            case StorageType.Float16:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
                }

                break;

            case StorageType.BFloat16:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = new BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..])).ToSingle();
                }

                break;

            case StorageType.Float64:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(source[(8 * i)..]);
                }

                break;

            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Only real numbers become weights.");
        }
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Shape.Rank - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return false;
            }

            expected *= tensor.Shape[axis];
        }

        return true;
    }
}
