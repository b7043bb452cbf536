namespace ResNetMl.Engine.Managed;

/// <summary>Taps whose pixels lie side by side in a strip: tap First + i·Step reads i pixels further on than the first.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Step">From one to the next, in the order of the weights: the stride, because a strip is sorted by it.</param>
internal readonly record struct TapRun(int First, int Count, int Step)
{
    /// <summary>Divides all taps of a strip into runs.</summary>
    /// <param name="strip">Says where taps read.</param>
    /// <param name="maximum">The longest run wanted.</param>
    internal static TapRun[] Of(SourceStrip strip, int maximum)
    {
        var runs = new List<TapRun>();
        bool[] isTaken = new bool[strip.TapOffsets.Length];
        for (int first = 0; first < isTaken.Length; first++)
        {
            if (isTaken[first])
            {
                continue;
            }

            int step = NextTo(strip, first) is var next and > 0 ? next - first : 1;
            int count = 1;
            int last = first;
            isTaken[first] = true;
            while (count < maximum && NextTo(strip, last) == last + step && !isTaken[last + step])
            {
                last += step;
                isTaken[last] = true;
                count++;
            }

            runs.Add(new TapRun(first, count, step));
        }

        return [.. runs];
    }

    private static int NextTo(SourceStrip strip, int tap) => Array.IndexOf(strip.TapOffsets, strip.TapOffsets[tap] + ManagedLayout.Lanes);
}
