namespace ResNetMl.Engine.Managed;

/// <summary>Places slots in one piece of memory so that those that are needed at the same time lie apart.</summary>
internal static class SlotPlanner
{
    // A page: neighbours share no cache line.
    private const long AlignmentFloats = 1024;

    /// <summary>Finds a place for each slot: the largest first, each at the lowest place that is free while it is needed.</summary>
    /// <returns>Offset of each in floats, and how many floats they take together.</returns>
    internal static (long[] Offsets, long Length) Place(IReadOnlyList<Slot> slots)
    {
        long[] offsets = new long[slots.Count];
        var placed = new List<int>();
        long total = 0;
        foreach (int index in Enumerable.Range(0, slots.Count).OrderByDescending(i => slots[i].Length))
        {
            long offset = 0;
            foreach (int other in placed.Where(p => slots[p].Overlaps(slots[index])).OrderBy(p => offsets[p]))
            {
                if (offsets[other] - offset >= slots[index].Length)
                {
                    break;
                }

                offset = Math.Max(offset, RoundUp(offsets[other] + slots[other].Length));
            }

            offsets[index] = offset;
            placed.Add(index);
            total = Math.Max(total, offset + slots[index].Length);
        }

        return (offsets, total);
    }

    private static long RoundUp(long length) => (length + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
}
