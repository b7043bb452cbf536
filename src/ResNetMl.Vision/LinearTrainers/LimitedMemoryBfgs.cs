namespace ResNetMl.Trainers;

/// <summary>What <see cref="LimitedMemoryBfgs"/> minimises beside the smooth function, and when it ends.</summary>
/// <param name="FreeCount">How many parameters, from the first, are neither regularised nor bounded: the biases.</param>
/// <param name="L1">The factor of the absolute values of the others, ≥ 0.</param>
/// <param name="IsNonNegative">Whether the others must be at least 0.</param>
/// <param name="HistorySize">Steps whose curvature is remembered, ≥ 1.</param>
/// <param name="Tolerance">Ends where an iteration improves the value by less than this share of it, averaged over the last few.</param>
/// <param name="MaxIterations">Ends after so many.</param>
internal sealed record LimitedMemoryOptions(int FreeCount, double L1, bool IsNonNegative, int HistorySize, double Tolerance, int MaxIterations);

/// <summary>
/// L-BFGS (Nocedal 1980; Nocedal and Wright, Numerical Optimization, algorithm 7.4) for a smooth function, and OWL-QN (Andrew and Gao, Scalable training
/// of L1-regularized log-linear models, 2007) where absolute values are added or parameters are bounded by 0.
/// </summary>
internal sealed class LimitedMemoryBfgs
{
    private const double SufficientDecrease = 1e-4;
    private const double SufficientCurvature = 0.9;
    private const int MostTrials = 60;

    // An iteration's improvement counts half as much as the next one's.
    private const double Forgetting = 0.5;

    private readonly Func<double[], double[], double> _smooth;
    private readonly LimitedMemoryOptions _options;
    private readonly List<(double[] Step, double[] Change, double Product)> _history = [];

    private LimitedMemoryBfgs(Func<double[], double[], double> smooth, LimitedMemoryOptions options)
    {
        _smooth = smooth;
        _options = options;
    }

    private bool IsSmooth => _options.L1 == 0 && !_options.IsNonNegative;

    /// <summary>Minimises from a starting point.</summary>
    /// <param name="smooth">The function: parameters, receiver of the gradient → value.</param>
    /// <param name="start">Where to begin; not changed.</param>
    /// <param name="options">What is added to the function, and when to end.</param>
    /// <param name="progress">Told the iteration, from 1, and the value after it.</param>
    /// <param name="token">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The best parameters that were found.</returns>
    public static double[] Minimise(
        Func<double[], double[], double> smooth, double[] start, LimitedMemoryOptions options, Action<int, double>? progress = null,
        CancellationToken token = default) => new LimitedMemoryBfgs(smooth, options).Run(start, progress, token);

    private double[] Run(double[] start, Action<int, double>? progress, CancellationToken token)
    {
        Point point = At(Project(start, start));
        double improvement = 0;
        for (int iteration = 1; iteration <= _options.MaxIterations; iteration++)
        {
            token.ThrowIfCancellationRequested();
            double[] slope = PseudoGradient(point);
            if (slope.All(derivative => derivative == 0))
            {
                break;
            }

            Point? next = Step(point, slope);
            if (next is null && _history.Count > 0)
            {
                // The remembered curvature has become useless in rounding: once more along the slope.
                _history.Clear();
                next = Step(point, slope);
            }

            if (next is null)
            {
                break;
            }

            Remember(point, next);
            improvement = point.Value - next.Value + (Forgetting * improvement);
            point = next;
            progress?.Invoke(iteration, point.Value);
            double mean = improvement * (1 - Forgetting) / (1 - Math.Pow(Forgetting, iteration));
            if (!(mean > _options.Tolerance * Math.Abs(point.Value)))
            {
                break;
            }
        }

        return point.Parameters;
    }

    private Point? Step(Point point, double[] slope)
    {
        double[] direction = Direction(slope);
        double descent = Dot(direction, slope);
        if (descent >= 0)
        {
            return null;
        }

        // Before anything is known of the curvature, a step of length 1.
        double length = _history.Count == 0 ? 1 / Math.Sqrt(Dot(slope, slope)) : 1;
        return IsSmooth ? SearchBothConditions(point, direction, descent, length) : SearchProjected(point, slope, direction, length);
    }

    /// <summary>Halves and doubles until both of Wolfe's conditions hold.</summary>
    private Point? SearchBothConditions(Point point, double[] direction, double descent, double length)
    {
        double tooShort = 0;
        double tooLong = double.PositiveInfinity;
        Point? acceptable = null;
        for (int trial = 0; trial < MostTrials; trial++)
        {
            Point candidate = At(Moved(point.Parameters, direction, length));
            if (!(candidate.Value <= point.Value + (SufficientDecrease * length * descent)))
            {
                tooLong = length;
            }
            else if (Dot(candidate.Gradient, direction) < SufficientCurvature * descent)
            {
                acceptable = candidate;
                tooShort = length;
            }
            else
            {
                return candidate;
            }

            length = double.IsInfinity(tooLong) ? 2 * length : (tooShort + tooLong) / 2;
        }

        return acceptable is not null && acceptable.Value < point.Value ? acceptable : null;
    }

    /// <summary>Halves until the value has sunk enough; parameters that would change their sign stay at 0.</summary>
    private Point? SearchProjected(Point point, double[] slope, double[] direction, double length)
    {
        double[] orthant = new double[slope.Length];
        for (int i = 0; i < orthant.Length; i++)
        {
            orthant[i] = point.Parameters[i] != 0 ? point.Parameters[i] : -slope[i];
        }

        for (int trial = 0; trial < MostTrials; trial++, length /= 2)
        {
            Point candidate = At(Project(Moved(point.Parameters, direction, length), orthant));
            double expected = 0;
            for (int i = 0; i < slope.Length; i++)
            {
                expected += slope[i] * (candidate.Parameters[i] - point.Parameters[i]);
            }

            if (expected < 0 && candidate.Value <= point.Value + (SufficientDecrease * expected))
            {
                return candidate;
            }
        }

        return null;
    }

    private Point At(double[] parameters)
    {
        var gradient = new double[parameters.Length];
        double value = _smooth(parameters, gradient);
        if (_options.L1 > 0)
        {
            for (int i = _options.FreeCount; i < parameters.Length; i++)
            {
                value += _options.L1 * Math.Abs(parameters[i]);
            }
        }

        return new Point(parameters, gradient, value);
    }

    /// <summary>The derivative of the whole value in the direction in which it falls; 0 where it rises both ways.</summary>
    private double[] PseudoGradient(Point point)
    {
        var slope = (double[])point.Gradient.Clone();
        if (IsSmooth)
        {
            return slope;
        }

        for (int i = _options.FreeCount; i < slope.Length; i++)
        {
            double up = slope[i] + _options.L1;
            double down = slope[i] - _options.L1;
            slope[i] = point.Parameters[i] switch
            {
                > 0 => up,
                < 0 => down,
                _ when up < 0 => up,
                _ when down > 0 && !_options.IsNonNegative => down,
                _ => 0,
            };
        }

        return slope;
    }

    private double[] Direction(double[] slope)
    {
        double[] direction = [.. slope.Select(derivative => -derivative)];
        var shares = new double[_history.Count];
        for (int i = _history.Count - 1; i >= 0; i--)
        {
            (double[] step, double[] change, double product) = _history[i];
            shares[i] = Dot(step, direction) / product;
            AddScaled(-shares[i], change, direction);
        }

        if (_history.Count > 0)
        {
            (_, double[] change, double product) = _history[^1];
            double scale = product / Dot(change, change);
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (int i = 0; i < _history.Count; i++)
        {
            (double[] step, double[] change, double product) = _history[i];
            AddScaled(shares[i] - (Dot(change, direction) / product), step, direction);
        }

        if (!IsSmooth)
        {
            for (int i = _options.FreeCount; i < direction.Length; i++)
            {
                direction[i] = direction[i] * slope[i] < 0 ? direction[i] : 0;
            }
        }

        return direction;
    }

    private void Remember(Point from, Point to)
    {
        double[] step = Moved(to.Parameters, from.Parameters, -1);
        double[] change = Moved(to.Gradient, from.Gradient, -1);
        double product = Dot(step, change);
        if (product <= 1e-300 || product <= double.Epsilon * Dot(change, change))
        {
            return;
        }

        if (_history.Count == _options.HistorySize)
        {
            _history.RemoveAt(0);
        }

        _history.Add((step, change, product));
    }

    /// <summary>Sets to 0 what has left the orthant; without absolute values, the orthant of non-negative numbers where that is asked for.</summary>
    private double[] Project(double[] parameters, double[] orthant)
    {
        if (IsSmooth)
        {
            return parameters;
        }

        var projected = (double[])parameters.Clone();
        for (int i = _options.FreeCount; i < projected.Length; i++)
        {
            bool isOutside = (_options.IsNonNegative && projected[i] < 0) || (_options.L1 > 0 && projected[i] * orthant[i] < 0);
            projected[i] = isOutside ? 0 : projected[i];
        }

        return projected;
    }

    private static double[] Moved(double[] from, double[] direction, double length)
    {
        var moved = new double[from.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = from[i] + (length * direction[i]);
        }

        return moved;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static void AddScaled(double factor, double[] added, double[] sum)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * added[i];
        }
    }

    private sealed record Point(double[] Parameters, double[] Gradient, double Value);
}
