namespace ResNetMl.Trainers;

/// <summary>Says how fast a head learns at each step; derive it to write your own.</summary>
/// <remarks>Each fit works on a copy of its own (the fields are copied), so that what a scheduler keeps in fields does not pass from one fit to the next.</remarks>
public abstract class LearningRateScheduler
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="state">Which step.</param>
    /// <returns>A finite number, ≥ 0.</returns>
    public abstract float GetLearningRate(TrainState state);

    internal LearningRateScheduler Copy() => (LearningRateScheduler)MemberwiseClone();
}

/// <summary>Where a training is.</summary>
/// <param name="BatchSize">Rows in a batch; the last batch of an epoch may have fewer.</param>
/// <param name="BatchesPerEpoch">Batches in an epoch, that last one counted; ≥ 1.</param>
/// <param name="CurrentBatchIndex">Which batch of the epoch, from 0.</param>
/// <param name="CurrentEpoch">Which epoch, from 0.</param>
public readonly record struct TrainState(int BatchSize, int BatchesPerEpoch, int CurrentBatchIndex, int CurrentEpoch)
{
    /// <summary>Batches before this one, those of earlier epochs included.</summary>
    public long GlobalStep => ((long)CurrentEpoch * BatchesPerEpoch) + CurrentBatchIndex;
}

/// <summary>learningRate · decayRate^(step / decaySteps): the same share less after each stretch of steps (TensorFlow's exponential_decay).</summary>
public sealed class ExponentialLRDecay : LearningRateScheduler
{
    /// <summary>The first rate.</summary>
    public float LearningRate;

    /// <summary>Steps that are counted before this training's first; 0.</summary>
    public int GlobalStep;

    /// <summary>Steps in a stretch; 0 takes as many as <see cref="NumEpochsPerDecay"/> epochs have.</summary>
    public int DecaySteps;

    /// <summary>What remains of the rate after a stretch.</summary>
    public float DecayRate;

    /// <summary>Whether the rate changes only where a stretch ends, not at each step.</summary>
    public bool Staircase;

    /// <summary>Epochs in a stretch, where <see cref="DecaySteps"/> does not say it.</summary>
    public float NumEpochsPerDecay;

    /// <summary>Makes a schedule.</summary>
    /// <param name="learningRate">The first rate.</param>
    /// <param name="numEpochsPerDecay">Epochs in a stretch, &gt; 0.</param>
    /// <param name="decayRate">What remains of the rate after a stretch.</param>
    /// <param name="staircase">Whether the rate changes only where a stretch ends.</param>
    public ExponentialLRDecay(float learningRate = 0.01f, float numEpochsPerDecay = 2.0f, float decayRate = 0.94f, bool staircase = true)
    {
        LearningRate = learningRate;
        NumEpochsPerDecay = numEpochsPerDecay;
        DecayRate = decayRate;
        Staircase = staircase;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(TrainState state)
    {
        double stretches = (GlobalStep + state.GlobalStep) / (double)DecayStretch.StepsOf(DecaySteps, NumEpochsPerDecay, state);
        return (float)(LearningRate * Math.Pow(DecayRate, Staircase ? Math.Floor(stretches) : stretches));
    }
}

/// <summary>From the first rate down to the last along a power of the remaining stretch (TensorFlow's polynomial_decay).</summary>
public sealed class PolynomialLRDecay : LearningRateScheduler
{
    /// <summary>The first rate.</summary>
    public float LearningRate;

    /// <summary>Steps that are counted before this training's first; 0.</summary>
    public int GlobalStep;

    /// <summary>Steps in the stretch; 0 takes as many as <see cref="NumEpochsPerDecay"/> epochs have.</summary>
    public int DecaySteps;

    /// <summary>Epochs in the stretch, where <see cref="DecaySteps"/> does not say it.</summary>
    public float NumEpochsPerDecay;

    /// <summary>The rate at the stretch's end, and after it unless <see cref="Cycle"/>.</summary>
    public float EndLearningRate;

    /// <summary>1 goes down evenly; more goes down faster at first.</summary>
    public float Power;

    /// <summary>Whether the stretch becomes longer by its own length each time its end is passed, so that the rate goes up again.</summary>
    public bool Cycle;

    /// <summary>Makes a schedule.</summary>
    /// <param name="learningRate">The first rate.</param>
    /// <param name="numEpochsPerDecay">Epochs in the stretch, &gt; 0.</param>
    /// <param name="endLearningRate">The rate at its end.</param>
    /// <param name="power">1 goes down evenly.</param>
    /// <param name="cycle">Whether the rate goes up again after the stretch.</param>
    public PolynomialLRDecay(
        float learningRate = 0.01f, float numEpochsPerDecay = 2.0f, float endLearningRate = 0.0001f, float power = 1.0f, bool cycle = false)
    {
        LearningRate = learningRate;
        NumEpochsPerDecay = numEpochsPerDecay;
        EndLearningRate = endLearningRate;
        Power = power;
        Cycle = cycle;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(TrainState state)
    {
        double step = GlobalStep + state.GlobalStep;
        double stretch = DecayStretch.StepsOf(DecaySteps, NumEpochsPerDecay, state);
        if (Cycle)
        {
            stretch *= Math.Max(1, Math.Ceiling(step / stretch));
        }

        double done = Math.Min(step, stretch) / stretch;
        return (float)(((LearningRate - EndLearningRate) * Math.Pow(1 - done, Power)) + EndLearningRate);
    }
}

/// <summary>From an epoch on, so much of the base rate.</summary>
/// <param name="epoch">The first epoch it holds for, from 0.</param>
/// <param name="scalingFactor">The share of the base rate.</param>
public readonly struct LearningRateSchedulerItem(int epoch, float scalingFactor)
{
    /// <summary>The first epoch it holds for, from 0.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The share of the base rate.</summary>
    public float ScalingFactor { get; } = scalingFactor;
}

/// <summary>The base rate, linear in the batch size (rate · batch / 128), divided by tens from epochs 91, 136 and 182 on: He et al. 2015, section 4.2.</summary>
public sealed class LsrDecay : LearningRateScheduler
{
    private const float BaseBatchSize = 128;

    /// <summary>What holds from which epoch on.</summary>
    public IReadOnlyList<LearningRateSchedulerItem> Schedule;

    /// <summary>The rate for batches of 128.</summary>
    public float BaseLearningRate;

    /// <summary>Makes the schedule of the paper.</summary>
    /// <param name="baseLearningRate">The rate for batches of 128.</param>
    public LsrDecay(float baseLearningRate = 0.1f)
        : this([new(182, 1e-4f), new(136, 1e-2f), new(91, 1e-1f), new(0, 1)], baseLearningRate)
    {
    }

    /// <summary>Makes a schedule.</summary>
    /// <param name="scheduler">What holds from which epoch on, in any order; before the first, the base rate holds.</param>
    /// <param name="baseLearningRate">The rate for batches of 128.</param>
    public LsrDecay(IReadOnlyList<LearningRateSchedulerItem> scheduler, float baseLearningRate = 0.1f)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        Schedule = [.. scheduler];
        BaseLearningRate = baseLearningRate;
    }

    /// <inheritdoc/>
    public override float GetLearningRate(TrainState state)
    {
        float factor = Schedule
            .Where(item => item.Epoch <= state.CurrentEpoch)
            .OrderBy(item => item.Epoch)
            .Select(item => (float?)item.ScalingFactor)
            .LastOrDefault() ?? 1;
        return BaseLearningRate * state.BatchSize / BaseBatchSize * factor;
    }
}

/// <summary>The steps of a stretch of decay.</summary>
internal static class DecayStretch
{
    // A whole number, as ML.NET has it, but never 0: fewer rows than a batch must not divide by it.
    internal static int StepsOf(int decaySteps, float epochs, TrainState state) =>
        decaySteps > 0 ? decaySteps : Math.Max(1, (int)(state.BatchesPerEpoch * epochs));
}
