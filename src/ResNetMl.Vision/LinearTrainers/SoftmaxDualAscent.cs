namespace ResNetMl.Trainers;

/// <summary>How stochastic dual coordinate ascent trains.</summary>
/// <param name="L2">λ, the factor of the regularisation, &gt; 0.</param>
/// <param name="L1">The factor of the absolute values within the regularisation, ≥ 0.</param>
/// <param name="Tolerance">Ends where the duality gap is below this share of the loss.</param>
/// <param name="MaxIterations">Ends after so many passes over the rows.</param>
/// <param name="ChecksEvery">Passes between two computations of the gap, ≥ 1.</param>
/// <param name="ShuffleSeed">Puts the rows in another random order in each pass; null keeps their own.</param>
internal sealed record DualAscentOptions(double L2, double L1, double Tolerance, int MaxIterations, int ChecksEvery, int? ShuffleSeed);

/// <summary>What dual ascent found.</summary>
/// <param name="Parameters">The classes' biases, then their weights, class after class.</param>
/// <param name="Iterations">Passes that were made.</param>
/// <param name="Loss">The mean loss with its regularisation, at the last check.</param>
/// <param name="Gap">How much the loss can be above its minimum.</param>
internal sealed record DualAscentResult(double[] Parameters, int Iterations, double Loss, double Gap);

/// <summary>
/// Minimises Σ weight·(−ln softmax(W·x + b)[label])/Σ weight + λ·(‖(W, b)‖²/2 + L1·‖W‖₁) by proximal stochastic dual coordinate ascent (Shalev-Shwartz and
/// Zhang, Accelerated proximal stochastic dual coordinate ascent for regularized loss minimization, 2014).
/// </summary>
/// <remarks>
/// The bias is the weight of a feature that is always 1. An example's dual variable is a distribution q over the classes; one step maximises the dual over
/// it alone: H(q) + (q − p)·scores − a/2·‖q − p‖², with a = weight·‖x‖²/(λ·Σ weight), whose maximum solves ln q + a·q = scores + a·p + τ with Σ q = 1.
/// </remarks>
internal sealed class SoftmaxDualAscent
{
    // Newton's steps end here, above rounding; what is left is made up for at the example's next visit.
    private const double SolvedTo = 1e-12;

    private readonly TrainingExamples _examples;
    private readonly DualAscentOptions _options;
    private readonly int _classes;
    private readonly int _features;
    private readonly double _scale;
    private readonly double[] _dualSums;
    private readonly double[] _parameters;
    private readonly double[] _distributions;
    private readonly double[] _squaredLengths;

    private SoftmaxDualAscent(TrainingExamples examples, DualAscentOptions options)
    {
        _examples = examples;
        _options = options;
        _classes = examples.Classes;
        _features = examples.Length;
        _scale = options.L2 * examples.TotalWeight();
        _dualSums = new double[_classes * (_features + 1)];
        _parameters = new double[_dualSums.Length];
        _distributions = new double[(long)examples.Count * _classes];
        _squaredLengths = [.. examples.Features.Select(row => 1 + row.Sum(feature => (double)feature * feature))];
        for (int row = 0; row < examples.Count; row++)
        {
            _distributions[(row * _classes) + examples.Labels[row]] = 1;
        }
    }

    /// <summary>Trains from weights of zero.</summary>
    /// <param name="examples">The training rows.</param>
    /// <param name="options">Regularisation, order and end.</param>
    /// <param name="progress">Told the passes made, the loss and the gap at each check.</param>
    /// <param name="token">Ends it with <see cref="OperationCanceledException"/>.</param>
    public static DualAscentResult Minimise(
        TrainingExamples examples, DualAscentOptions options, Action<int, double, double>? progress = null, CancellationToken token = default) =>
        new SoftmaxDualAscent(examples, options).Run(progress, token);

    private DualAscentResult Run(Action<int, double, double>? progress, CancellationToken token)
    {
        int[] order = [.. Enumerable.Range(0, _examples.Count)];
        Random? random = _options.ShuffleSeed is { } seed ? new Random(seed) : null;
        for (int iteration = 1; ; iteration++)
        {
            token.ThrowIfCancellationRequested();
            random?.Shuffle(order);
            foreach (int row in order)
            {
                Ascend(row);
            }

            bool isLast = iteration == _options.MaxIterations;
            if (isLast || iteration % _options.ChecksEvery == 0)
            {
                (double loss, double gap) = Measure();
                progress?.Invoke(iteration, loss, gap);
                if (isLast || !(gap > _options.Tolerance * loss))
                {
                    return new DualAscentResult(_parameters, iteration, loss, gap);
                }
            }
        }
    }

    private void Ascend(int row)
    {
        float[] x = _examples.Features[row];
        double weight = _examples.WeightOf(row);
        if (weight == 0)
        {
            return;
        }

        Span<double> before = _distributions.AsSpan(row * _classes, _classes);
        double curvature = weight * _squaredLengths[row] / _scale;
        Span<double> after = _classes <= 256 ? stackalloc double[_classes] : new double[_classes];
        for (int k = 0; k < _classes; k++)
        {
            after[k] = Score(x, k) + (curvature * before[k]);
        }

        SolveDistribution(after, curvature);
        for (int k = 0; k < _classes; k++)
        {
            double change = (before[k] - after[k]) * weight / _scale;
            before[k] = after[k];
            if (change == 0)
            {
                continue;
            }

            _dualSums[k] += change;
            _parameters[k] = _dualSums[k];
            int first = _classes + (k * _features);
            Span<double> sums = _dualSums.AsSpan(first, _features);
            MixedPrecision.AddScaled(change, x, sums);
            Threshold(sums, _parameters.AsSpan(first, _features));
        }
    }

    private double Score(float[] x, int k) => _parameters[k] + MixedPrecision.Dot(x, _parameters.AsSpan(_classes + (k * _features), _features));

    private void Threshold(ReadOnlySpan<double> sums, Span<double> weights)
    {
        if (_options.L1 == 0)
        {
            sums.CopyTo(weights);
            return;
        }

        for (int i = 0; i < sums.Length; i++)
        {
            weights[i] = Math.CopySign(Math.Max(Math.Abs(sums[i]) - _options.L1, 0), sums[i]);
        }
    }

    /// <summary>The distribution q with ln q + a·q = c + τ for the τ that makes its sum 1: Newton's steps on τ from above, where the sum is convex and the steps do not overshoot.</summary>
    /// <param name="values">In: c; out: q.</param>
    /// <param name="curvature">a, ≥ 0.</param>
    private static void SolveDistribution(Span<double> values, double curvature)
    {
        Span<double> logarithms = values.Length <= 256 ? stackalloc double[values.Length] : new double[values.Length];
        double most = double.NegativeInfinity;
        foreach (double value in values)
        {
            most = Math.Max(most, value);
        }

        // With this τ the largest q is 1, so the sum is at least 1.
        double shift = -most + curvature;
        double lower = double.NegativeInfinity;
        double upper = double.PositiveInfinity;
        for (int trial = 0; trial < 100; trial++)
        {
            double sum = 0;
            double derivative = 0;
            for (int k = 0; k < values.Length; k++)
            {
                logarithms[k] = SolveLogarithm(values[k] + shift, curvature);
                double q = Math.Exp(logarithms[k]);
                sum += q;
                derivative += q / (1 + (curvature * q));
            }

            if (Math.Abs(sum - 1) < SolvedTo)
            {
                break;
            }

            (lower, upper) = sum > 1 ? (lower, shift) : (shift, upper);
            double next = shift - ((sum - 1) / derivative);
            bool isInside = next > lower && next < upper;
            double bisected = double.IsInfinity(lower) || double.IsInfinity(upper) ? next : (lower + upper) / 2;
            next = isInside ? next : bisected;
            if (next == shift)
            {
                break;
            }

            shift = next;
        }

        double total = 0;
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = Math.Exp(logarithms[k]);
            total += values[k];
        }

        for (int k = 0; k < values.Length; k++)
        {
            values[k] /= total;
        }
    }

    /// <summary>The t with t + a·exp(t) = c, by Newton's steps from above, where the function is convex and the steps do not overshoot.</summary>
    private static double SolveLogarithm(double c, double curvature)
    {
        // From above: t ≤ c, and where t ≥ 0 also a·exp(t) ≤ c.
        double t = curvature > 0 ? Math.Min(c, Math.Max(0, Math.Log(Math.Max(c / curvature, 1)))) : c;
        for (int trial = 0; trial < 50; trial++)
        {
            double product = curvature * Math.Exp(t);
            double step = (t + product - c) / (1 + product);
            t -= step;
            if (Math.Abs(step) <= SolvedTo * (1 + Math.Abs(t)))
            {
                break;
            }
        }

        return t;
    }

    /// <summary>The loss, and how far it is above the dual, which no minimum lies below.</summary>
    private (double Loss, double Gap) Measure()
    {
        Span<double> scores = _classes <= 256 ? stackalloc double[_classes] : new double[_classes];
        double losses = 0;
        double entropies = 0;
        for (int row = 0; row < _examples.Count; row++)
        {
            for (int k = 0; k < _classes; k++)
            {
                scores[k] = Score(_examples.Features[row], k);
                double q = _distributions[(row * _classes) + k];
                entropies -= q > 0 ? _examples.WeightOf(row) * q * Math.Log(q) : 0;
            }

            double labelScore = scores[_examples.Labels[row]];
            losses += _examples.WeightOf(row) * (SoftmaxObjective.Softmax(scores) - labelScore);
        }

        double squares = 0;
        double absolutes = 0;
        for (int i = 0; i < _parameters.Length; i++)
        {
            squares += _parameters[i] * _parameters[i];
            absolutes += i < _classes ? 0 : Math.Abs(_parameters[i]);
        }

        // The conjugate of the regularisation at the dual sums is half the squares of the weights, which are these sums thresholded.
        double total = _scale / _options.L2;
        double loss = (losses / total) + (_options.L2 * ((0.5 * squares) + (_options.L1 * absolutes)));
        double dual = (entropies / total) - (_options.L2 * 0.5 * squares);
        return (loss, loss - dual);
    }
}
