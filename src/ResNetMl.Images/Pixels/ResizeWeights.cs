namespace ResNetMl.Images;

/// <summary>Which source pixels each new pixel of one axis is made of, and with what weight.</summary>
/// <remarks>
/// As PIL computes them: the filter, widened by the shrink factor, is centred on the new pixel's centre in source coordinates, sampled at
/// source pixel centres, cut at the edges, scaled to sum to 1 in double precision and rounded to 22 fractional bits.
/// </remarks>
internal sealed class ResizeWeights
{
    /// <summary>Fractional bits of a weight: 32 less 8 for the pixel and 2 for overshoot.</summary>
    internal const int FractionBits = 32 - 8 - 2;

    /// <summary>One half, added before the shift so that it rounds.</summary>
    internal const int Half = 1 << (FractionBits - 1);

    private int[] _weights = [];
    private int[] _firsts = [];
    private int[] _counts = [];
    private double[] _row = [];
    private int _taps;
    private (int From, int To, ResizeFilter Filter) _computed;

    /// <summary>New pixels along the axis.</summary>
    internal int Count { get; private set; }

    /// <summary>Weights of one new pixel; <paramref name="first"/> is the source pixel of the first weight.</summary>
    internal ReadOnlySpan<int> Of(int position, out int first)
    {
        first = _firsts[position];
        return _weights.AsSpan(position * _taps, _counts[position]);
    }

    /// <summary>Computes the weights of an axis; asked for the same again, keeps them.</summary>
    internal void Compute(int from, int to, ResizeFilter filter)
    {
        if (_computed == (from, to, filter))
        {
            return;
        }

        double scale = (double)from / to;
        double widening = Math.Max(scale, 1.0);
        double support = (filter == ResizeFilter.Bicubic ? 2.0 : 1.0) * widening;
        _taps = ((int)Math.Ceiling(support) * 2) + 1;
        Count = to;
        Grow(ref _weights, to * _taps);
        Grow(ref _firsts, to);
        Grow(ref _counts, to);
        Grow(ref _row, _taps);
        double inverse = 1.0 / widening;
        for (int position = 0; position < to; position++)
        {
            double centre = (position + 0.5) * scale;
            int first = Math.Max((int)(centre - support + 0.5), 0);
            int count = Math.Min((int)(centre + support + 0.5), from) - first;
            double total = 0;
            for (int tap = 0; tap < count; tap++)
            {
                double weight = Weigh(filter, (tap + first - centre + 0.5) * inverse);
                _row[tap] = weight;
                total += weight;
            }

            for (int tap = 0; tap < count; tap++)
            {
                double weight = total != 0 ? _row[tap] / total : _row[tap];
                _weights[(position * _taps) + tap] = (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << FractionBits)));
            }

            _firsts[position] = first;
            _counts[position] = count;
        }

        _computed = (from, to, filter);
    }

    private static double Weigh(ResizeFilter filter, double distance)
    {
        double x = Math.Abs(distance);
        if (filter == ResizeFilter.Bilinear)
        {
            return x < 1.0 ? 1.0 - x : 0.0;
        }

        // Keys 1981, "Cubic convolution interpolation for digital image processing", with a = -0.5.
        const double A = -0.5;
        return x < 1.0 ? (((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1)
            : x < 2.0 ? (((((x - 5) * x) + 8) * x) - 4) * A
            : 0.0;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
