using System.Numerics;
using ResNetMl.Images;
using ResNetMl.Tensors;

namespace ResNetMl.Vision;

/// <summary>Rows of a batch mixed in pairs: λ·x + (1 − λ)·x[partner], with one λ for the batch from Beta(α, α).</summary>
/// <remarks>
/// Zhang et al. 2017, https://arxiv.org/abs/1710.09412; between the fixed and the learned part of a network it is the mixing of hidden values of
/// Verma et al. 2018, https://arxiv.org/abs/1806.05236. λ and partners are functions of (seed, step) alone.
/// </remarks>
internal sealed class Mixup
{
    /// <summary>Orders of epochs use the index −1, augmentations those of the examples, from 0.</summary>
    private const long RandomIndex = -2;

    private readonly double _alpha;
    private readonly ulong _seed;
    private readonly int[] _partners;
    private readonly int[] _otherLabels;
    private readonly Tensor[] _mixed;

    /// <summary>Takes memory for batches.</summary>
    /// <param name="alpha">α &gt; 0.</param>
    /// <param name="seed">The training's seed.</param>
    /// <param name="shapes">Shapes of the inputs, batch first.</param>
    internal Mixup(double alpha, ulong seed, IEnumerable<Shape> shapes)
    {
        _alpha = alpha;
        _seed = seed;
        _mixed = [.. shapes.Select(shape => new Tensor(shape))];
        int rows = _mixed[0].Shape[0];
        _partners = new int[rows];
        _otherLabels = new int[rows];
    }

    /// <summary>The mixed rows.</summary>
    internal Tensor[] Inputs => _mixed;

    /// <summary>Label of each row's partner.</summary>
    internal ReadOnlySpan<int> OtherLabels => _otherLabels;

    /// <summary>Mixes a batch.</summary>
    /// <param name="inputs">What enters the network, one tensor an input.</param>
    /// <param name="labels">A class index a row.</param>
    /// <param name="step">Updates made before this one.</param>
    /// <returns>λ, the share of the first of each pair.</returns>
    internal double Mix(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<int> labels, long step)
    {
        var random = CounterRandom.For(_seed, step, RandomIndex);
        double share = Share(_alpha, ref random);
        for (int row = 0; row < _partners.Length; row++)
        {
            _partners[row] = row;
        }

        random.Shuffle<int>(_partners);
        for (int row = 0; row < _partners.Length; row++)
        {
            _otherLabels[row] = labels[_partners[row]];
            for (int input = 0; input < _mixed.Length; input++)
            {
                int length = _mixed[input].Span.Length / _partners.Length;
                ReadOnlySpan<float> from = inputs[input].Span;
                Mix(
                    from.Slice(row * length, length),
                    from.Slice(_partners[row] * length, length),
                    (float)share,
                    _mixed[input].Span.Slice(row * length, length));
            }
        }

        return share;
    }

    /// <summary>A number from Beta(α, α), in [0, 1]: X/(X + Y) of two gamma numbers, by their logarithms, which small α does not drive to 0/0.</summary>
    internal static double Share(double alpha, ref CounterRandom random)
    {
        double first = LogGamma(alpha, ref random);
        double second = LogGamma(alpha, ref random);
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>
    /// Logarithm of a number from Gamma(shape, 1): Marsaglia and Tsang 2000, "A simple method for generating gamma variables", for shape + 1,
    /// times U^(1/shape), their section 6.
    /// </summary>
    private static double LogGamma(double shape, ref CounterRandom random)
    {
        double d = shape + 1 - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = Normal(ref random);
            double root = 1 + (c * normal);
            if (root <= 0)
            {
                continue;
            }

            double v = root * root * root;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / shape);
            }
        }
    }

    /// <summary>A number from the standard normal distribution: Box and Muller 1958.</summary>
    private static double Normal(ref CounterRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Mix(ReadOnlySpan<float> first, ReadOnlySpan<float> second, float share, Span<float> mixed)
    {
        float otherShare = 1 - share;
        int i = 0;
        for (; i <= mixed.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = (new Vector<float>(first[i..]) * share) + (new Vector<float>(second[i..]) * otherShare);
            sum.CopyTo(mixed[i..]);
        }

        for (; i < mixed.Length; i++)
        {
            mixed[i] = (first[i] * share) + (second[i] * otherShare);
        }
    }
}
