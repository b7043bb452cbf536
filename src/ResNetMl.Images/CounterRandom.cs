namespace ResNetMl.Images;

/// <summary>Random numbers that are a pure function of what they are for: the same (seed, epoch, index) gives the same sequence anywhere.</summary>
/// <remarks>
/// SplitMix64 (Steele, Lea, Flood 2014, "Fast Splittable Pseudorandom Number Generators", figure 17): a counter stepped by an odd
/// constant and hashed. There is no shared state, so threads cannot change each other's numbers. Not for secrets.
/// </remarks>
public struct CounterRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _counter;

    /// <summary>Starts the sequence of a seed.</summary>
    /// <param name="seed">Any number; equal seeds give equal sequences.</param>
    public CounterRandom(ulong seed) => _counter = seed;

    /// <summary>The sequence that belongs to one example in one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Pass over the data, from 0.</param>
    /// <param name="index">Index of the example in its source, or another number within the epoch.</param>
    public static CounterRandom For(ulong seed, long epoch, long index)
    {
        ulong key = Hash(seed + Step);
        key = Hash(key ^ unchecked((ulong)epoch * 0xD1B54A32D192ED03) ^ Step);
        return new CounterRandom(Hash(key + unchecked((ulong)index * Step)));
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        _counter = unchecked(_counter + Step);
        return Hash(_counter);
    }

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>), each equally likely.</summary>
    /// <param name="exclusiveMax">At least 1.</param>
    public int NextInt32(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);

        // Lemire 2019 (https://arxiv.org/abs/1805.10941): the upper half of a product, redrawn in the few cases that would be uneven.
        uint range = (uint)exclusiveMax;
        uint uneven = unchecked(0u - range) % range;
        while (true)
        {
            ulong product = (NextUInt64() >> 32) * range;
            if ((uint)product >= uneven)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>A number in [0, 1) in steps of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1ul << 53));

    /// <summary>A number in [<paramref name="min"/>, <paramref name="max"/>).</summary>
    /// <param name="min">Lower bound, inclusive.</param>
    /// <param name="max">Upper bound, exclusive unless equal to the lower.</param>
    public double NextDouble(double min, double max) => min + ((max - min) * NextDouble());

    /// <summary>Puts elements in random order, each order equally likely (Fisher and Yates).</summary>
    /// <param name="elements">Reordered in place.</param>
    public void Shuffle<T>(Span<T> elements)
    {
        for (int last = elements.Length - 1; last > 0; last--)
        {
            int other = NextInt32(last + 1);
            (elements[last], elements[other]) = (elements[other], elements[last]);
        }
    }

    private static ulong Hash(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
