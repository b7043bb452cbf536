using ResNetMl.Tensors;

namespace ResNetMl.Networks;

/// <summary>Checks of axes.</summary>
internal static class Axis
{
    /// <summary>An axis that a layer works along: never the batch.</summary>
    internal static int RequireInner(int axis) => Networks.Require.AtLeast(1, axis);

    /// <summary>Refuses a value that lacks the axis.</summary>
    internal static void Require(string nodeName, int axis, Shape input)
    {
        if (axis >= input.Rank)
        {
            throw new ShapeMismatchException($"{nodeName}: expected an input with an axis {axis}, got {input}. Axes count from the batch, 0.");
        }
    }

    /// <summary>Refuses axes that are none, not ascending or contain the batch.</summary>
    internal static Shape RequireAscending(Shape axes)
    {
        int before = 0;
        foreach (int axis in axes)
        {
            if (axis <= before)
            {
                throw new ArgumentException($"axes ({axes}) must ascend from 1 or more; 0 is the batch.", nameof(axes));
            }

            before = axis;
        }

        return axes.Rank > 0 ? axes : throw new ArgumentException("axes must name one or more.", nameof(axes));
    }

    /// <summary>A length that fits an axis.</summary>
    internal static int Length(string nodeName, long length) => length <= int.MaxValue
        ? (int)length
        : throw new ShapeMismatchException($"{nodeName}: expected an output axis of at most {int.MaxValue} elements, got {length}.");
}
