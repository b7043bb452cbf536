using ResNetMl.Tensors;

namespace ResNetMl.Engine.General;

/// <summary>Axes that several arrays are walked along together, each with its own step: as few as possible, the innermost last.</summary>
internal sealed class StridedAxes
{
    private StridedAxes(int[] lengths, long[][] strides)
    {
        Lengths = lengths;
        Strides = strides;
    }

    /// <summary>Length of each axis; at least one axis.</summary>
    internal int[] Lengths { get; }

    /// <summary>For each array, its step along each axis in elements; 0 repeats.</summary>
    internal long[][] Strides { get; }

    /// <summary>Length of the innermost axis.</summary>
    internal int Inner => Lengths[^1];

    /// <summary>Axes joined wherever every array allows it, and those of length 1 left out.</summary>
    /// <param name="lengths">Length of each axis.</param>
    /// <param name="strides">For each array, its step along each axis.</param>
    internal static StridedAxes Merge(ReadOnlySpan<int> lengths, params ReadOnlySpan<long[]> strides)
    {
        var merged = new List<int>();
        List<long>[] steps = [.. Enumerable.Range(0, strides.Length).Select(_ => new List<long>())];
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            if (lengths[axis] == 1)
            {
                continue;
            }

            bool joins = merged.Count > 0;
            for (int array = 0; array < steps.Length && joins; array++)
            {
                joins = steps[array][^1] == strides[array][axis] * lengths[axis];
            }

            if (joins && (long)merged[^1] * lengths[axis] <= int.MaxValue)
            {
                merged[^1] *= lengths[axis];
            }
            else
            {
                merged.Add(lengths[axis]);
                joins = false;
            }

            for (int array = 0; array < steps.Length; array++)
            {
                if (joins)
                {
                    steps[array][^1] = strides[array][axis];
                }
                else
                {
                    steps[array].Add(strides[array][axis]);
                }
            }
        }

        if (merged.Count == 0)
        {
            merged.Add(1);
            Array.ForEach(steps, list => list.Add(0));
        }

        return new StridedAxes([.. merged], [.. steps.Select(list => list.ToArray())]);
    }

    /// <summary>Steps of a row-major array.</summary>
    internal static long[] RowMajor(Shape shape)
    {
        var steps = new long[shape.Rank];
        long step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            steps[axis] = step;
            step *= shape[axis];
        }

        return steps;
    }

    /// <summary>Steps of a row-major array that repeats along the axes where it has length 1 and the whole has more.</summary>
    internal static long[] Repeating(Shape shape, Shape whole)
    {
        long[] steps = RowMajor(shape);
        for (int axis = 0; axis < steps.Length; axis++)
        {
            if (shape[axis] != whole[axis])
            {
                steps[axis] = 0;
            }
        }

        return steps;
    }

    /// <summary>Where an array's row of the innermost axis starts.</summary>
    /// <param name="array">Which array.</param>
    /// <param name="row">Index of the row over all axes but the innermost, row-major.</param>
    internal long Offset(int array, long row)
    {
        long[] strides = Strides[array];
        long offset = 0;
        for (int axis = Lengths.Length - 2; axis >= 0; axis--)
        {
            (row, long index) = Math.DivRem(row, Lengths[axis]);
            offset += index * strides[axis];
        }

        return offset;
    }
}
