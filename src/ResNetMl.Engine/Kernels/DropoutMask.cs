namespace ResNetMl.Engine;

/// <summary>Which elements a dropout drops: a pure function of seed, step, operation and element, so every backend drops the same.</summary>
internal static class DropoutMask
{
    private const int FractionBits = 24;

    /// <summary>What the masks of one operation in one step have in common.</summary>
    /// <param name="context">Seed and step.</param>
    /// <param name="salt">The operation's <see cref="DropoutOperation.Salt"/>.</param>
    internal static ulong Key(StepContext context, int salt) =>
        Mix(Mix(Mix(context.Seed) ^ (ulong)context.Step) ^ (uint)salt);

    /// <summary>The number below which an element's random number drops it.</summary>
    /// <param name="rate">Probability of dropping, in [0, 1).</param>
    internal static uint Threshold(float rate) => (uint)Math.Round(rate * (double)(1 << FractionBits));

    /// <summary>Whether an element stays.</summary>
    /// <param name="key">From <see cref="Key"/>.</param>
    /// <param name="threshold">From <see cref="Threshold"/>.</param>
    /// <param name="index">The element's index in [N, C, H, W] or [N, features] order.</param>
    internal static bool Keeps(ulong key, uint threshold, long index) =>
        (uint)(Mix(key + (ulong)index) >> (64 - FractionBits)) >= threshold;

    /// <summary>Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators": the SplitMix64 step.</summary>
    private static ulong Mix(ulong state)
    {
        ulong z = state + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
