using ResNetMl.Tensors;

namespace ResNetMl.Interchange.Onnx;

/// <summary>Copies elements between orders of axes: what transposing, slicing and repeating constants have in common.</summary>
internal static class Strided
{
    /// <summary>Row-major distances between neighbours along each axis, in elements.</summary>
    internal static long[] Strides(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    internal static void Copy<T>(ReadOnlySpan<T> source, Span<T> destination, Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        if (destination.Length == 0)
        {
            return;
        }

        if (shape.Rank == 0)
        {
            destination[0] = source[(int)offset];
            return;
        }

        int[] place = new int[shape.Rank];
        int inner = shape[^1];
        long innerStride = strides[^1];
        for (int start = 0; start < destination.Length; start += inner)
        {
            for (int i = 0; i < inner; i++)
            {
                destination[start + i] = source[(int)(offset + (i * innerStride))];
            }

            for (int axis = shape.Rank - 2; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++place[axis] < shape[axis])
                {
                    break;
                }

                offset -= strides[axis] * shape[axis];
                place[axis] = 0;
            }
        }
    }
}
