using ResNetMl.Tensors;

namespace ResNetMl.Interchange;

/// <summary>
/// Where axes go: feature maps [N, C, H, W] and [N, C, D, H, W] are stored channels last, [N, H, W, C] and [N, D, H, W, C], as TensorFlow's operations
/// on CPUs require; tensors of rank 3 and less keep their order.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>The stored axis of an axis counted in [N, C, …].</summary>
    internal static int Stored(int axis, int rank) => rank < 4 || axis == 0 ? axis : axis == 1 ? rank - 1 : axis - 1;

    /// <summary>The axis in [N, C, …] of a stored one.</summary>
    internal static int Own(int stored, int rank) => rank < 4 || stored == 0 ? stored : stored == rank - 1 ? 1 : stored + 1;

    /// <summary>A shape in the stored order.</summary>
    internal static Shape Stored(Shape shape) => new([.. Enumerable.Range(0, shape.Rank).Select(stored => shape[Own(stored, shape.Rank)])]);

    /// <summary>For each axis of the own order, the stored axis: the permutation that leads from stored to own order.</summary>
    internal static int[] ToOwn(int rank) => [.. Enumerable.Range(0, rank).Select(axis => Stored(axis, rank))];

    /// <summary>For each stored axis, the own axis: the permutation that leads from own to stored order.</summary>
    internal static int[] FromOwn(int rank) => [.. Enumerable.Range(0, rank).Select(stored => Own(stored, rank))];

    /// <summary>Elements in another order of axes.</summary>
    /// <param name="elements">Row-major.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="order">For each new axis, the old one.</param>
    internal static float[] Permute(ReadOnlySpan<float> elements, Shape shape, ReadOnlySpan<int> order)
    {
        int rank = shape.Rank;
        var strides = new long[rank];
        long stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        var result = new float[elements.Length];
        var index = new int[rank];
        long source = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = elements[(int)source];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                source += strides[order[axis]];
                if (++index[axis] < shape[order[axis]])
                {
                    break;
                }

                source -= strides[order[axis]] * index[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
