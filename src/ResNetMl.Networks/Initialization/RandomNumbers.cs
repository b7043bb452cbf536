using System.Text;

namespace ResNetMl.Networks;

/// <summary>Random numbers that are a function of (seed, name, place) and nothing else, with the same bits on every machine.</summary>
/// <remarks>
/// <para>Bits come from <see cref="Philox4x32"/>. Key: the seed's low and high 32 bits. Counter: the pair's number, the attempt, and the low and
/// high 32 bits of the FNV-1a hash (64 bits) of the name's UTF-8 bytes. The first two words make one number, the last two the next:
/// u = ⌊(word1·2³² + word0) / 2¹¹⌋ / 2⁵³, uniform in [0, 1).</para>
/// <para>Normal numbers come in pairs by Marsaglia's polar method: with v = 2u − 1 for both and s = v₀² + v₁², the pair is
/// v·√(−2·ln s / s); where s is 0 or not below 1, the next attempt is drawn.</para>
/// <para>Only +, −, ×, ÷ and √ are used, which IEEE 754 defines to the last bit, and .NET does not fuse × and + by itself. Math.Log and Math.Cos
/// call the system's library and differ between systems in the last bit, so the logarithm is computed here.</para>
/// </remarks>
internal readonly struct RandomNumbers
{
    private readonly (uint Word0, uint Word1) _key;
    private readonly (uint Word0, uint Word1) _stream;

    internal RandomNumbers(long seed, string name)
    {
        _key = ((uint)seed, (uint)(seed >> 32));
        ulong hash = Fnv1a(name);
        _stream = ((uint)hash, (uint)(hash >> 32));
    }

    /// <summary>Normal numbers of mean 0, each rounded once to single precision.</summary>
    /// <param name="standardDeviation">√ of the variance.</param>
    /// <param name="destination">Filled from place 0.</param>
    internal void FillNormal(double standardDeviation, Span<float> destination)
    {
        for (int place = 0; place < destination.Length; place += 2)
        {
            (double first, double second) = NormalPair((uint)(place / 2));
            destination[place] = (float)(first * standardDeviation);
            if (place + 1 < destination.Length)
            {
                destination[place + 1] = (float)(second * standardDeviation);
            }
        }
    }

    /// <summary>Numbers uniform in [−bound, bound], each rounded once to single precision.</summary>
    /// <param name="bound">Largest magnitude.</param>
    /// <param name="destination">Filled from place 0.</param>
    internal void FillUniform(double bound, Span<float> destination)
    {
        for (int place = 0; place < destination.Length; place += 2)
        {
            (double first, double second) = UniformPair((uint)(place / 2), attempt: 0);
            destination[place] = (float)(((2 * first) - 1) * bound);
            if (place + 1 < destination.Length)
            {
                destination[place + 1] = (float)(((2 * second) - 1) * bound);
            }
        }
    }

    /// <summary>ln x for finite, normal x &gt; 0, to a few units in the last place, by basic arithmetic.</summary>
    /// <remarks>x = m·2ᵉ with m in [√½, √2); t = (m − 1)/(m + 1); ln m = 2t·(1 + t²/3 + t⁴/5 + …). t² ≤ 0.0295, so t²² /23 is below 2⁻⁵³.</remarks>
    internal static double NaturalLogarithm(double x)
    {
        const double Ln2 = 0.6931471805599453;
        const double Sqrt2 = 1.4142135623730951;
        const long MantissaMask = (1L << 52) - 1;
        const long ExponentOfOne = 1023L << 52;

        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & MantissaMask) | ExponentOfOne);
        if (mantissa >= Sqrt2)
        {
            mantissa /= 2;
            exponent++;
        }

        double t = (mantissa - 1) / (mantissa + 1);
        double square = t * t;
        double series = 0;
        for (int odd = 23; odd >= 1; odd -= 2)
        {
            series = (series * square) + (1.0 / odd);
        }

        return (exponent * Ln2) + (2 * t * series);
    }

    private static ulong Fnv1a(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ value) * 1099511628211);
        }

        return hash;
    }

    private (double First, double Second) NormalPair(uint pair)
    {
        for (uint attempt = 0; ; attempt++)
        {
            (double u0, double u1) = UniformPair(pair, attempt);
            (double v0, double v1) = ((2 * u0) - 1, (2 * u1) - 1);
            double s = (v0 * v0) + (v1 * v1);
            if (s > 0 && s < 1)
            {
                double scale = Math.Sqrt(-2 * NaturalLogarithm(s) / s);
                return (v0 * scale, v1 * scale);
            }
        }
    }

    private (double First, double Second) UniformPair(uint pair, uint attempt)
    {
        (uint word0, uint word1, uint word2, uint word3) = Philox4x32.Words((pair, attempt, _stream.Word0, _stream.Word1), _key);
        return (Fraction(word0, word1), Fraction(word2, word3));
    }

    private static double Fraction(uint low, uint high) => ((((ulong)high << 32) | low) >> 11) * (1.0 / (1L << 53));
}
