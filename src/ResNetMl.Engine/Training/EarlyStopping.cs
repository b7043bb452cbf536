namespace ResNetMl.Engine;

/// <summary>Which number of the validation set decides.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>Mean cross-entropy: lower is better.</summary>
    Loss = 0,

    /// <summary>Top-1 accuracy: higher is better.</summary>
    Accuracy = 1,
}

/// <summary>When a training stops because it no longer gets better.</summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>The number that is watched.</summary>
    public EarlyStoppingMetric Metric { get; init; } = EarlyStoppingMetric.Accuracy;

    /// <summary>Epochs in a row without improvement after which training stops, ≥ 1.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>A smaller change does not count as improvement; ≥ 0, in the metric's unit.</summary>
    public double MinimumChange { get; init; }
}

/// <summary>What early stopping remembers between epochs; saved with a checkpoint.</summary>
/// <param name="BestValue">Best value so far; null before the first epoch.</param>
/// <param name="BestEpoch">Epoch of it, from 0; −1 before the first.</param>
/// <param name="EpochsWithoutImprovement">Epochs since one that counted as improvement.</param>
public sealed record EarlyStoppingState(double? BestValue, int BestEpoch, int EpochsWithoutImprovement)
{
    /// <summary>Before the first epoch.</summary>
    public static EarlyStoppingState Initial { get; } = new(null, -1, 0);

    /// <summary>The state after one more epoch.</summary>
    /// <param name="options">What counts as better.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="value">The metric after it. NaN is never better.</param>
    /// <returns>The state; its <see cref="BestEpoch"/> is <paramref name="epoch"/> where the weights are the best so far.</returns>
    public EarlyStoppingState After(EarlyStoppingOptions options, int epoch, double value)
    {
        double gain = BestValue is not { } best
            ? double.PositiveInfinity
            : options.Metric == EarlyStoppingMetric.Loss ? best - value : value - best;
        bool isBetter = !double.IsNaN(value) && gain > 0 && gain >= options.MinimumChange;
        return isBetter ? new(value, epoch, 0) : this with { EpochsWithoutImprovement = EpochsWithoutImprovement + 1 };
    }

    /// <summary>Whether training stops now.</summary>
    /// <param name="options">How long to wait.</param>
    public bool ShouldStop(EarlyStoppingOptions options) => EpochsWithoutImprovement >= options.Patience;
}
